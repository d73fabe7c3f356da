// Turns the rows of the alarm table into CloudWatch alarms, each with an action to the topic of its level; the auditor's gauges
// through one composite. Heartbeats are in no composite: one that is suppressed by another would be one way more to be silent.

import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Construct } from "constructs";
import { metricNamespace } from "../shared/domain/metric.ts";
import { type AlarmRow, describeAlarm, type Signal } from "./alarm-row.ts";
import type { AlertTopics } from "./alert-topics.ts";
import { auditAlarms, auditComposite, type CompositeRow } from "./audit-alarms.ts";
import { backupAlarms } from "./backup-alarms.ts";
import { platformAlarms } from "./platform-alarms.ts";
import type { ResourceNames } from "./resource-names.ts";
import type { StageSettings } from "./settings.ts";

/** Every alarm of a stage that watches a metric. */
export function alarmTable(stage: string, shards = 1): readonly AlarmRow[] {
  return [...backupAlarms(stage, shards), ...auditAlarms(stage), ...platformAlarms(stage)];
}

export interface AlarmsProps {
  readonly stage: string;
  readonly names: ResourceNames;
  readonly settings: Pick<StageSettings, "owner" | "runbook" | "shards">;
  readonly topics: AlertTopics;
}

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const made = new Map(
      alarmTable(props.stage, props.settings.shards).map((row) => [row.key, { row, alarm: this.add(row, props) }]),
    );
    this.addComposite(auditComposite(props.stage), [...made.values()], props);
  }

  private add(row: AlarmRow, { stage, names, settings, topics }: AlarmsProps): Alarm {
    const [datapointsToAlarm, evaluationPeriods] = row.points;
    const alarm = new Alarm(this, row.key, {
      alarmName: names.alarmNamed(row.key),
      alarmDescription: describeAlarm(row, settings),
      metric: new Metric({
        ...sourceOf(row.signal, stage),
        statistic: row.statistic,
        period: Duration.seconds(row.periodSeconds),
      }),
      comparisonOperator: comparison[row.trips.when],
      threshold: row.trips.threshold,
      datapointsToAlarm,
      evaluationPeriods,
      treatMissingData: missing[row.missing],
    });
    if (row.through === undefined) notify(alarm, row, topics);
    return alarm;
  }

  /** Any of its rows. While the alarm on the auditor's silence rings, it keeps quiet, so that a dead auditor is one page. */
  private addComposite(row: CompositeRow, made: readonly MadeAlarm[], { names, settings, topics }: AlarmsProps): void {
    const spokenFor = made.filter((one) => one.row.through === row.key);
    const quietDuring = made.find((one) => one.row.key === row.quietDuring);
    if (quietDuring === undefined) throw new Error(`there is no alarm ${row.quietDuring} for ${row.key} to wait for`);
    const composite = new CompositeAlarm(this, row.key, {
      compositeAlarmName: names.alarmNamed(row.key),
      alarmDescription: describeAlarm(row, settings),
      alarmRule: AlarmRule.anyOf(...spokenFor.map((one) => AlarmRule.fromAlarm(one.alarm, AlarmState.ALARM))),
      actionsSuppressor: quietDuring.alarm,
      // Both judge the same silence at the same rate; the wait is for the order in which CloudWatch gets to them.
      actionsSuppressorWaitPeriod: Duration.minutes(2),
      actionsSuppressorExtensionPeriod: Duration.minutes(2),
    });
    notify(composite, row, topics);
  }
}

interface MadeAlarm {
  readonly row: AlarmRow;
  readonly alarm: Alarm;
}

function notify(alarm: AlarmBase, row: Pick<AlarmRow, "level" | "bothTopics" | "recovers">, topics: AlertTopics): void {
  const levels = row.bothTopics === true ? (["page", "ticket"] as const) : [row.level];
  const actions = levels.map((level) => new SnsAction(topics[level]));
  alarm.addAlarmAction(...actions);
  if (row.recovers) alarm.addOkAction(...actions);
}

const comparison = {
  above: ComparisonOperator.GREATER_THAN_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

const missing = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
} as const;

/** Our metrics have the stage as their only dimension, so that their number does not grow with the fleet; heartbeats also a shard. */
function sourceOf(signal: Signal, stage: string) {
  if (signal.of !== "stage")
    return { namespace: signal.namespace, metricName: signal.metric, dimensionsMap: signal.dimensions };
  const shard: Record<string, string> = signal.shard === undefined ? {} : { Shard: String(signal.shard) };
  return { namespace: metricNamespace, metricName: signal.metric, dimensionsMap: { Stage: stage, ...shard } };
}
