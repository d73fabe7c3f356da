// Reasons why nothing of a database is removed, whatever the rules say: each means that what we see may not be what is.
// They are looked at when a plan is made and again right before each DELETE.

import { type Freshness, freshness } from "../runs/good.ts";
import { slotText } from "../runs/naming.ts";
import type { Run } from "../runs/run.ts";

/** Each stands for one doubt; the text is its meaning for people. */
export const refusalReasons = {
  "freshness-missed": "the newest good backup is older than the policy allows",
  "slot-in-future": "a run has a slot in the future: a clock is or was wrong",
  "completed-before-slot": "a backup was completed before its slot: a clock is or was wrong",
  "clock-skew": "our clock and OTC's differ",
  "listing-incomplete": "OTC's listing of backups is not complete or could not be had",
  "listing-inconsistent": "OTC's listing contradicts the ledger",
  "instance-gone": "the database is not in the account any more",
  "policy-removed": "there is no policy of that name for this account any more",
  "row-problem": "the policy's row has a problem",
} as const satisfies Record<string, string>;

export type RefusalReason = keyof typeof refusalReasons;

export interface Refusal {
  readonly reason: RefusalReason;
  /** The same with this database's facts. */
  readonly message: string;
}

/** Clocks may differ so much, and slots and completions be off by as much. */
export const toleratedSkewMs = 60_000;

/** What is known beside the runs. Absent: not looked at, as in a dry run. */
export interface Surroundings {
  readonly now: number;
  /** Problems of the row as it stands; warnings are none. */
  readonly rowProblems: readonly string[];
  /** Our clock minus OTC's. */
  readonly clockSkewMs?: number | undefined;
  /** What is wrong with OTC's listing of this database's backups; `complete` when nothing is. */
  readonly listing?: "complete" | Refusal | undefined;
  readonly instancePresent?: boolean | undefined;
}

interface Target {
  readonly maxAgeHours: number;
  readonly sizeFloorKb: number;
}

/** All that speak against removing anything. `target` is absent when no version of the policy is known. */
export function refusalsOf(runs: readonly Run[], target: Target | undefined, facts: Surroundings): Refusal[] {
  return [...rowRefusals(target, facts), ...clockRefusals(runs, facts), ...remoteRefusals(facts)].concat(
    target === undefined ? [] : freshnessRefusals(runs, target, facts.now),
  );
}

function rowRefusals(target: Target | undefined, { rowProblems }: Surroundings): Refusal[] {
  if (rowProblems.length > 0) return [{ reason: "row-problem", message: `the row has a problem: ${rowProblems[0]}` }];
  return target === undefined ? [{ reason: "policy-removed", message: refusalReasons["policy-removed"] }] : [];
}

function freshnessRefusals(runs: readonly Run[], target: Target, now: number): Refusal[] {
  const seen = freshness(runs, { now, ...target });
  return seen.missed ? [{ reason: "freshness-missed", message: freshnessText(seen) }] : [];
}

function freshnessText({ newestGoodAt, ageMs, maxAgeMs }: Freshness): string {
  const allowed = `${maxAgeMs / 3_600_000} h are allowed`;
  if (newestGoodAt === undefined) return `there is no good backup; ${allowed}`;
  return `the newest good backup is ${(ageMs / 3_600_000).toFixed(1)} h old (slot ${slotText(newestGoodAt)}); ${allowed}`;
}

function clockRefusals(runs: readonly Run[], { now, clockSkewMs }: Surroundings): Refusal[] {
  const refusals: Refusal[] = [];
  const ahead = runs.find((run) => run.slotAt - now > toleratedSkewMs);
  if (ahead !== undefined)
    refusals.push({ reason: "slot-in-future", message: `slot ${slotText(ahead.slotAt)} lies in the future` });
  const early = runs.find(isEarly);
  if (early !== undefined)
    refusals.push({
      reason: "completed-before-slot",
      message: `slot ${slotText(early.slotAt)} was completed before it began, at ${new Date(completedAt(early)).toISOString()}`,
    });
  if (clockSkewMs !== undefined && !(Math.abs(clockSkewMs) <= toleratedSkewMs))
    refusals.push({
      reason: "clock-skew",
      message: `our clock and OTC's differ by ${Math.round(Math.abs(clockSkewMs) / 1000)} s`,
    });
  return refusals;
}

/** Completed before its slot: no clock that was right says so. */
export function isEarly(run: Run): boolean {
  return run.slotAt - completedAt(run) > toleratedSkewMs;
}

/** The earlier of what OTC's clock and ours say of the completion; a run that is not completed never offends. */
function completedAt(run: Run): number {
  if (run.state !== "completed") return Number.POSITIVE_INFINITY;
  return Math.min(run.endedAt ?? Number.POSITIVE_INFINITY, run.finishedAt ?? Number.POSITIVE_INFINITY);
}

function remoteRefusals({ listing, instancePresent }: Surroundings): Refusal[] {
  const gone: Refusal = { reason: "instance-gone", message: refusalReasons["instance-gone"] };
  return [
    ...(listing === undefined || listing === "complete" ? [] : [listing]),
    ...(instancePresent === false ? [gone] : []),
  ];
}
