// One page to look at when an alarm rang: how the backups stand, what is ringing, whether the ticks tick, what became of the runs, what OTC answered.

import { Duration } from "aws-cdk-lib";
import { Alarm, AlarmStatusWidget, CustomWidget, Dashboard, GraphWidget, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { type MetricName, metricNamespace, metrics } from "../shared/domain/metric.ts";
import type { ResourceNames } from "./resource-names.ts";

export interface StageDashboardProps {
  readonly stage: string;
  readonly names: ResourceNames;
  readonly alarmNames: readonly string[];
  /** Of the function that renders the status page; CloudWatch asks each viewer once whether it may run. */
  readonly statusFunctionArn: string;
}

export class StageDashboard extends Construct {
  constructor(scope: Construct, id: string, props: StageDashboardProps) {
    super(scope, id);
    const { stage, names, alarmNames, statusFunctionArn } = props;
    // By name and not by reference: the page needs no order of creation, and emulators without alarms can still show it.
    const alarms = alarmNames.map((name) => Alarm.fromAlarmName(this, name, name));
    const graph = (title: string, statistic: string, shown: readonly MetricName[]) =>
      new GraphWidget({ title, width: 12, left: shown.map((name) => metric(stage, name, statistic)) });
    new Dashboard(this, "Dashboard", {
      dashboardName: names.dashboard,
      widgets: [
        [
          new CustomWidget({
            title: "Backups",
            width: 24,
            height: 16,
            functionArn: statusFunctionArn,
            updateOnResize: false,
            updateOnTimeRangeChange: false,
          }),
        ],
        [new AlarmStatusWidget({ title: "Alarms", width: 24, alarms })],
        [
          graph("Ticks", "Maximum", ["CreateHeartbeat", "PollHeartbeat", "AuditHeartbeat", "PruneHeartbeat"]),
          graph("Lag in seconds, policies", "Maximum", ["TickLagSeconds", "PolicyCount", "InvalidPolicies"]),
        ],
        [
          graph("Audit: anything but 0 is a finding", "Maximum", [
            "OverduePolicies",
            "StuckBackups",
            "UnaccountedSlots",
            "PolicyCountDropPct",
          ]),
          graph("Age of the oldest newest-good backup over its target", "Maximum", ["WorstFreshnessRatio"]),
        ],
        [
          graph("Runs", "Sum", ["RunsOpened", "BackupsRequested", "BackupsCompleted", "RunsPostponed", "NewFailures"]),
          graph("Retention", "Sum", ["PruneMarked", "PruneDeletes", "PruneBlocked", "PruneLeftovers"]),
          graph("OTC", "Sum", ["OtcCalls", "ApiThrottles", "AmbiguousCreates", "AuthFailures", "QuotaRejected"]),
        ],
      ],
    });
  }
}

function metric(stage: string, metricName: MetricName, statistic: string): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { Stage: stage },
    statistic,
    period: Duration.minutes(5),
    label: `${metricName}: ${metrics[metricName]}`,
  });
}
