// The functions that run on a schedule, as a table. A row is all it takes to deploy one more: its entry is
// functions/<name>.ts, and log group, role, queue, schedule and alarms follow from the row.

import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { MetricName } from "../shared/domain/metric.ts";
import { type RightsScope, rightsToCreate, rightsToPoll } from "./rights.ts";

export interface ScheduledFunction {
  readonly name: string;
  readonly does: string;
  /** The metric that a finished tick emits; its absence is an alarm. */
  readonly heartbeat: MetricName;
  readonly rightsIn: (scope: RightsScope) => PolicyStatement[];
}

export const scheduledFunctions = [
  {
    name: "create-backups",
    does: "Turns due slots into runs and asks OTC for their backups",
    heartbeat: "CreateHeartbeat",
    rightsIn: rightsToCreate,
  },
  {
    name: "poll-backups",
    does: "Follows building backups to their end and alerts",
    heartbeat: "PollHeartbeat",
    rightsIn: rightsToPoll,
  },
] as const satisfies readonly ScheduledFunction[];

export type FunctionName = (typeof scheduledFunctions)[number]["name"];

/** A tick stops itself after about 50 s; the rest is for the slowest call it may still be in. */
export const functionTimeoutSeconds = 120;
