// The closed list of things that reach a human, and the alerts a run carries until they are delivered (its outbox).
// Writing the texts is alert-text.ts; sending is a workflow.

export type AlertLevel = "page" | "ticket";

/** Alerts about one run. At most one of a kind per run and attempt. */
export const runAlertKinds = {
  "attempt-failed": "a backup ended FAILED and will be tried again inside the start window",
  "backup-failed": "a run ended without a backup, or its last attempt ended FAILED",
  "backup-missed": "a slot's start window ended before OTC accepted a backup",
  "backup-lost": "a backup that OTC had accepted is no longer listed",
  "backup-overdue": "a backup has no outcome although its window is over; it is followed further",
  "backup-not-good": "a backup is COMPLETED but smaller than its floor, or OTC gave no size",
  "run-skipped": "a slot was skipped for a reason that needs a person",
  "backup-vanished": "a backup that was COMPLETED is no longer listed, and nobody here deleted it",
  "backup-adopted": "OTC has a backup of ours that the ledger had no record of; its name proved the run",
} as const satisfies Record<string, string>;

/** Alerts about something that lasts (an account, a policy row). One per cause while it is open. */
export const standingAlertKinds = {
  "policy-invalid": "a policy row is invalid; the last valid version, if there is one, stays in force",
  "selector-empty": "a policy's selector matches no database of its account",
  "selector-drop": "a policy's selector matches far fewer databases than before",
  "databases-uncovered": "databases that no enabled policy means, and that nobody has opted out",
  "databases-gone": "databases that policies meant are not in their account any more",
  "databases-changed": "databases were renamed or run another engine version than before",
  "databases-unwell": "databases are in a state in which OTC backs nothing up",
  "native-backup-weak": "OTC's own automated backup of databases is off or kept for less than 7 days",
  "backup-limit-near": "an account comes near its limit of manual backups, beyond which OTC refuses every further one",
  "requests-late": "more databases of an account are due than can be requested before their start windows end",
  "account-unusable": "an account cannot be used: secret, login, rights, endpoint",
  "credential-ending": "the password of an account's OTC user ends in less than 14 days",
  "backups-overdue": "the newest good backup of a database is older than its policy's target",
  "slots-unaccounted": "a slot that was due has no run in the ledger",
  "shard-silent": "a shard of create-backups or poll-backups has not finished a tick for 10 minutes",
  "runs-stuck": "a run is open for longer than its state allows, and nobody moves it on",
  "backups-orphaned": "OTC lists a backup with our prefix that no record and no name explains; it is never touched",
  "sizes-odd": "a backup has a size that the database's own history does not lead one to expect",
  "policies-dropped": "more than 20 % of the policies disappeared or were disabled within a day",
  "prune-blocked": "retention would let backups go, and a doubt forbids it: nothing is lost, nothing is deleted",
  "prune-bulk-change":
    "retention would let go an unusual share of an account's backups: nothing is marked before someone agrees",
  "prune-late": "retention cannot keep up: backups that should have gone more than a day ago are still there",
  "prune-stopped": "deleting was stopped by a person and stays stopped until someone resumes it",
} as const satisfies Record<string, string>;

export type RunAlertKind = keyof typeof runAlertKinds;
export type StandingAlertKind = keyof typeof standingAlertKinds;

/** An alert in a run's outbox. Whoever wrote it holds the lease to send it; after the lease anyone may take it over. */
export interface RunAlert {
  readonly kind: RunAlertKind;
  readonly level: AlertLevel;
  readonly attempt: number;
  readonly raisedAt: number;
  readonly leaseUntilAt: number;
  readonly sentAt?: number;
}

/** How long the writer of an alert has for sending it before another tick takes over. */
export const alertLeaseMs = 60_000;

/** What an alert about a whole account is about. */
export const accountSubject = (account: string): string => `account ${account}`;

/** An alert that stays open until its cause is gone. `fingerprint` tells one cause from the next. */
export interface StandingAlert {
  readonly subject: string;
  readonly kind: StandingAlertKind;
  readonly level: AlertLevel;
  readonly fingerprint: string;
  readonly details: readonly string[];
  /** What it has told of, as short hashes, so that something new under an open alert can be noticed. */
  readonly members?: readonly string[];
  readonly owner?: string;
  readonly raisedAt: number;
  /** When the cause was met again last, where that is kept. */
  readonly metAt?: number;
  readonly leaseUntilAt: number;
  readonly sentAt?: number;
}
