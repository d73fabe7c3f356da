// What one alarm is, as data. The rows are in backup-alarms.ts and platform-alarms.ts; alarms.ts turns them into CloudWatch alarms.

import type { AlertLevel } from "../shared/domain/messages/alert.ts";
import type { MetricName } from "../shared/domain/metric.ts";

export type Statistic = "Sum" | "Maximum" | "Minimum";

/** A metric of ours, or one that an AWS service publishes about one of our resources. */
export type Signal =
  /** `shard`: that of one of several shards, which its function emits apart. */
  | { readonly of: "stage"; readonly metric: MetricName; readonly shard?: number }
  | {
      readonly of: "aws";
      readonly namespace: string;
      readonly metric: string;
      readonly dimensions: Record<string, string>;
    };

export interface AlarmRow {
  /** Last part of the alarm's name. */
  readonly key: string;
  readonly signal: Signal;
  readonly statistic: Statistic;
  readonly trips: { readonly when: "above" | "below"; readonly threshold: number };
  readonly periodSeconds: number;
  /** So many breaching periods out of so many. */
  readonly points: readonly [breaching: number, outOf: number];
  /** What no data means. `breaching` wherever silence is the failure. */
  readonly missing: "breaching" | "notBreaching";
  readonly level: AlertLevel;
  /** Goes to both topics, because the topic of its level may be what is broken. */
  readonly bothTopics?: true;
  /** Key of the composite alarm that speaks for it: it then has no action of its own. */
  readonly through?: "audit-findings";
  /** Its end is worth a message, since it means that the cause is gone. Events that merely stop do not say so. */
  readonly recovers: boolean;
  readonly meaning: string;
  /** What to run first. */
  readonly first: readonly [string, string, string];
  /** Heading of its section in docs/operations.md, as an anchor. */
  readonly anchor: string;
}

/** Text of the alarm as the woken person reads it. CloudWatch cuts off at 1024 characters. */
export function describeAlarm(
  row: Pick<AlarmRow, "meaning" | "first" | "anchor">,
  about: { readonly owner: string; readonly runbook: string },
): string {
  const [one, two, three] = row.first;
  return [
    row.meaning,
    `Owner: ${about.owner}.`,
    `First: (1) ${one} (2) ${two} (3) ${three}`,
    `Runbook: ${about.runbook}#${row.anchor}`,
  ].join("\n");
}

/** Trips on a single event in five minutes; quiet when nothing is heard. For counters of things that must not happen. */
export const onAnyEvent = {
  statistic: "Sum",
  trips: { when: "above", threshold: 0 },
  periodSeconds: 300,
  points: [1, 1],
  missing: "notBreaching",
  recovers: false,
} as const satisfies Partial<AlarmRow>;
