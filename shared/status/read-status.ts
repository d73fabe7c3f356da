// Reads what the status of a site is made of: rows page by page, of each policy the runs of the last nights, and the few
// records beside them. Reads only, so it may be done by anyone, at any time, as often as wanted.

import { unaccountedSlots } from "../domain/audit/unaccounted-slots.ts";
import { databasesOfRuns } from "../domain/coverage/selection.ts";
import { type Policy, problemLine } from "../domain/policy.ts";
import { freshness, isGood } from "../domain/runs/good.ts";
import { hasEnded, type Run } from "../domain/runs/run.ts";
import { parsePolicy } from "../policies/parse-policy.ts";
import { policyVersions } from "../policies/policy-versions.ts";
import type { EffectivePolicy, PolicyRow, Site } from "../ports.ts";
import type { PolicyFacts } from "./site-facts.ts";
import { type SiteStatus, siteStatus } from "./status-model.ts";

/** The stores a status is read from. */
export type StatusSources = Pick<
  Site,
  "policies" | "runs" | "versions" | "selections" | "inventories" | "standingAlerts" | "accounting"
>;

export interface StatusQuery {
  readonly now: number;
  /** How many nights of runs are shown; freshness is judged over as many as the policy's target needs. */
  readonly nights?: number;
  /** How long after the last tick something is broken; longer where simulated time runs fast. */
  readonly tickLateMs?: number;
}

const defaultNights = 30;
/** A tick comes every minute and may take two. */
const usualTickLateMs = 10 * 60_000;
const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Slots of run-now and of clocks that differ a little lie ahead of ours. */
const aheadMs = dayMs;
const readers = 16;

/** Throws FailureError `storage-unavailable` when a table cannot be read: half a picture would be a lie. */
export async function readStatus(from: StatusSources, query: StatusQuery): Promise<SiteStatus> {
  const { now, nights = defaultNights, tickLateMs = usualTickLateMs } = query;
  const [standing, accountedThroughAt] = await Promise.all([
    from.standingAlerts.open(),
    from.accounting.accountedThrough(),
  ]);
  const policies: PolicyFacts[] = [];
  let nameless = 0;
  for await (const page of from.policies.pages()) {
    for (let first = 0; first < page.length; first += readers) {
      const some = page.slice(first, first + readers).map((row) => {
        const policyId = row.policyId ?? `row without an id ${++nameless}`;
        return policyFacts(from, { row, policyId, now, nights });
      });
      policies.push(...(await Promise.all(some)));
    }
  }
  const names = await databaseNames(from, policies);
  const accounted = accountedThroughAt === undefined ? {} : { accountedThroughAt };
  return siteStatus({ now, nights, policies, standing, names, tickLateMs, ...accounted });
}

async function databaseNames(from: StatusSources, policies: readonly PolicyFacts[]): Promise<Map<string, string>> {
  const accounts = [...new Set(policies.flatMap(({ inForce }) => inForce?.account ?? []))];
  const inventories = await Promise.all(accounts.map((account) => from.inventories.read(account)));
  return new Map(inventories.flatMap((inventory) => (inventory?.known ?? []).map(({ id, name }) => [id, name])));
}

interface RowQuery {
  readonly row: PolicyRow;
  readonly policyId: string;
  readonly now: number;
  readonly nights: number;
}

async function policyFacts(from: StatusSources, { row, policyId, now, nights }: RowQuery): Promise<PolicyFacts> {
  const { parse } = row;
  const lastValid = parse.ok || row.policyId === undefined ? undefined : await from.versions.effective(row.policyId);
  const inForce = parse.ok ? parse.policy : policyOf(lastValid, now);
  const problems = parse.ok ? refusedLater(row) : parse.problems.map(problemLine);
  const shown = { fromAt: now - nights * dayMs, toAt: now + aheadMs };
  const recent = row.policyId === undefined ? [] : await from.runs.ofPolicy(row.policyId, shown);
  if (inForce === undefined) return { policyId, problems, instanceIds: [], runs: recent };
  const instanceIds = await databasesOf(from, inForce, recent);
  const older = await olderRuns(from, { policy: inForce, instanceIds, recent, now, shownFromAt: shown.fromAt });
  const runs = [...older, ...recent];
  const met = needsItsAge(inForce, { instanceIds, runs, now, shownFromAt: shown.fromAt })
    ? (lastValid ?? (await from.versions.effective(inForce.policyId)))
    : undefined;
  const sinceAt = met === undefined ? {} : { sinceAt: met.since };
  const versions = seemsMissed(inForce, { instanceIds, runs, now })
    ? { versions: policyVersions(await from.versions.versions(inForce.policyId), now) }
    : {};
  return { policyId, inForce, problems, instanceIds, runs, ...sinceAt, ...versions };
}

/** A database has had a good backup, and too long ago. */
function seemsMissed(
  policy: Policy,
  { instanceIds, runs, now }: { instanceIds: readonly string[]; runs: readonly Run[]; now: number },
): boolean {
  if (!policy.enabled) return false;
  const byDatabase = Map.groupBy(runs, (run) => run.instanceId);
  const { maxAgeHours, sizeFloorKb } = policy;
  return instanceIds.some((id) => {
    const { newestGoodAt, missed } = freshness(byDatabase.get(id) ?? [], { now, maxAgeHours, sizeFloorKb });
    return newestGoodAt !== undefined && missed;
  });
}

/** For a policy that is due more seldom than the nights shown: where they hold no good backup, one before them may count. */
async function olderRuns(
  from: StatusSources,
  facts: {
    policy: Policy;
    instanceIds: readonly string[];
    recent: readonly Run[];
    now: number;
    shownFromAt: number;
  },
): Promise<Run[]> {
  const { policy, instanceIds, recent, now, shownFromAt } = facts;
  const targetAt = now - policy.maxAgeHours * hourMs - dayMs;
  if (targetAt >= shownFromAt) return [];
  const fresh = new Set(recent.filter((run) => isGood(run, policy.sizeFloorKb)).map((run) => run.instanceId));
  if (instanceIds.every((instanceId) => fresh.has(instanceId))) return [];
  return from.runs.ofPolicy(policy.policyId, { fromAt: targetAt, toAt: shownFromAt - 1 });
}

function policyOf(lastValid: EffectivePolicy | undefined, now: number): Policy | undefined {
  if (lastValid === undefined) return undefined;
  const parse = parsePolicy(lastValid.raw, now);
  return parse.ok ? parse.policy : undefined;
}

/** What a tick found wrong with a row that reads well by itself. */
function refusedLater({ observed }: PolicyRow): readonly string[] {
  return observed?.status === "INVALID" ? observed.problems : [];
}

/** A selector's databases are those it picked the last time; before that was written down, those of its newest slot. */
async function databasesOf(from: StatusSources, policy: Policy, runs: readonly Run[]): Promise<readonly string[]> {
  if (policy.target.kind === "instances") return policy.target.instanceIds;
  const selection = await from.selections.read(policy);
  return selection === undefined ? databasesOfRuns(runs) : selection.members.map(({ id }) => id);
}

/** Since when a policy is known matters only where something seems to be missing. */
function needsItsAge(
  policy: Policy,
  facts: { instanceIds: readonly string[]; runs: readonly Run[]; now: number; shownFromAt: number },
): boolean {
  const { instanceIds, runs, now, shownFromAt } = facts;
  const ended = new Set(runs.filter(hasEnded).map((run) => run.instanceId));
  if (instanceIds.some((instanceId) => !ended.has(instanceId))) return true;
  return unaccountedSlots(policy, { now, afterAt: shownFromAt, runs }).length > 0;
}
