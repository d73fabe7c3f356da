// Everything that retention judges one policy by, read from the tables: its row as it stands, the version in force, its runs
// that have backups, and its holds. Nothing is written but from where on there are backups.

import type { Policy } from "../domain/policy.ts";
import type { Hold } from "../domain/retention/hold.ts";
import { concernsRetention } from "../domain/retention/retention.ts";
import type { DatabaseHistory } from "../domain/retention/retention-plan.ts";
import type { Run } from "../domain/runs/run.ts";
import { parsePolicy } from "../policies/parse-policy.ts";
import type { HoldStore, PolicyRow, PolicyVersionStore, RunStore } from "../ports.ts";
import type { PruneStore } from "../ports-for-pruning.ts";

/** The parts of a site that a history is read from. */
export interface HistoryStores {
  readonly runs: Pick<RunStore, "pagesOfPolicy">;
  readonly holds: Pick<HoldStore, "ofPolicy">;
  readonly versions: Pick<PolicyVersionStore, "effective">;
  /** Where it is known from where on there are backups. Absent: everything is read and nothing noted. */
  readonly oldest?: Pick<PruneStore, "oldestBackup" | "noteOldestBackup">;
}

const dayMs = 86_400_000;
/** An older run may get its backup back, by reconciliation: within a day it is seen. */
const readWholeEveryMs = dayMs;
/** The longest completion window and a day: what may still be under way, or be written down late, is always read. */
const alwaysReadMs = 8 * dayMs;
const farFuture = Date.UTC(2200, 0);

/** A row's part of retention: the terms in force and what is wrong with the row. */
export interface PolicyInForce {
  readonly policy: Policy | undefined;
  readonly rowProblems: readonly string[];
}

/** `row`: nothing when it is gone. An invalid row leaves its last valid version in force, and its problems refuse removal. */
export async function policyInForce(
  row: PolicyRow | undefined,
  versions: HistoryStores["versions"],
  now: number,
): Promise<PolicyInForce> {
  if (row === undefined) return { policy: undefined, rowProblems: [] };
  if (row.parse.ok) return { policy: row.parse.policy, rowProblems: [] };
  const problems = row.parse.problems.filter((problem) => problem.level === "problem");
  const rowProblems = problems.map((p) => `${p.field} ${p.value}: ${p.message}; ${p.remedy}`);
  const effective = row.policyId === undefined ? undefined : await versions.effective(row.policyId);
  const last = effective === undefined ? undefined : parsePolicy(effective.raw, now);
  return { policy: last?.ok === true ? last.policy : undefined, rowProblems };
}

/** One history for each database of the policy that has backups, of the account the policy names now. */
export async function databaseHistories(
  stores: HistoryStores,
  policy: PolicyInForce & { readonly policyId: string },
  facts: { now: number; namePrefix: string },
): Promise<DatabaseHistory[]> {
  const runs = await runsOfBackups(stores, policy.policyId, facts.now);
  return historiesOf(runs, policy, { ...facts, holds: await stores.holds.ofPolicy(policy.policyId) });
}

/**
 * Those that retention judges by. A page at a time: what has long been deleted must not fill the memory of a function. Where a
 * reading of the last day said from where on there are backups, the years before that are not read at all.
 */
export async function runsOfBackups(
  { runs, oldest: marks }: Pick<HistoryStores, "runs" | "oldest">,
  policyId: string,
  now: number,
): Promise<Run[]> {
  const oldest = await marks?.oldestBackup(policyId);
  const isKnown = oldest !== undefined && now >= oldest.readAt && now - oldest.readAt < readWholeEveryMs;
  const range = isKnown ? { fromAt: Math.min(oldest.slotAt, now - alwaysReadMs), toAt: farFuture } : undefined;
  const found: Run[] = [];
  for await (const page of runs.pagesOfPolicy(policyId, range))
    found.push(...page.filter((run) => concernsRetention(run, now)));
  if (!isKnown) await marks?.noteOldestBackup(policyId, { slotAt: found[0]?.slotAt ?? now, readAt: now });
  return found;
}

export function historiesOf(
  runs: readonly Run[],
  policy: PolicyInForce & { readonly policyId: string },
  facts: { now: number; namePrefix: string; holds: readonly Hold[] },
): DatabaseHistory[] {
  const { policyId, rowProblems } = policy;
  const groups = Map.groupBy(runs, (run) => JSON.stringify([run.instanceId, run.account]));
  return [...groups.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const { instanceId, account } = first;
    // The policy moved to another account: what it made in the old one is kept until someone decides.
    const terms = policy.policy?.account === account ? policy.policy : undefined;
    return [{ policyId, instanceId, account, runs: list, facts: { ...facts, terms, rowProblems } }];
  });
}
