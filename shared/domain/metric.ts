// The metrics we emit: a closed list, one dimension (stage), so that their number does not grow with the fleet.
// Alarms are built from these names; details of a case are in its alert.

/** Namespace in CloudWatch; the only dimension of our metrics is `Stage`. */
export const metricNamespace = "OtcBackup";

export const metrics = {
  CreateHeartbeat: "1 when a create-backups tick has finished",
  PollHeartbeat: "1 when a poll-backups tick has finished",
  AuditHeartbeat: "1 when an audit has seen everything, 0 when a part of it failed",
  PruneHeartbeat: "1 when a prune-backups tick has finished",
  PruneMarked: "backups marked for removal in the tick",
  PruneDeletes: "deletions that OTC's listing confirmed in the tick",
  PruneBlocked: "backups that stay only because a doubt forbids removing them",
  PruneLeftovers: "backups at OTC with our name and no record; never touched",
  PolicyCount: "policy rows seen by the tick",
  InvalidPolicies: "policy rows that are invalid now",
  TickLagSeconds: "age of the moment up to which every due slot has its run",
  RunsOpened: "slots that became runs in the tick",
  BackupsRequested: "POSTs that OTC accepted in the tick",
  RunsPostponed: "runs that wait on: busy, throttled, account unusable",
  RequestQueueSeconds:
    "time until the last run of the longest queue of an account will have been requested; 0 without one",
  AmbiguousCreates: "POSTs whose outcome is unknown until looked up",
  BackupsCompleted: "runs that ended completed in the tick",
  NewFailures: "runs that ended failed, missed or lost, or became overdue, in the tick",
  ApiThrottles: "answers 429 in the tick",
  AuthFailures: "logins or signatures refused in the tick",
  QuotaRejected: "answers 413 in the tick",
  OtcCalls: "HTTP calls to OTC in the tick",
  CredentialDaysLeft: "whole days until the first password ends, among the accounts used in the tick; only if one ends",
  UncoveredDatabases: "databases that no enabled policy means and nobody opted out, at the last survey of each account",
  AlertsSent: "alerts delivered in the tick",
  AlertDeliveryFailures: "alerts that could not be delivered in the tick; they stay in the outbox",
  OverduePolicies: "policies of severity page with a database whose newest good backup is older than the target",
  WorstFreshnessRatio: "greatest age over target among the databases of policies of severity page; 1 is just in time",
  StuckBackups: "runs that nobody moves on although their step or alert is long due",
  SilentShards: "shards of create-backups or poll-backups that have not finished a tick for 10 minutes",
  UnaccountedSlots: "slots that were due and have no run",
  PolicyCountDropPct: "share of the enabled policies that is gone, against the highest count of late",
  PausedPolicies: "policies in force that are paused now",
  DisabledPolicies: "policies in force that are disabled",
  OrphanBackups: "backups at OTC with our prefix that no record and no name explains, as of the last comparison",
  PhantomRecords:
    "records of COMPLETED backups that within the last day were found missing at OTC, and nobody here deleted them",
  SizeAnomalies: "databases whose newest backup has an unusual size",
  BackupsAdopted: "backups found at OTC and recorded in the audit because their name proved the run",
  ReconcileAgeHours: "hours since ledger and OTC were last compared completely",
  DigestAgeHours: "hours since the last morning digest was delivered",
  PingFailures: "calls to the outside dead-man switch that failed",
} as const satisfies Record<string, string>;

export type MetricName = keyof typeof metrics;
export type MetricValues = Partial<Record<MetricName, number>>;
