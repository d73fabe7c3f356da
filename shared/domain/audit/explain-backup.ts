// What a backup that OTC lists, and that its name proves to be ours, is to the record of its run.

import type { RemoteBackup } from "../remote.ts";
import { markOf } from "../retention/retention-mark.ts";
import type { ProvenName } from "../runs/prove-name.ts";
import { hasEnded, type Run } from "../runs/run.ts";

/** OTC may go on listing what it was just told to delete. */
const deletionShowsWithinMs = 60 * 60_000;

export type Explanation =
  /** On record, or of a run that a tick will look at. */
  | { readonly kind: "known" }
  /** The record of its run is missing, or OTC knows better than it. */
  | { readonly kind: "adopt" }
  /** FAILED, of an attempt before the one on record: it goes on record beside that, so that it is cleared away in time. */
  | { readonly kind: "record-earlier" }
  | { readonly kind: "orphan"; readonly why: string };

export interface Listed {
  readonly backup: RemoteBackup;
  readonly proven: ProvenName;
}

/** `run`: what is on record of the run that the name proves, if anything. */
export function explainBackup(run: Run | undefined, { backup, proven }: Listed, now: number): Explanation {
  if (run === undefined) return { kind: "adopt" };
  const mark = markOf(run, backup.id);
  // One listing that did not show it was believed: the record is wrong, and nobody will delete it any more.
  if (mark?.stage === "deleted" && now - (mark.deletedAt ?? 0) > deletionShowsWithinMs)
    return { kind: "orphan", why: "it is recorded as deleted and listed all the same" };
  const onRecord = [...run.earlierBackups, { id: run.backupId, name: run.name }];
  if (onRecord.some(({ id }) => id === backup.id)) return { kind: "known" };
  const twin = onRecord.find(({ id, name }) => id !== undefined && name === backup.name);
  if (!hasEnded(run) && twin === undefined) return { kind: "known" };
  if (hasEnded(run) && isEarlierFailure(run, { backup, proven })) return { kind: "record-earlier" };
  if (twin === undefined && mayBeReplaced(run, proven.attempt)) return { kind: "adopt" };
  const isTwin = twin === undefined ? "" : `; OTC let its name in twice, and the record has the other one, ${twin.id}`;
  return { kind: "orphan", why: `its run is recorded as ${run.state} (${run.reason})${isTwin}` };
}

function isEarlierFailure({ backupId, attempt }: Run, { backup, proven }: Listed): boolean {
  return backupId !== undefined && backup.status === "FAILED" && proven.attempt < attempt;
}

/**
 * A run that has ended without a backup, or in a FAILED one of an earlier attempt, gives way to one that bears its name: the
 * request was forgotten (the ledger was restored to an older copy), or given up before OTC showed what had come of it.
 */
function mayBeReplaced(run: Run, attempt: number): boolean {
  return run.backupId === undefined || (run.state === "failed" && attempt > run.attempt);
}
