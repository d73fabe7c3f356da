// What makes a backup good, and how old the newest good one of a database is. Everything is dated by the slot: not by when
// a backup began or ended, which an outage or a slow night would shift.

import type { Run, RunTerms } from "./run.ts";

const hourMs = 3_600_000;

/** What of a run says whether its backup is good. */
export type PerhapsGood = Pick<Run, "slotAt" | "state" | "backupId" | "vanishedAt" | "retention" | "sizeKb"> & {
  readonly terms: Pick<RunTerms, "sizeFloorKb">;
};

/** At least the floor, equal counts; an absent size is not good; a floor of 0 switches the check off. */
export function isLargeEnough(sizeKb: number | undefined, floorKb: number): boolean {
  return floorKb === 0 || (sizeKb !== undefined && sizeKb >= floorKb);
}

/**
 * COMPLETED, ours, large enough, and still there: not deleted by retention, not vanished, no DELETE on its way.
 * `sizeFloorKb` is the policy's in force; a run carries the one of its own night, which counts where no policy is left.
 */
export function isGood(run: PerhapsGood, sizeFloorKb = run.terms.sizeFloorKb): boolean {
  if (run.state !== "completed" || run.backupId === undefined || run.vanishedAt !== undefined) return false;
  const leaving = run.retention?.stage === "deleting" || run.retention?.stage === "deleted";
  return !leaving && isLargeEnough(run.sizeKb, sizeFloorKb);
}

/** The good run with the latest slot. */
export function newestGood<R extends PerhapsGood>(runs: readonly R[], sizeFloorKb?: number): R | undefined {
  let newest: R | undefined;
  for (const run of runs)
    if (isGood(run, sizeFloorKb) && (newest === undefined || run.slotAt > newest.slotAt)) newest = run;
  return newest;
}

export interface Freshness {
  /** Slot of the newest good backup; absent when there is none. */
  readonly newestGoodAt?: number;
  /** Milliseconds since that slot; without a good backup the age is without end. */
  readonly ageMs: number;
  readonly maxAgeMs: number;
  /** Older than the target; exactly as old is still fine. */
  readonly missed: boolean;
}

/** The age of one database's newest good backup against its policy's target. `runs`: of one policy and one database. */
export function freshness(
  runs: readonly PerhapsGood[],
  facts: { now: number; maxAgeHours: number; sizeFloorKb?: number },
): Freshness {
  const newest = newestGood(runs, facts.sizeFloorKb);
  const maxAgeMs = facts.maxAgeHours * hourMs;
  const ageMs = newest === undefined ? Number.POSITIVE_INFINITY : facts.now - newest.slotAt;
  return {
    ...(newest === undefined ? {} : { newestGoodAt: newest.slotAt }),
    ageMs,
    maxAgeMs,
    missed: ageMs > maxAgeMs,
  };
}
