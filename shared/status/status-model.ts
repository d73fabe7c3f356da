// The whole site at one instant, as the command line and the page show it: every database of every policy, worst first;
// what is running; what is wrong. Pure: the same facts and `now` give the same picture.

import { type UnaccountedSlot, unaccountedSlots } from "../domain/audit/unaccounted-slots.ts";
import { wholeSelector } from "../domain/coverage/selection.ts";
import { newestGood } from "../domain/runs/good.ts";
import { hasEnded, type Run } from "../domain/runs/run.ts";
import { type DatabaseStatus, databaseStatus, type Level, levels } from "./database-status.ts";
import { type RunningNow, runningNow } from "./running-now.ts";
import type { PolicyFacts, SiteFacts } from "./site-facts.ts";
import { type SiteProblem, siteProblems } from "./site-problems.ts";

export interface SiteStatus {
  readonly at: number;
  readonly nights: number;
  readonly policyCount: number;
  /** How many databases stand at each level. */
  readonly counts: Readonly<Record<Level, number>>;
  /** Worst first. */
  readonly databases: readonly DatabaseStatus[];
  /** Every run that has not ended, the longest under way first. */
  readonly running: readonly RunningNow[];
  /** Worst first. */
  readonly problems: readonly SiteProblem[];
  readonly accountedThroughAt?: number;
}

const dayMs = 86_400_000;

export function siteStatus(facts: SiteFacts): SiteStatus {
  const missing = new Map(facts.policies.map((policy) => [policy.policyId, missingSlots(policy, facts)]));
  const databases = facts.policies
    .flatMap((policy) => databasesOf(policy, { ...facts, missing: missing.get(policy.policyId) ?? [] }))
    .toSorted(worstFirst);
  const open = facts.policies.flatMap((policy) => policy.runs.filter((run) => !hasEnded(run)));
  const typical = new Map(databases.map((each) => [`${each.policyId}/${each.instanceId}`, each.typicalDurationMs]));
  return {
    at: facts.now,
    nights: facts.nights,
    policyCount: facts.policies.length,
    counts: countLevels(databases),
    databases,
    running: runningNow(open, { now: facts.now, typicalMs: (run) => typical.get(`${run.policyId}/${run.instanceId}`) }),
    problems: siteProblems(facts, openSlots(facts, missing)),
    ...(facts.accountedThroughAt === undefined ? {} : { accountedThroughAt: facts.accountedThroughAt }),
  };
}

function missingSlots(policy: PolicyFacts, { now, nights }: SiteFacts): UnaccountedSlot[] {
  const { inForce, runs, sinceAt } = policy;
  if (inForce === undefined || sinceAt === undefined) return [];
  return unaccountedSlots(inForce, { now, afterAt: Math.max(sinceAt, now - nights * dayMs), runs });
}

/** Slots without a run that no later good backup has made up for. */
function openSlots(
  { policies }: SiteFacts,
  missing: ReadonlyMap<string, readonly UnaccountedSlot[]>,
): Map<string, readonly UnaccountedSlot[]> {
  const isOpen = ({ inForce, runs }: PolicyFacts, { slotAt, instanceId }: UnaccountedSlot) => {
    const its = instanceId === undefined ? runs : runs.filter((run) => run.instanceId === instanceId);
    return slotAt > (newestGood(its, inForce?.sizeFloorKb)?.slotAt ?? Number.NEGATIVE_INFINITY);
  };
  return new Map(
    policies.map((policy) => [
      policy.policyId,
      (missing.get(policy.policyId) ?? []).filter((slot) => isOpen(policy, slot)),
    ]),
  );
}

function databasesOf(policy: PolicyFacts, at: SiteFacts & { missing: readonly UnaccountedSlot[] }): DatabaseStatus[] {
  const { policyId, inForce, instanceIds, runs, problems } = policy;
  if (inForce === undefined)
    return [unknown(policyId, ["no valid version is known: no backups are made", ...problems.slice(0, 1)])];
  if (instanceIds.length === 0) return [{ ...unknown(policyId, ["matches no database"]), account: inForce.account }];
  const runsOf = Map.groupBy(runs, (run) => run.instanceId);
  return instanceIds.map((instanceId) =>
    databaseStatus(inForce, {
      instanceId,
      ...nameOfDatabase(at, instanceId),
      runs: withWholeRuns(runsOf.get(instanceId) ?? [], runsOf.get(wholeSelector) ?? []),
      missing: at.missing.filter((slot) => slot.instanceId === undefined || slot.instanceId === instanceId),
      ...(policy.sinceAt === undefined ? {} : { sinceAt: policy.sinceAt }),
      ...(policy.versions === undefined ? {} : { versions: policy.versions }),
      now: at.now,
      shownFromAt: at.now - at.nights * dayMs,
    }),
  );
}

/** A slot whose databases could not be worked out has one run for all of them: it counts where a database has none. */
function withWholeRuns(own: readonly Run[], whole: readonly Run[]): readonly Run[] {
  const slots = new Set(own.map((run) => run.slotAt));
  return [...own, ...whole.filter((run) => !slots.has(run.slotAt))];
}

function nameOfDatabase({ names }: SiteFacts, instanceId: string): { instanceName?: string } {
  const instanceName = names?.get(instanceId);
  return instanceName === undefined ? {} : { instanceName };
}

function unknown(policyId: string, reasons: readonly string[]): DatabaseStatus {
  return { policyId, timeZone: "UTC", level: "stale", atRisk: true, reasons, runs: [], missingSlots: [] };
}

function countLevels(databases: readonly DatabaseStatus[]): Record<Level, number> {
  const counts: Record<Level, number> = { stale: 0, troubled: 0, new: 0, fresh: 0, paused: 0, off: 0 };
  for (const { level } of databases) counts[level] += 1;
  return counts;
}

/** By level; within one, by how much of the target is used up; then by name, so that equal pictures stay equal. */
function worstFirst(a: DatabaseStatus, b: DatabaseStatus): number {
  return levels.indexOf(a.level) - levels.indexOf(b.level) || byShare(a, b) || (nameOf(a) < nameOf(b) ? -1 : 1);
}

function byShare(a: DatabaseStatus, b: DatabaseStatus): number {
  const [shareA, shareB] = [share(a), share(b)];
  return shareA === shareB ? 0 : shareB - shareA;
}

function share({ freshness }: DatabaseStatus): number {
  return freshness === undefined ? Number.POSITIVE_INFINITY : freshness.ageMs / freshness.maxAgeMs;
}

function nameOf({ policyId, instanceId = "" }: DatabaseStatus): string {
  return `${policyId}/${instanceId}`;
}
