// How the mark of a backup changes: marked, grace, deleting, deleted, or kept again. It stands beside the run's state, which
// never changes for it. Like every change of a run each raises the version, and is written only over what it was made from.

import type { BackupRef, RetentionMark, Run, RunReason } from "../runs/run.ts";

/** A setting below this is refused at start; how long people have to object. */
export const leastGraceHours = 24;
export const defaultGraceHours = 72;

/** A DELETE without its effect after this long did not reach OTC: the backup counts as marked again. */
const deletionPatienceMs = 10 * 60_000;

/** A mark with its date; one that is marked already stays as it is. */
export function markBackup(
  run: Run,
  backupId: string,
  facts: { planId: string; reasons: readonly string[]; now: number; graceMs: number },
): Run {
  const { planId, reasons, now, graceMs } = facts;
  if (markOf(run, backupId) !== undefined) return run;
  const mark: RetentionMark = { stage: "marked", planId, markedAt: now, removableAt: now + graceMs, reasons };
  return withMark(run, backupId, mark, step("marked-for-removal", now, `${backupId}: ${reasons.join("; ")}`));
}

/** Kept after all: a later mark begins its grace anew. */
export function keepAgain(run: Run, backupId: string, facts: { now: number; why: string }): Run {
  if (markOf(run, backupId)?.stage !== "marked") return run;
  return withMark(run, backupId, undefined, step("kept-again", facts.now, `${backupId}: ${facts.why}`));
}

/** The intent, durable before the DELETE leaves: from here on the backup counts for nothing. */
export function beginDeletion(run: Run, backupId: string, now: number): Run {
  const mark = markOf(run, backupId);
  if (mark?.stage !== "marked") return run;
  return withMark(run, backupId, { ...mark, stage: "deleting", deletedAt: now });
}

/** OTC took the DELETE: its request id, for whoever asks later. */
export function deletionAccepted(run: Run, backupId: string, requestId: string | undefined): Run {
  const mark = markOf(run, backupId);
  if (mark?.stage !== "deleting" || requestId === undefined) return run;
  return withMark(run, backupId, { ...mark, requestId });
}

/** The DELETE certainly had no effect: marked as before, to be tried again. */
export function deletionRefused(run: Run, backupId: string, facts: { now: number; why: string }): Run {
  const mark = markOf(run, backupId);
  if (mark?.stage !== "deleting") return run;
  const { deletedAt: _began, ...rest } = mark;
  const again = { ...rest, stage: "marked" } as const;
  return withMark(run, backupId, again, step("deletion-refused", facts.now, `${backupId}: ${facts.why}`));
}

/** A complete listing no longer shows it: the record stays as a tombstone. */
export function confirmDeleted(run: Run, backupId: string, now: number): Run {
  const mark = markOf(run, backupId);
  if (mark?.stage !== "deleting") return run;
  const request = mark.requestId === undefined ? "" : `, OTC request ${mark.requestId}`;
  const detail = `${backupId}, plan ${mark.planId}${request}: ${mark.reasons.join("; ")}`;
  return withMark(run, backupId, { ...mark, stage: "deleted", deletedAt: now }, step("deleted", now, detail));
}

export type DeletionOutlook = "gone" | "on-its-way" | "not-begun";

/** What a complete listing says of a backup whose DELETE may have left. `status` absent: not listed. */
export function deletionOutlook(mark: RetentionMark, status: string | undefined, now: number): DeletionOutlook {
  if (status === undefined) return "gone";
  if (status === "DELETING") return "on-its-way";
  return now - (mark.deletedAt ?? mark.markedAt) < deletionPatienceMs ? "on-its-way" : "not-begun";
}

export function markOf(run: Run, backupId: string): RetentionMark | undefined {
  if (run.backupId === backupId) return run.retention;
  return run.earlierBackups.find((backup) => backup.id === backupId)?.retention;
}

/** The backups of a run whose DELETE may have left. */
export function deletingBackups(run: Run): BackupRef[] {
  const main = run.backupId === undefined ? [] : [{ id: run.backupId, name: run.name ?? "", ...retentionOf(run) }];
  return [...main, ...run.earlierBackups].filter((backup) => backup.retention?.stage === "deleting");
}

function retentionOf(run: Run): { retention?: RetentionMark } {
  return run.retention === undefined ? {} : { retention: run.retention };
}

interface Step {
  readonly reason: RunReason;
  readonly at: number;
  readonly detail: string;
}

const step = (reason: RunReason, at: number, detail: string): Step => ({ reason, at, detail });

function withMark(run: Run, backupId: string, mark: RetentionMark | undefined, told?: Step): Run {
  const { retention, ...rest } = run;
  const isMain = run.backupId === backupId;
  const kept = isMain ? mark : retention;
  return {
    ...rest,
    ...(kept === undefined ? {} : { retention: kept }),
    version: run.version + 1,
    earlierBackups: isMain
      ? run.earlierBackups
      : run.earlierBackups.map((b) => (b.id === backupId ? marked(b, mark) : b)),
    events: told === undefined ? run.events : eventsWith(run, told),
  };
}

function marked({ id, name }: BackupRef, mark: RetentionMark | undefined): BackupRef {
  return { id, name, ...(mark === undefined ? {} : { retention: mark }) };
}

/** The same step again raises its count: an hourly refusal must not make the record grow without end. */
function eventsWith(run: Run, { reason, at, detail }: Step): Run["events"] {
  const last = run.events.at(-1);
  if (last?.reason === reason && last.detail === detail)
    return [...run.events.slice(0, -1), { ...last, times: last.times + 1, lastAt: at }];
  return [...run.events, { from: run.state, to: run.state, reason, at, times: 1, lastAt: at, detail }];
}
