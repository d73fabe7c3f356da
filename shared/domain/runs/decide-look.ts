// What a look at OTC's list of backups means for a run whose outcome lies there.

import { failure, type Result } from "../failure.ts";
import type { RemoteBackup } from "../remote.ts";
import { nextLookAt } from "./plan-looks.ts";
import type { Run } from "./run.ts";
import {
  accept,
  backupAbsent,
  complete,
  failBackup,
  keepBuilding,
  lookFailed,
  nameAbsent,
  renameAfterCollision,
  resend,
} from "./run-machine.ts";

const minuteMs = 60_000;

/** Two looks that do not show a name must lie this far apart before the name is sent again (lists may lag). */
export const absenceSpacingMs = minuteMs;

/** So long after acceptance a missing row may still be lag (OTC documents nothing; the safest assumption). */
export const visibilityGraceMs = 5 * minuteMs;

export interface LookFacts {
  readonly now: number;
  readonly pollBoundMs: number;
}

/** `listing`: all manual backups of the run's instance, complete, or why they could not be listed. */
export function afterLook(run: Run, listing: Result<readonly RemoteBackup[]>, facts: LookFacts): Run {
  const { now, pollBoundMs } = facts;
  if (!listing.ok)
    return lookFailed(run, listing.failure, {
      now,
      nextLookAt: Math.max(nextLookAt(now, pollBoundMs), now + (listing.failure.afterMs ?? 0)),
    });
  return run.state === "requested" ? reconcile(run, listing.value, now) : follow(run, listing.value, facts);
}

/** A request whose answer we do not know: the name decides. */
function reconcile(run: Run, backups: readonly RemoteBackup[], now: number): Run {
  const ours = backups.find((b) => b.name === run.name && b.instanceId === run.instanceId);
  if (ours !== undefined)
    return settle(accept(run, { id: ours.id, name: ours.name }, { now, reason: "adopted" }), ours, now);
  const isTaken = run.lastFailure?.code === "name-taken";
  // Whom else than us would a name taken from policy, database and slot belong to: a new one waits until no lag explains it.
  const spacingMs = isTaken ? visibilityGraceMs : absenceSpacingMs;
  const provenAbsent = run.absences > 0 && now - (run.absentSinceAt ?? now) >= spacingMs;
  if (!provenAbsent) return nameAbsent(run, { now, lookAgainAt: now + absenceSpacingMs });
  if (isTaken) {
    const why = failure(
      "name-collision",
      `OTC says ${run.name ?? "the name"} exists, but not on database ${run.instanceId}`,
    );
    return renameAfterCollision(run, why, now);
  }
  return resend(run, now);
}

function follow(run: Run, backups: readonly RemoteBackup[], facts: LookFacts): Run {
  const { now, pollBoundMs } = facts;
  const seen = backups.find((b) => b.id === run.backupId);
  if (seen !== undefined) return settle(run, seen, now, pollBoundMs);
  const certain = run.absences > 0 && now - (run.acceptedAt ?? now) > visibilityGraceMs;
  return backupAbsent(run, { now, lookAgainAt: now + Math.min(pollBoundMs, minuteMs), certain });
}

/** What the status OTC shows makes of a building run. Unknown words and DELETING are followed until the deadline. */
function settle(run: Run, seen: RemoteBackup, now: number, pollBoundMs = minuteMs): Run {
  switch (seen.status) {
    case "COMPLETED":
      return complete(run, factsOf(seen), now);
    case "FAILED":
      return failBackup(run, now);
    case "BUILDING":
    case "DELETING":
    case "UNKNOWN":
      return keepBuilding(run, { now, nextLookAt: nextLookAt(now, pollBoundMs) });
  }
}

function factsOf(seen: RemoteBackup): { sizeKb?: number; beganAt?: number; endedAt?: number } {
  return {
    ...(seen.sizeKb === undefined ? {} : { sizeKb: seen.sizeKb }),
    ...(seen.beganAt === undefined ? {} : { beganAt: seen.beganAt }),
    ...(seen.endedAt === undefined ? {} : { endedAt: seen.endedAt }),
  };
}
