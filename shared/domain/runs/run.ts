// What a run is: our attempt to bring about one backup (one policy, one instance, one slot), as it stands in the
// ledger. How a run changes is run-machine.ts; nothing else changes one.

import { type Failure, type FailureCode, type FailureEvidence, failureKinds, isFailureCode } from "../failure.ts";
import type { AlertLevel, RunAlert } from "../messages/alert.ts";
import type { RunKey } from "./naming.ts";
import type { SecondLine } from "./second-line.ts";

/**
 * waiting: create moves it on once the slot is due; at the end of the start window it becomes missed.
 * requested: the intent is durable and the POST's outcome unknown until answered; poll reconciles by name after the claim.
 * building: poll moves it on; after the completion window it is overdue and still followed.
 * completed, failed, missed, lost, skipped: ends. They never change again, except for delivered alerts.
 */
export const runStates = [
  "waiting",
  "requested",
  "building",
  "completed",
  "failed",
  "missed",
  "lost",
  "skipped",
] as const;
export type RunState = (typeof runStates)[number];

/** Why a run is where it is, apart from the failures, which are reasons too. */
const ownReasons = [
  "slot-due",
  "claimed",
  "accepted",
  "adopted",
  "not-listed",
  "resend",
  "still-building",
  "overdue",
  "completed",
  "backup-failed",
  "start-window-over",
  "superseded",
  "paused",
  "resolved",
  "marked-for-removal",
  "kept-again",
  "deletion-refused",
  "deleted",
] as const;

export type RunReason = FailureCode | (typeof ownReasons)[number];
export const runReasons: readonly RunReason[] = [...ownReasons, ...Object.keys(failureKinds).filter(isFailureCode)];

/** The policy's values in force when the run was made; a row edited later changes the next slot, not this run. */
export interface RunTerms {
  readonly policyVersion: number;
  readonly startByAt: number;
  readonly completeByAt: number;
  readonly maxAttempts: number;
  readonly sizeFloorKb: number;
  readonly severity: AlertLevel;
  /** An automated backup of OTC up to this old makes a page about this run a ticket. Absent: nothing does. */
  readonly acceptAutomatedHours?: number;
  readonly databases?: readonly string[];
  readonly description?: string;
  readonly owner?: string;
  /** The selector that picked the database, as JSON; absent when the policy names its databases. */
  readonly selector?: string;
  /** What the database was called when the selector picked it. */
  readonly instanceName?: string;
}

/** One step of a run's history. The same step again raises `times` instead of the list's length. */
export interface RunEvent {
  readonly from: RunState | "none";
  readonly to: RunState;
  readonly reason: RunReason;
  readonly at: number;
  readonly times: number;
  readonly lastAt: number;
  readonly detail?: string;
  /** What OTC answered, where the step follows from a refusal: for the trace that `why` prints. Of repeats, the last. */
  readonly evidence?: FailureEvidence;
}

/**
 * What retention has decided about a backup, beside the run's state, which never changes for it. Absent: kept.
 * marked: to be removed from `removableAt` on, unless a later look keeps it. deleting: the DELETE is on its way.
 * deleted: OTC no longer lists it; the record stays as a tombstone.
 */
export interface RetentionMark {
  readonly stage: "marked" | "deleting" | "deleted";
  readonly planId: string;
  readonly markedAt: number;
  readonly removableAt: number;
  readonly reasons: readonly string[];
  readonly deletedAt?: number;
  /** OTC's id of the request that deleted it. */
  readonly requestId?: string;
}

/** A backup at OTC as a run remembers it. */
export interface BackupRef {
  readonly id: string;
  readonly name: string;
  readonly retention?: RetentionMark;
}

export interface Run extends RunKey {
  readonly state: RunState;
  readonly reason: RunReason;
  readonly account: string;
  readonly terms: RunTerms;
  /** 1 for the first backup tried; raised when a backup FAILED or its name is taken by a stranger. */
  readonly attempt: number;
  /** Raised with every write: the fencing token. */
  readonly version: number;
  readonly dueAt: number;
  readonly createdAt: number;
  readonly name?: string;
  readonly requestedAt?: number;
  readonly backupId?: string;
  readonly acceptedAt?: number;
  /** Consecutive complete listings in which the backup was not found, and when the first was. */
  readonly absences: number;
  readonly absentSinceAt?: number;
  readonly sizeKb?: number;
  readonly beganAt?: number;
  readonly endedAt?: number;
  readonly finishedAt?: number;
  readonly lastFailure?: Failure;
  /** What retention has decided about the backup `backupId`. */
  readonly retention?: RetentionMark;
  /** When a complete listing first did not show a backup that had been COMPLETED, and nobody here had deleted it. */
  readonly vanishedAt?: number;
  /** What OTC's own backups offered when the run's alert was about to leave. */
  readonly secondLine?: SecondLine;
  /** Backups of earlier attempts: ours, FAILED. */
  readonly earlierBackups: readonly BackupRef[];
  readonly alerts: readonly RunAlert[];
  readonly events: readonly RunEvent[];
}

const ended: ReadonlySet<RunState> = new Set(["completed", "failed", "missed", "lost", "skipped"]);

export function hasEnded(run: Run): boolean {
  return ended.has(run.state);
}

/** Who picks a run up: create-backups, poll-backups, whoever delivers alerts, prune-backups. */
export type Lane = "create" | "poll" | "alert" | "prune";

/** An item of the ledger that should be a run. */
export interface UnreadableRun {
  /** Its key in the ledger. */
  readonly key: string;
  readonly problem: string;
}

/** What stands in a lane, also what nobody can read. */
export interface InspectedLane {
  readonly runs: readonly Run[];
  readonly unreadable: readonly UnreadableRun[];
}

/** Which function picks the run up next, and when. Nothing when it is at rest. */
export function nextAction(run: Run): { lane: Lane; at: number } | undefined {
  const alertAt = Math.min(...run.alerts.filter((a) => a.sentAt === undefined).map((a) => a.leaseUntilAt));
  if (run.state === "waiting") return { lane: "create", at: Math.min(run.dueAt, alertAt) };
  if (run.state === "requested" || run.state === "building") return { lane: "poll", at: Math.min(run.dueAt, alertAt) };
  if (Number.isFinite(alertAt)) return { lane: "alert", at: alertAt };
  const pruneAt = Math.min(
    ...retentionMarks(run).map((mark) => (mark.stage === "marked" ? mark.removableAt : mark.markedAt)),
  );
  return Number.isFinite(pruneAt) ? { lane: "prune", at: pruneAt } : undefined;
}

/** The marks that prune-backups still has to act on: those of backups that are not deleted yet. */
function retentionMarks(run: Run): RetentionMark[] {
  const marks = [run.retention, ...run.earlierBackups.map((backup) => backup.retention)];
  return marks.filter((mark) => mark !== undefined).filter((mark) => mark.stage !== "deleted");
}
