// Turns the rows of the alarm table into CloudWatch alarms, each with an action to the topic of its level. No alarm is part of a
// composite: one that is suppressed by another would be one way more to be silent.

import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Construct } from "constructs";
import { metricNamespace } from "../shared/domain/metric.ts";
import { type AlarmRow, describeAlarm, type Signal } from "./alarm-row.ts";
import type { AlertTopics } from "./alert-topics.ts";
import { backupAlarms } from "./backup-alarms.ts";
import { platformAlarms } from "./platform-alarms.ts";
import type { ResourceNames } from "./resource-names.ts";
import type { StageSettings } from "./settings.ts";

/** Every alarm of a stage. */
export function alarmTable(stage: string): readonly AlarmRow[] {
  return [...backupAlarms(stage), ...platformAlarms(stage)];
}

export interface AlarmsProps {
  readonly stage: string;
  readonly names: ResourceNames;
  readonly settings: Pick<StageSettings, "owner" | "runbook">;
  readonly topics: AlertTopics;
}

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    for (const row of alarmTable(props.stage)) this.add(row, props);
  }

  private add(row: AlarmRow, { stage, names, settings, topics }: AlarmsProps): void {
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
    const levels = row.bothTopics === true ? (["page", "ticket"] as const) : [row.level];
    const actions = levels.map((level) => new SnsAction(topics[level]));
    alarm.addAlarmAction(...actions);
    if (row.recovers) alarm.addOkAction(...actions);
  }
}

const comparison = {
  above: ComparisonOperator.GREATER_THAN_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

const missing = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
} as const;

/** Our metrics have the stage as their only dimension, so that their number does not grow with the fleet. */
function sourceOf(signal: Signal, stage: string) {
  return signal.of === "stage"
    ? { namespace: metricNamespace, metricName: signal.metric, dimensionsMap: { Stage: stage } }
    : { namespace: signal.namespace, metricName: signal.metric, dimensionsMap: signal.dimensions };
}
