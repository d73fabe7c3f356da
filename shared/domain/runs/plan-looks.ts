// Which of an account's open runs poll-backups looks at closely in this tick. Two levels: one listing of instances answers
// for a hundred databases at once, and one that is still BACKING UP needs no closer look; only the others do.

import type { Instance } from "../remote.ts";
import type { Run } from "./run.ts";

/** As infra/ sets it unless told otherwise: poll-backups is woken every minute. Slower ticks divide the bound evenly (checked there). */
const tickMs = 60_000;
/** So much earlier or later than planned a tick may come and still be the one that was meant. */
const jitterMs = 5_000;

/**
 * When a database looked at now has to be looked at again. What counts is the time between two looks, not between what is due: a
 * look late in a tick must not wait for a tick that comes when the bound is over. So it is due for the last tick before that.
 */
export function nextLookAt(now: number, pollBoundMs: number): number {
  return now + Math.max(0, pollBoundMs - tickMs) + jitterMs;
}

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
  /** From the listing to the end of the closer looks that followed from it. */
  readonly tookMs: number;
  /** Databases that were to be looked at closely and that the tick did not get to: the first of the next one. */
  readonly owed?: readonly string[];
}

/** So many are remembered; more than that no next tick gets to either. */
const mostOwed = 1000;

export function owedLooks(instanceIds: readonly string[]): Pick<InstanceLook, "owed"> {
  return instanceIds.length === 0 ? {} : { owed: instanceIds.slice(0, mostOwed) };
}

/** Whoever waits for a look since the last tick comes first, so that nobody is passed over twice. */
export function owedFirst(runs: readonly Run[], last: InstanceLook | undefined): Run[] {
  const owed = new Set(last?.owed);
  const [first, then] = [true, false].map((isOwed) => runs.filter((run) => owed.has(run.instanceId) === isOwed));
  return [...(first ?? []), ...(then ?? [])];
}

/**
 * Since when nobody has looked for this run's backup although that is due. A run whose database is still BACKING UP stays due
 * without a write; `last`, the account's listing, tells that it was seen.
 */
export function lookWantedSince(run: Run, last: InstanceLook | undefined): number {
  const owed = last?.owed ?? [];
  const wasSeen = last !== undefined && run.state === "building" && owed.length < mostOwed;
  return wasSeen && !owed.includes(run.instanceId) ? Math.max(run.dueAt, last.lookedAt) : run.dueAt;
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
  const { last } = facts;
  const newest = newestStarts(due);
  const suited = due.filter((run) => isSuited(run, facts) && startOf(run) >= (newest.get(run.instanceId) ?? 0));
  const pages = listingCalls(last?.instances);
  const databases = new Set(suited.map((run) => run.instanceId)).size;
  if (!facts.byInstanceStatus || databases <= pages) return { closely: due, byStatus: [] };
  const bySeeing = new Set(suited);
  const closely = due.filter((run) => !bySeeing.has(run));
  const isOwed = last === undefined || !canWait(last, facts);
  const isNew = suited.some((run) => last !== undefined && run.dueAt > last.lookedAt);
  return { closely, byStatus: isOwed || isNew ? suited : [] };
}

/** What one listing of an account costs. */
export function listingCalls(instances: number | undefined): number {
  return Math.ceil(Math.max(instances ?? 0, 1) / instancesPerPage);
}

/** Of those still building so large a part may end within a minute: most backups take longer than that many minutes. */
const endingPerMinute = 1 / 6;

/** How many calls a minute of looking will about cost, before it is known who has ended. */
export function foreseenCalls(plan: LookPlan, instances: number | undefined): number {
  const byStatus = Math.ceil(plan.byStatus.length * endingPerMinute);
  return plan.closely.length + (byStatus === 0 ? 0 : byStatus + listingCalls(instances));
}

/** Whether whatever ends from now on is still seen within the bound at the next tick, which will have twice as much to look at. */
function canWait(last: InstanceLook, { now, pollBoundMs }: LookFacts): boolean {
  return now + tickMs + 2 * last.tookMs - last.lookedAt <= pollBoundMs + jitterMs;
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
