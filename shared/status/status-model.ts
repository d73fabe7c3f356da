// The whole site at one instant, as the command line and the page show it: every database of every policy, worst first;
// what is running; what is wrong. Pure: the same facts and `now` give the same picture.

import { hasEnded } from "../domain/run.ts";
import { type DatabaseStatus, databaseStatus, type Level, levels } from "./database-status.ts";
import { type RunningNow, runningNow } from "./running-now.ts";
import type { PolicyFacts, SiteFacts } from "./site-facts.ts";
import { type SiteProblem, siteProblems } from "./site-problems.ts";
import { type MissingSlot, slotsWithoutRun } from "./slots-without-run.ts";

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
  const missing = new Map(facts.policies.map((policy) => [policy.policyId, missingSlots(policy, facts.now)]));
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
    problems: siteProblems(facts, missing),
    ...(facts.accountedThroughAt === undefined ? {} : { accountedThroughAt: facts.accountedThroughAt }),
  };
}

function missingSlots(policy: PolicyFacts, now: number): MissingSlot[] {
  const { inForce, instanceIds, runs, sinceAt } = policy;
  if (inForce === undefined || sinceAt === undefined) return [];
  return slotsWithoutRun(inForce, { instanceIds, runs, sinceAt, now });
}

function databasesOf(policy: PolicyFacts, at: SiteFacts & { missing: readonly MissingSlot[] }): DatabaseStatus[] {
  const { policyId, inForce, instanceIds, runs, problems } = policy;
  if (inForce === undefined)
    return [unknown(policyId, ["no valid version is known: no backups are made", ...problems.slice(0, 1)])];
  if (instanceIds.length === 0) return [{ ...unknown(policyId, ["matches no database"]), account: inForce.account }];
  const runsOf = Map.groupBy(runs, (run) => run.instanceId);
  return instanceIds.map((instanceId) =>
    databaseStatus(inForce, {
      instanceId,
      runs: runsOf.get(instanceId) ?? [],
      missing: at.missing.filter((slot) => slot.instanceId === instanceId),
      ...(policy.sinceAt === undefined ? {} : { sinceAt: policy.sinceAt }),
      now: at.now,
      shownFromAt: at.now - at.nights * dayMs,
    }),
  );
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
