// The auditor's walk over all policies: page by page, each policy alone, a few at a time; only what was found stays in memory.

import { type DatabaseFreshness, freshnessOf, isPaused } from "../domain/audit/audit-freshness.ts";
import { type UnaccountedSlot, unaccountedSlots } from "../domain/audit/unaccounted-slots.ts";
import type { Run } from "../domain/runs/run.ts";
import { policyVersions } from "../policies/policy-versions.ts";
import type { OlderRuns, PolicyRow, Site, Tick } from "../ports.ts";
import { inParallel } from "./in-parallel.ts";
import { olderRuns, recallOlder } from "./older-runs.ts";
import { type PolicyInForce, policyInForce, startOf } from "./policy-in-force.ts";
import type { StuckRuns } from "./stuck-runs.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const readers = 16;

export interface StuckRun {
  readonly run: Run;
  readonly why: string;
}

export interface Survey {
  /** Policies in force, disabled ones too. */
  readonly inForce: Map<string, PolicyInForce>;
  policies: number;
  /** In force and enabled; paused ones count. */
  active: number;
  paused: number;
  disabled: number;
  readonly overdue: DatabaseFreshness[];
  readonly overduePolicies: Set<string>;
  worstRatio: number;
  /** The database whose newest good backup is the oldest of all. */
  oldest: DatabaseFreshness | undefined;
  readonly unaccounted: UnaccountedSlot[];
  /** As create-backups says: every slot up to here has its run. */
  readonly accountedThroughAt: number | undefined;
  readonly stuck: StuckRun[];
  /** Parts that could not be seen: what was found is true, but not all. */
  readonly errors: unknown[];
}

export interface SurveyFacts {
  readonly now: number;
  readonly tick: Tick;
  readonly stuckRuns: StuckRuns;
}

export async function surveyPolicies(site: Site, facts: SurveyFacts): Promise<Survey> {
  const accountedThroughAt = await site.accounting.accountedThrough();
  const counts = { policies: 0, active: 0, paused: 0, disabled: 0, worstRatio: 0, oldest: undefined };
  const survey: Survey = {
    ...counts,
    inForce: new Map(),
    ...{ overdue: [], overduePolicies: new Set<string>(), unaccounted: [], stuck: [], errors: [] },
    accountedThroughAt,
  };
  for await (const page of site.policies.pages()) {
    survey.policies += page.length;
    if (site.clock.now() >= facts.tick.stopAt) {
      survey.errors.push(new Error("the audit ran out of time before it had seen every policy"));
      break;
    }
    const work = (row: PolicyRow) => surveyRow(site, row, { ...facts, survey });
    survey.errors.push(...(await inParallel(page, readers, work)));
  }
  return survey;
}

async function surveyRow(site: Site, row: PolicyRow, at: SurveyFacts & { survey: Survey }): Promise<void> {
  const { now, survey, stuckRuns } = at;
  const inForce = await policyInForce(site, row);
  if (inForce === undefined) return;
  const { policy } = inForce;
  survey.inForce.set(policy.policyId, inForce);
  if (policy.enabled) survey.active += 1;
  else survey.disabled += 1;
  if (policy.enabled && isPaused(policy, now)) survey.paused += 1;
  // Of whole minutes, as slots are: every run is either in this window or before it.
  const fromAt = Math.floor((now - (policy.maxAgeHours + 1) * hourMs) / minuteMs) * minuteMs;
  const remembered = recallOlder(site, policy, { now, fromAt });
  const readFromAt = remembered?.untilAt ?? fromAt;
  const runs = await site.runs.ofPolicy(policy.policyId, { fromAt: readFromAt, toAt: now });
  for (const run of runs) {
    const why = await stuckRuns.why(run, now);
    if (why !== undefined) survey.stuck.push({ run, why });
  }
  if (survey.accountedThroughAt !== undefined) {
    const since = (at: number) => unaccountedSlots(policy, { now, afterAt: Math.max(fromAt, at), runs });
    const knownSinceAt = row.observed === undefined ? now : (row.observed.knownSinceAt ?? 0);
    // The version's own start is read only when something seems to be missing.
    if (since(knownSinceAt).length > 0)
      survey.unaccounted.push(...since(Math.max(knownSinceAt, await startOf(site, inForce))));
  }
  noteFreshness(survey, await judgeFreshness(site, inForce, { now, fromAt, runs, remembered }));
}

interface JudgeFacts {
  readonly now: number;
  /** The target reaches back to here. */
  readonly fromAt: number;
  /** From there on, or from where what is remembered ends. */
  readonly runs: readonly Run[];
  readonly remembered: OlderRuns | undefined;
}

/** Runs as far back as the target reaches settle it, unless a database shows no good one there: then older ones, too. */
async function judgeFreshness(site: Site, inForce: PolicyInForce, facts: JudgeFacts): Promise<DatabaseFreshness[]> {
  const { policy } = inForce;
  const { now, fromAt } = facts;
  const runs = facts.runs.filter((run) => run.slotAt >= fromAt);
  const first = freshnessOf(policy, { now, runs });
  if (first.every((database) => database.newestGoodAt !== undefined && !database.missed)) {
    site.auditMemory.forget(policy.policyId);
    return first;
  }
  const between = facts.runs.filter((run) => run.slotAt < fromAt);
  const older = await olderRuns(site, policy, { now, fromAt, between, remembered: facts.remembered });
  const versions = policyVersions(await site.versions.versions(policy.policyId), now);
  const owedAfterAt = await startOf(site, inForce);
  return freshnessOf(policy, { now, runs: [...older.runs, ...runs], owedAfterAt, versions });
}

function noteFreshness(survey: Survey, databases: readonly DatabaseFreshness[]): void {
  for (const database of databases) {
    if (database.missed) survey.overdue.push(database);
    if (database.ageMs > (survey.oldest?.ageMs ?? -1)) survey.oldest = database;
    if (database.severity !== "page") continue;
    survey.worstRatio = Math.max(survey.worstRatio, database.ratio);
    if (database.missed) survey.overduePolicies.add(database.policyId);
  }
}
