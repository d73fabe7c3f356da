// Do the alarms page, in time, and never otherwise? The alarms are read from the synthesized template and judged by CloudWatch's own
// rules on metrics as the functions emit them: a healthy month, a death at any minute, late and doubled lines, a storm.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AlarmRules, type Point, type Sample, stateOf, transitionsOf } from "../support/cloudwatch-alarm.ts";
import { ofType } from "./synthesized-stage.ts";

const alarms = new Map(
  [...ofType("AWS::CloudWatch::Alarm").values()].map(({ Properties: a }) => [
    String(a.AlarmName).replace("otc-backup-prod-", ""),
    { metric: String(a.MetricName), ours: a.Namespace === "OtcBackup", pages: rings(a, "Page"), rules: rulesOf(a) },
  ]),
);

function rings(alarm: { AlarmActions?: unknown[] }, topic: string): boolean {
  return JSON.stringify(alarm.AlarmActions ?? []).includes(topic);
}

// biome-ignore lint/suspicious/noExplicitAny: a template is plain JSON
function rulesOf(alarm: any): AlarmRules {
  const above = alarm.ComparisonOperator === "GreaterThanThreshold";
  if (!above && alarm.ComparisonOperator !== "LessThanThreshold") throw new Error(alarm.ComparisonOperator);
  return {
    statistic: alarm.Statistic,
    breaches: (value) => (above ? value > alarm.Threshold : value < alarm.Threshold),
    periodMinutes: alarm.Period / 60,
    breachingPoints: alarm.DatapointsToAlarm,
    evaluationPeriods: alarm.EvaluationPeriods,
    missing: alarm.TreatMissingData,
  };
}

function alarm(key: string) {
  const found = alarms.get(key);
  if (found === undefined) throw new Error(`no alarm ${key}`);
  return found;
}

const alarmMinutes = (key: string, samples: readonly Sample[], span: { fromMinute: number; toMinute: number }) =>
  transitionsOf(alarm(key).rules, samples, span)
    .filter((change) => change.to === "ALARM")
    .map((change) => change.minute);

/** One value every so many minutes, known to CloudWatch a minute later, until a minute. */
function beats(every: number, until: number, facts: { value?: number; offset?: number } = {}): Sample[] {
  const { value = 1, offset = 0 } = facts;
  return Array.from({ length: Math.ceil((until - offset) / every) }, (_, i) => {
    const minute = offset + i * every;
    return { minute, seenFrom: minute + 1, value };
  });
}

/** What each of our metrics is while all is well. Those not listed are 0. */
const healthy: Readonly<Record<string, number>> = {
  ...{ CreateHeartbeat: 1, PollHeartbeat: 1, AuditHeartbeat: 1, PruneHeartbeat: 1, PolicyCount: 40 },
  ...{ WorstFreshnessRatio: 0.9, DigestAgeHours: 24, ReconcileAgeHours: 24, TickLagSeconds: 60 },
  CredentialDaysLeft: 300,
};

/** Said by surveys, the first audit that comes 55 minutes or more after the last one. */
const hourly = new Set(["CredentialDaysLeft", "UncoveredDatabases"]);

describe("the evaluator is CloudWatch's: the tables of its guide", () => {
  const rules = (m: number, missing: AlarmRules["missing"]): AlarmRules => ({
    ...{
      statistic: "Maximum",
      breaches: () => true,
      periodMinutes: 5,
      breachingPoints: m,
      evaluationPeriods: 3,
      missing,
    },
  });
  const verdict = (text: string, m: number) =>
    (["breaching", "notBreaching"] as const).map((missing) => stateOf([...text] as Point[], rules(m, missing)));

  test.each([
    ["0-X-X", ["OK", "OK"]],
    ["0----", ["OK", "OK"]],
    ["-----", ["ALARM", "OK"]],
    ["0XX-X", ["ALARM", "ALARM"]],
    ["--X--", ["ALARM", "OK"]],
  ])("three of three: %s", (points, expected) => expect(verdict(points, 3)).toEqual(expected));

  test.each([
    ["0-X-X", ["ALARM", "ALARM"]],
    ["00X0X", ["ALARM", "ALARM"]],
    ["0-X--", ["ALARM", "OK"]],
    ["----0", ["ALARM", "OK"]],
    ["---X-", ["ALARM", "OK"]],
  ])("two of three: %s", (points, expected) => expect(verdict(points, 2)).toEqual(expected));
});

test.each([...alarms].filter(([, a]) => a.ours).map(([key]) => key))("a healthy month: %s never rings", (key) => {
  const { metric } = alarm(key);
  const every =
    metric.startsWith("Create") || metric.startsWith("Poll") || metric === "PolicyCount" || metric === "TickLagSeconds"
      ? 1
      : hourly.has(metric)
        ? 55
        : 5;
  const month = 30 * 1440;
  const samples = beats(every, month, { value: healthy[metric] ?? 0 });
  expect(alarmMinutes(key, samples, { fromMinute: 60, toMinute: month })).toEqual([]);
});

test.each(["create-backups-heartbeat", "poll-backups-heartbeat", "audit-backups-heartbeat"])(
  "%s: dead at any minute, it pages within 25 minutes and once",
  (key) => {
    const every = key.startsWith("audit") ? 5 : 1;
    expect(alarm(key).pages).toBe(true);
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 1640 }), fc.integer({ min: 0, max: 4 }), (death, offset) => {
        const at = alarmMinutes(key, beats(every, death, { offset }), { fromMinute: 100, toMinute: death + 600 });
        expect(at).toHaveLength(1);
        expect(at[0]).toBeGreaterThan(death);
        expect(at[0]).toBeLessThanOrEqual(death + 25);
      }),
    );
  },
);

test("a dead auditor is silent in every gauge at the same minute, so its heartbeat can keep the composite quiet", () => {
  const inComposite = ["overdue-policies", "worst-freshness", "stuck-backups", "unaccounted-slots", "policies-dropped"];
  const span = { fromMinute: 100, toMinute: 900 };
  const [heartbeat = 0] = alarmMinutes("audit-backups-heartbeat", beats(5, 300), span);
  expect(heartbeat).toBeGreaterThan(300);
  for (const key of inComposite) {
    expect(alarm(key).pages).toBe(false);
    expect(alarmMinutes(key, beats(5, 300, { value: 0 }), span)).toEqual([heartbeat]);
  }
});

test("what an audit finds rings within 15 minutes, and ends with it", () => {
  for (const key of ["overdue-policies", "stuck-backups", "unaccounted-slots"]) {
    const samples = beats(5, 1000, { value: 0 }).map((s) =>
      s.minute >= 400 && s.minute < 600 ? { ...s, value: 3 } : s,
    );
    const changes = transitionsOf(alarm(key).rules, samples, { fromMinute: 100, toMinute: 900 });
    const [rang, ended] = changes.filter((change) => change.minute > 300);
    expect([rang?.to, ended?.to]).toEqual(["ALARM", "OK"]);
    expect(rang?.minute).toBeLessThanOrEqual(415);
    expect(ended?.minute).toBeLessThanOrEqual(620);
  }
});

test("a password that ends is a ticket two weeks before and a page five days before, each once, and over when it was changed", () => {
  const until = 20 * 1440;
  const changedAt = 17 * 1440;
  const surveys = beats(60, until).map((s) => ({
    ...s,
    value: s.minute < changedAt ? Math.floor(20 - s.minute / 1440) : 90,
  }));
  for (const [key, days, pages] of [
    ["credential-ending", 14, false],
    ["credential-ends-soon", 5, true],
  ] as const) {
    expect(alarm(key).pages).toBe(pages);
    const changes = transitionsOf(alarm(key).rules, surveys, { fromMinute: 300, toMinute: until });
    expect(changes.map((change) => change.to)).toEqual(["OK", "ALARM", "OK"]);
    const [, rang, ended] = changes;
    expect(rang?.minute).toBeGreaterThan((20 - days) * 1440);
    expect(rang?.minute).toBeLessThanOrEqual((20 - days) * 1440 + 70);
    expect(ended?.minute).toBeLessThanOrEqual(changedAt + 180);
  }
});

test("a database that nobody backs up rings within the hour, does not flap with the surveys, and is over when covered", () => {
  const surveys = beats(55, 3000).map((s) => ({ ...s, value: s.minute >= 600 && s.minute < 2000 ? 2 : 0 }));
  const changes = transitionsOf(alarm("databases-uncovered").rules, surveys, { fromMinute: 300, toMinute: 2900 });
  expect(changes.map((change) => change.to)).toEqual(["OK", "ALARM", "OK"]);
  expect(changes[1]?.minute).toBeLessThanOrEqual(660);
  expect(changes[2]?.minute).toBeLessThanOrEqual(2000 + 240);
});

test("a line that arrives late or twice rings nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 500 }), fc.integer({ min: 1, max: 4 }), (at, late) => {
      const samples = beats(1, 700).map((s) => (s.minute === at ? { ...s, seenFrom: s.seenFrom + late } : s));
      const doubled = [...samples, ...samples.filter((s) => s.minute % 7 === 0)];
      for (const key of ["create-backups-heartbeat", "poll-backups-heartbeat"])
        expect(alarmMinutes(key, doubled, { fromMinute: 60, toMinute: 690 })).toEqual([]);
      const audits = beats(5, 700).map((s) => ({ ...s, seenFrom: s.seenFrom + (s.minute % 3 === 0 ? late : 0) }));
      expect(
        alarmMinutes("audit-backups-heartbeat", [...audits, ...audits], { fromMinute: 60, toMinute: 690 }),
      ).toEqual([]);
    }),
  );
});

test("one failed audit among good ones rings no heartbeat", () => {
  const samples = beats(5, 700).map((s) => (s.minute === 300 ? { ...s, value: 0 } : s));
  expect(alarmMinutes("audit-backups-heartbeat", samples, { fromMinute: 60, toMinute: 690 })).toEqual([]);
});

test("one failure rings at once, also when its line comes twice; one inside a storm rings no second time, but the next after it does", () => {
  const span = { fromMinute: 60, toMinute: 1400 };
  const failures = (minutes: readonly number[]) =>
    beats(1, 1400, { value: 0 }).map((s) => (minutes.includes(s.minute) ? { ...s, value: 1 } : s));
  const single = failures([300]);
  expect(alarmMinutes("new-failures", single, span)).toEqual([301]);
  expect(alarmMinutes("new-failures", [...single, ...single], span)).toEqual([301]);
  const storm = Array.from({ length: 60 }, (_, i) => 300 + i);
  expect(alarmMinutes("new-failures", failures(storm), span)).toEqual([301]);
  expect(alarmMinutes("new-failures", failures([...storm, 900]), span)).toEqual([301, 901]);
});

test("a metric that stops while it is well is noticed where silence is failure, and only there", () => {
  for (const [key, { ours, metric, rules }] of alarms) {
    if (!ours || metric.startsWith("Prune") || rules.periodMinutes > 15) continue;
    const every = key.startsWith("audit") ? 5 : 1;
    const at = alarmMinutes(key, beats(every, 400, { value: healthy[metric] ?? 0 }), {
      fromMinute: 200,
      toMinute: 1000,
    });
    expect([key, at.length]).toEqual([key, rules.missing === "breaching" ? 1 : 0]);
    for (const minute of at) expect(minute).toBeLessThanOrEqual(400 + 25);
  }
});
