// The functions that run on a schedule, as a table. A row is all it takes to deploy one more: its entry is
// functions/<name>.ts, and log group, role, queue, schedule and alarms follow from the row.

import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { MetricName } from "../shared/domain/metric.ts";
import { type RightsScope, rightsToAudit, rightsToCreate, rightsToPoll, rightsToPrune } from "./rights.ts";

export interface ScheduledFunction {
  readonly name: string;
  readonly does: string;
  /** The metric that a finished tick emits; its absence is an alarm. */
  readonly heartbeat: MetricName;
  /** Whether several schedules may share the accounts between them (setting `shards`). */
  readonly hasShards: boolean;
  /** The longest time between two ticks, in minutes: what depends on them must notice their absence in time. */
  readonly everyMinutesAtMost: number;
  readonly rightsIn: (scope: RightsScope) => PolicyStatement[];
}

export const scheduledFunctions = [
  {
    name: "create-backups",
    does: "Turns due slots into runs and asks OTC for their backups",
    heartbeat: "CreateHeartbeat",
    hasShards: true,
    // Slots have to become runs inside start windows of 5 minutes.
    everyMinutesAtMost: 4,
    rightsIn: rightsToCreate,
  },
  {
    name: "poll-backups",
    does: "Follows building backups to their end and alerts",
    heartbeat: "PollHeartbeat",
    hasShards: true,
    everyMinutesAtMost: 4,
    rightsIn: rightsToPoll,
  },
  {
    name: "audit-backups",
    does: "Asks from outside whether every backup that should exist does, and alerts",
    heartbeat: "AuditHeartbeat",
    hasShards: false,
    // Its alarms count periods of five minutes.
    everyMinutesAtMost: 5,
    rightsIn: rightsToAudit,
  },
  {
    name: "prune-backups",
    does: "Marks what retention no longer keeps, and deletes it when its grace is over",
    heartbeat: "PruneHeartbeat",
    hasShards: false,
    // Nothing waits for it: what stays too long costs money and no data. Its caps count by tick.
    everyMinutesAtMost: 60,
    rightsIn: rightsToPrune,
  },
] as const satisfies readonly ScheduledFunction[];

export type FunctionName = (typeof scheduledFunctions)[number]["name"];

/** A tick starts nothing new after 57 s; the rest is for the calls it may still be in and for writing down what it leaves. */
export const functionTimeoutSeconds = 120;
