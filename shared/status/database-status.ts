// How one database of one policy stands: fresh, in trouble, out of its target; and why, in sentences for the person who
// was just woken.

import { freshnessOfDatabase } from "../domain/audit/audit-freshness.ts";
import type { UnaccountedSlot } from "../domain/audit/unaccounted-slots.ts";
import type { Policy } from "../domain/policy.ts";
import { type Freshness, freshness } from "../domain/runs/good.ts";
import { slotText } from "../domain/runs/naming.ts";
import { hasEnded, type Run } from "../domain/runs/run.ts";
import type { PolicyVersion } from "../domain/slots/owed-time.ts";
import { nextSlots } from "../domain/slots/slots.ts";
import { durationText } from "./duration-text.ts";
import { isBad, outcomeOf, typicalDurationMs } from "./outcome.ts";

/**
 * Worst first. stale: the freshness target is missed, or no valid version of the policy is known. troubled: still inside
 * the target, but the last run did not end good, is overdue, or a slot has no run. new: the first slot, also the first after
 * a pause or after being enabled again, has not had its time yet. paused, off: by a person's wish, whatever the age.
 */
export const levels = ["stale", "troubled", "new", "fresh", "paused", "off"] as const;
export type Level = (typeof levels)[number];

export interface DatabaseStatus {
  readonly policyId: string;
  /** Absent when the policy names no database that is known: a row that was never valid, a selector that matches nothing. */
  readonly instanceId?: string;
  /** As the account's last survey found it. */
  readonly instanceName?: string;
  readonly account?: string;
  readonly owner?: string;
  readonly timeZone: string;
  readonly level: Level;
  /** stale or troubled: without a person's help the data is, or soon will be, older than it may be. */
  readonly atRisk: boolean;
  /** Sentences without a full stop; at least one unless the level is `fresh`. */
  readonly reasons: readonly string[];
  /** Absent when no policy is in force. */
  readonly freshness?: Freshness;
  /** The run with the newest slot. */
  readonly lastRun?: Run;
  readonly nextSlotAt?: number;
  /** Median of the completed backups known. */
  readonly typicalDurationMs?: number;
  readonly sizeFloorKb?: number;
  /** Oldest slot first; those of the last nights asked for. */
  readonly runs: readonly Run[];
  /** Slots that no run stands for, oldest first. */
  readonly missingSlots: readonly number[];
}

/** One database and what is known of it. */
export interface DatabaseFacts {
  readonly instanceId: string;
  readonly instanceName?: string;
  /** All runs known, in any order; also older ones than are shown, for policies that run seldom. */
  readonly runs: readonly Run[];
  readonly missing: readonly UnaccountedSlot[];
  /** When the version in force was first seen; absent when it is not known. */
  readonly sinceAt?: number;
  /** All versions of the policy, where its target seems to be missed. */
  readonly versions?: readonly PolicyVersion[];
  readonly now: number;
  /** Runs with older slots are judged, and not shown. */
  readonly shownFromAt: number;
}

const minuteMs = 60_000;

export function databaseStatus(policy: Policy, facts: DatabaseFacts): DatabaseStatus {
  const runs = facts.runs.toSorted((a, b) => a.slotAt - b.slotAt);
  const { maxAgeHours, sizeFloorKb } = policy;
  const fresh = freshness(runs, { now: facts.now, maxAgeHours, sizeFloorKb });
  const judged = judge(policy, { ...facts, runs }, fresh);
  const lastRun = runs.at(-1);
  const typical = typicalDurationMs(runs);
  const nextSlotAt = policy.enabled ? nextSlots(policy.schedule, resumesAt(policy, facts.now), 1)[0] : undefined;
  return {
    policyId: policy.policyId,
    instanceId: facts.instanceId,
    ...(facts.instanceName === undefined ? {} : { instanceName: facts.instanceName }),
    account: policy.account,
    ...(policy.owner === undefined ? {} : { owner: policy.owner }),
    timeZone: policy.timeZone,
    ...judged,
    atRisk: judged.level === "stale" || judged.level === "troubled",
    freshness: fresh,
    ...(lastRun === undefined ? {} : { lastRun }),
    ...(nextSlotAt === undefined ? {} : { nextSlotAt }),
    ...(typical === undefined ? {} : { typicalDurationMs: typical }),
    sizeFloorKb,
    runs: runs.filter((run) => run.slotAt >= facts.shownFromAt),
    missingSlots: facts.missing.map((slot) => slot.slotAt),
  };
}

/** Slots inside a pause are recorded and start nothing: the next that counts is the first after it. */
function resumesAt(policy: Policy, now: number): number {
  return isPaused(policy, now) ? (policy.pausedUntil ?? now) - 1 : now;
}

function isPaused(policy: Policy, now: number): boolean {
  return policy.pausedUntil !== undefined && now < policy.pausedUntil;
}

interface Judgement {
  readonly level: Level;
  readonly reasons: readonly string[];
}

function judge(policy: Policy, facts: DatabaseFacts, fresh: Freshness): Judgement {
  const { now } = facts;
  const age = ageSentence(fresh);
  if (!policy.enabled) return { level: "off", reasons: ["switched off in the policy", age] };
  if (isPaused(policy, now)) {
    const until = slotText(policy.pausedUntil ?? now);
    return { level: "paused", reasons: [`paused until ${until}: ${policy.pauseReason ?? "no reason given"}`, age] };
  }
  const troubles = [
    ...lastEnd(policy, facts.runs),
    ...overdue(facts),
    ...withoutRun(facts.missing, fresh.newestGoodAt),
  ];
  if (isNew(policy, facts) && troubles.length === 0) return { level: "new", reasons: ["waits for its first backup"] };
  if (fresh.missed && isExcused(policy, facts, fresh))
    return troubles.length > 0
      ? { level: "troubled", reasons: [...troubles, age] }
      : { level: "new", reasons: ["waits for its first backup since it was paused or disabled", age] };
  if (fresh.missed) return { level: "stale", reasons: [age, ...troubles] };
  return troubles.length > 0 ? { level: "troubled", reasons: [...troubles, age] } : { level: "fresh", reasons: [] };
}

function ageSentence(fresh: Freshness): string {
  const target = durationText(fresh.maxAgeMs);
  return fresh.newestGoodAt === undefined
    ? `no good backup, target ${target}`
    : `newest good backup is ${durationText(fresh.ageMs)} old, target ${target}`;
}

/** The last run that has ended, if it left nothing good behind. */
function lastEnd(policy: Policy, runs: readonly Run[]): string[] {
  const last = runs.findLast(hasEnded);
  if (last === undefined) return [];
  const outcome = outcomeOf(last, policy.sizeFloorKb);
  if (!isBad(outcome)) return [];
  const why = last.lastFailure === undefined ? last.reason : `${last.lastFailure.message} (${last.lastFailure.code})`;
  return [`the run of ${slotText(last.slotAt)} ended ${outcome}: ${why}`];
}

function overdue({ runs, now }: DatabaseFacts): string[] {
  return runs
    .filter((run) => !hasEnded(run) && now > run.terms.completeByAt)
    .map(
      (run) =>
        `the run of ${slotText(run.slotAt)} is overdue: it should have ended ${slotText(run.terms.completeByAt)}`,
    );
}

/** One that a later good backup has made up for is history. */
function withoutRun(missing: readonly UnaccountedSlot[], newestGoodAt = Number.NEGATIVE_INFINITY): string[] {
  const open = missing.filter(({ slotAt }) => slotAt > newestGoodAt);
  return open.map(({ slotAt }) => `the slot ${slotText(slotAt)} has no run`);
}

/** The good one is old because nothing was owed meanwhile: as the audit judges it. */
function isExcused(policy: Policy, facts: DatabaseFacts, { newestGoodAt }: Freshness): boolean {
  if (newestGoodAt === undefined || facts.versions === undefined) return false;
  return !freshnessOfDatabase(policy, facts.instanceId, { ...facts, versions: facts.versions }).missed;
}

/** Nothing has ended yet, and the first slot since the policy was met still has time. */
function isNew(policy: Policy, { runs, sinceAt, now }: DatabaseFacts): boolean {
  if (sinceAt === undefined || runs.some(hasEnded)) return false;
  const firstSlotAt = Math.min(...runs.map((run) => run.slotAt), ...nextSlots(policy.schedule, sinceAt, 1));
  return now <= firstSlotAt + policy.completionWindowMinutes * minuteMs;
}
