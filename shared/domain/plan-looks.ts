// Which of an account's open runs poll-backups looks at closely in this tick. Two levels: one listing of instances answers
// for a hundred databases at once, and one that is still BACKING UP needs no closer look; only the others do.

import type { Instance } from "./remote.ts";
import type { Run } from "./run.ts";

/** Ticks come some seconds early or late; without this allowance a look would slip by a whole tick and break the bound. */
export const tickJitterMs = 20_000;

/**
 * A database may be BACKING UP for another backup than ours, right after ours ended. However long it says so, each run is
 * looked at closely once in this long.
 */
export const closerLookEveryMs = 60 * 60_000;

const instancesPerPage = 100;

/** The last listing of an account's instances for the sake of its building runs. */
export interface InstanceLook {
  readonly lookedAt: number;
  /** So many instances the account had, for what the next listing costs. */
  readonly instances: number;
}

export interface LookFacts {
  readonly now: number;
  readonly pollBoundMs: number;
  /** Whether the account's instance status is to be trusted at all: a setting. */
  readonly byInstanceStatus: boolean;
  readonly last: InstanceLook | undefined;
}

export interface LookPlan {
  /** To be looked at closely whatever the instances say. */
  readonly closely: readonly Run[];
  /** To be looked at closely unless the database is still BACKING UP. Not empty: list the instances. */
  readonly byStatus: readonly Run[];
}

/** `due`: the account's runs whose next look is due. Runs in neither list were seen recently enough. */
export function planLooks(due: readonly Run[], facts: LookFacts): LookPlan {
  const { now, last } = facts;
  const newest = newestStarts(due);
  const suited = due.filter((run) => isSuited(run, facts) && startOf(run) >= (newest.get(run.instanceId) ?? 0));
  const pages = Math.ceil(Math.max(last?.instances ?? 0, 1) / instancesPerPage);
  const databases = new Set(suited.map((run) => run.instanceId)).size;
  if (!facts.byInstanceStatus || databases <= pages) return { closely: due, byStatus: [] };
  const closely = due.filter((run) => !suited.includes(run));
  const isOwed = last === undefined || now - last.lookedAt >= facts.pollBoundMs - tickJitterMs;
  const isNew = suited.some((run) => last !== undefined && run.dueAt > last.lookedAt);
  return { closely, byStatus: isOwed || isNew ? suited : [] };
}

/** Building, inside its window, seen at least once under its id, and not owed its closer look. */
function isSuited(run: Run, { now, last }: LookFacts): boolean {
  if (run.state !== "building" || run.absences > 0 || now >= run.terms.completeByAt) return false;
  const since = startOf(run);
  const hours = (at: number) => Math.floor((at - since) / closerLookEveryMs);
  return last === undefined ? hours(now) === 0 : hours(now) <= Math.max(0, hours(last.lookedAt));
}

/** OTC makes one backup of a database at a time: of two that build, the older one has ended, and BACKING UP means the other. */
function newestStarts(due: readonly Run[]): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  for (const run of due)
    if (run.state === "building") starts.set(run.instanceId, Math.max(startOf(run), starts.get(run.instanceId) ?? 0));
  return starts;
}

const startOf = (run: Run) => run.acceptedAt ?? run.createdAt;

/** Of the runs to be judged by status, those that need the closer look: their database is not (any more) BACKING UP. */
export function needCloserLook(byStatus: readonly Run[], instances: readonly Instance[]): Run[] {
  const busy = new Set(instances.filter((instance) => instance.status === "BACKING UP").map((instance) => instance.id));
  return byStatus.filter((run) => !busy.has(run.instanceId));
}
