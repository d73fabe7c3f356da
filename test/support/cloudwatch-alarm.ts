// CloudWatch's evaluation of a metric alarm, as its documentation describes it, for proving alarms without CloudWatch.
// Sources: "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data" in the CloudWatch User Guide
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** What of an alarm decides its state. */
export interface AlarmRules {
  readonly statistic: "Sum" | "Maximum" | "Minimum";
  readonly breaches: (value: number) => boolean;
  readonly periodMinutes: number;
  readonly breachingPoints: number;
  readonly evaluationPeriods: number;
  /** The two that our alarms use; what the other two do to them is not modelled. */
  readonly missing: "breaching" | "notBreaching";
}

/** One value of a metric: the minute it is dated, and the minute from which CloudWatch has it. */
export interface Sample {
  readonly minute: number;
  readonly seenFrom: number;
  readonly value: number;
}

/** A point of the evaluation range: breaching, not breaching, or missing. */
export type Point = "X" | "0" | "-";

/**
 * More points are fetched than the alarm evaluates, so that late ones can still be used. How many more depends on the period and is
 * not documented; the tables of the guide show two more for three, and we take the same for all.
 */
export function rangeLength(evaluationPeriods: number): number {
  return evaluationPeriods + 2;
}

/**
 * The state from the points of the range, newest last. Real points come first: with at least as many as the alarm evaluates, only
 * the newest of them count and nothing is filled in. Only the points that are then still lacking are filled with what missing means.
 */
export function stateOf(points: readonly Point[], rules: AlarmRules): AlarmState {
  const real = points.filter((point) => point !== "-").slice(-rules.evaluationPeriods);
  const filled = rules.evaluationPeriods - real.length;
  const breaching = real.filter((point) => point === "X").length + (rules.missing === "breaching" ? filled : 0);
  return breaching >= rules.breachingPoints ? "ALARM" : "OK";
}

/** Every change of state in [fromMinute, toMinute], as CloudWatch sees it that looks once a minute at the periods ending now. */
export function transitionsOf(
  rules: AlarmRules,
  samples: readonly Sample[],
  span: { readonly fromMinute: number; readonly toMinute: number },
): { readonly minute: number; readonly to: AlarmState }[] {
  const byMinute = Map.groupBy(samples, (sample) => sample.minute);
  const changes: { minute: number; to: AlarmState }[] = [];
  let state: AlarmState = "INSUFFICIENT_DATA";
  for (let minute = span.fromMinute; minute <= span.toMinute; minute += 1) {
    const points = Array.from({ length: rangeLength(rules.evaluationPeriods) }, (_, back) =>
      pointAt(rules, byMinute, { endsAt: minute - back * rules.periodMinutes, now: minute }),
    ).toReversed();
    const next = stateOf(points, rules);
    if (next !== state) changes.push({ minute, to: next });
    state = next;
  }
  return changes;
}

/** The period of minutes [endsAt - period, endsAt), as far as it is known by now. */
function pointAt(
  rules: AlarmRules,
  byMinute: ReadonlyMap<number, readonly Sample[]>,
  { endsAt, now }: { endsAt: number; now: number },
): Point {
  const values: number[] = [];
  for (let minute = endsAt - rules.periodMinutes; minute < endsAt; minute += 1)
    for (const sample of byMinute.get(minute) ?? []) if (sample.seenFrom <= now) values.push(sample.value);
  if (values.length === 0) return "-";
  return rules.breaches(aggregate(rules.statistic, values)) ? "X" : "0";
}

function aggregate(statistic: AlarmRules["statistic"], values: readonly number[]): number {
  if (statistic === "Sum") return values.reduce((sum, value) => sum + value, 0);
  return statistic === "Maximum" ? Math.max(...values) : Math.min(...values);
}
