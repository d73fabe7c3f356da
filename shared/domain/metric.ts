// The metrics we emit: a closed list, one dimension (stage), so that their number does not grow with the fleet.
// Alarms are built from these names; details of a case are in its alert.

/** Namespace in CloudWatch; the only dimension of our metrics is `Stage`. */
export const metricNamespace = "OtcBackup";

export const metrics = {
  CreateHeartbeat: "1 when a create-backups tick has finished",
  PollHeartbeat: "1 when a poll-backups tick has finished",
  PolicyCount: "policy rows seen by the tick",
  InvalidPolicies: "policy rows that are invalid now",
  TickLagSeconds: "age of the moment up to which every due slot has its run",
  RunsOpened: "slots that became runs in the tick",
  BackupsRequested: "POSTs that OTC accepted in the tick",
  RunsPostponed: "runs that wait on: busy, throttled, account unusable",
  AmbiguousCreates: "POSTs whose outcome is unknown until looked up",
  BackupsCompleted: "runs that ended completed in the tick",
  NewFailures: "runs that ended failed, missed or lost, or became overdue, in the tick",
  ApiThrottles: "answers 429 in the tick",
  AuthFailures: "logins or signatures refused in the tick",
  QuotaRejected: "answers 413 in the tick",
  OtcCalls: "HTTP calls to OTC in the tick",
  AlertsSent: "alerts delivered in the tick",
  AlertDeliveryFailures: "alerts that could not be delivered in the tick; they stay in the outbox",
} as const satisfies Record<string, string>;

export type MetricName = keyof typeof metrics;
export type MetricValues = Partial<Record<MetricName, number>>;
