// How old the newest good backup of each database of a policy is, against the policy's target, when it is judged from
// outside: what a database without a good backup counts from, and what a pause or being disabled excuses.

import { databasesOfRuns } from "../coverage/selection.ts";
import type { Policy } from "../policy.ts";
import { newestGood } from "../runs/good.ts";
import { type OwedSpan, owedMs, owedSpans, type PolicyVersion } from "../slots/owed-time.ts";
import { nextSlots } from "../slots/slots.ts";
import type { FreshnessRun } from "./decisive-runs.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** After being enabled again a policy has until the window of its first slot is over, however often that happens: up to so many targets. */
const mostPatience = 2;

export interface DatabaseFreshness {
  readonly policyId: string;
  readonly instanceId: string;
  readonly account: string;
  readonly severity: Policy["severity"];
  readonly owner?: string;
  readonly newestGoodAt?: number;
  /** Age over target: above 1 the target is missed. */
  readonly ratio: number;
  readonly ageMs: number;
  readonly maxAgeMs: number;
  readonly missed: boolean;
  /** What the newest run of the database came to: a failure's code, or the reason of its state; `no-run` without one. */
  readonly cause: string;
}

export interface FreshnessFacts {
  readonly now: number;
  /** Runs of the policy, as far back as they were read; older ones need not be all, see decisive-runs.ts. */
  readonly runs: readonly FreshnessRun[];
  /** A database without any run counts from the policy's first slot after this instant. */
  readonly owedAfterAt?: number;
  /** All versions of the policy. Needed only where a target seems to be missed: time in which it was disabled is not owed. */
  readonly versions?: readonly PolicyVersion[];
}

/** One entry per database that the policy owes backups; none while it is disabled or paused. */
export function freshnessOf(policy: Policy, facts: FreshnessFacts): DatabaseFreshness[] {
  if (!policy.enabled || isPaused(policy, facts.now)) return [];
  const byInstance = Map.groupBy(facts.runs, (run) => run.instanceId);
  return databasesOf(policy, facts.runs).map((instanceId) => {
    const runs = byInstance.get(instanceId) ?? [];
    return freshnessOfDatabase(policy, instanceId, { ...facts, runs });
  });
}

export function isPaused(policy: Policy, now: number): boolean {
  return policy.pausedUntil !== undefined && now < policy.pausedUntil;
}

/** Those the row names; for a selector, those of the newest slot that was written down. */
export function databasesOf(policy: Policy, runs: readonly FreshnessRun[]): readonly string[] {
  return policy.target.kind === "instances" ? policy.target.instanceIds : databasesOfRuns(runs);
}

/** `runs` are those of the one database. */
export function freshnessOfDatabase(policy: Policy, instanceId: string, facts: FreshnessFacts): DatabaseFreshness {
  const newestGoodAt = newestGood(facts.runs, policy.sizeFloorKb)?.slotAt;
  const spans = facts.versions === undefined ? [] : owedSpans(facts.versions, instanceId);
  const owedAfterAt = spans[0]?.fromAt ?? facts.owedAfterAt;
  const owed = owedAfterAt === undefined ? facts : { ...facts, owedAfterAt };
  const fromAt = countsFromAt(policy, owed, newestGoodAt);
  const maxAgeMs = policy.maxAgeHours * hourMs;
  const ageMs = ageOf(policy, { fromAt, now: facts.now, spans });
  const ratio = ageMs / maxAgeMs;
  return {
    policyId: policy.policyId,
    instanceId,
    account: policy.account,
    severity: policy.severity,
    ...(policy.owner === undefined ? {} : { owner: policy.owner }),
    ...(newestGoodAt === undefined ? {} : { newestGoodAt }),
    ratio,
    ageMs,
    maxAgeMs,
    missed: ageMs > maxAgeMs,
    cause: causeOf(facts.runs),
  };
}

/**
 * Time owed since `fromAt`. Where the policy has been enabled again since, the target is not missed before its first slot has
 * had its time; who enables it anew every day uses that patience up.
 */
function ageOf(policy: Policy, at: { fromAt: number; now: number; spans: readonly OwedSpan[] }): number {
  const { fromAt, now, spans } = at;
  const last = spans.at(-1);
  if (last === undefined) return Math.max(0, now - fromAt);
  const maxAgeMs = policy.maxAgeHours * hourMs;
  const ageMs = owedMs(spans, fromAt, now);
  const firstSlotAt = firstSlotAfter(policy, last.fromAt, now);
  const isPatient = last.fromAt > fromAt && now <= firstSlotAt + policy.completionWindowMinutes * minuteMs;
  return isPatient && ageMs <= mostPatience * maxAgeMs ? Math.min(ageMs, maxAgeMs) : ageMs;
}

/**
 * The slot of the newest good backup. Slots skipped for a pause were not owed: after one, the next slot counts. Without a
 * good backup it is the first slot owed: that of the oldest run that was not paused, else the first after the policy came
 * into force.
 */
function countsFromAt(policy: Policy, facts: FreshnessFacts, newestGoodAt: number | undefined): number {
  const pausedAt = Math.max(...facts.runs.filter((run) => run.reason === "paused").map((run) => run.slotAt));
  if (newestGoodAt !== undefined && newestGoodAt > pausedAt) return newestGoodAt;
  if (Number.isFinite(pausedAt)) return firstSlotAfter(policy, pausedAt, facts.now);
  const oldestAt = Math.min(...facts.runs.map((run) => run.slotAt));
  const owedAfterAt = facts.owedAfterAt ?? facts.now;
  return Number.isFinite(oldestAt) ? oldestAt : firstSlotAfter(policy, owedAfterAt, facts.now);
}

function firstSlotAfter(policy: Policy, at: number, now: number): number {
  return nextSlots(policy.schedule, at, 1)[0] ?? now;
}

function causeOf(runs: readonly FreshnessRun[]): string {
  let newest: FreshnessRun | undefined;
  for (const run of runs) if (newest === undefined || run.slotAt > newest.slotAt) newest = run;
  return newest === undefined ? "no-run" : (newest.lastFailure?.code ?? newest.reason);
}
