// Everything that retention judges one policy by, read from the tables: its row as it stands, the version in force, all its
// runs and its holds. Nothing is written.

import type { Policy } from "../domain/policy.ts";
import type { DatabaseHistory } from "../domain/retention-plan.ts";
import { parsePolicy } from "../policies/parse-policy.ts";
import type { HoldStore, PolicyRow, PolicyVersionStore, RunStore } from "../ports.ts";

/** The parts of a site that a history is read from. */
export interface HistoryStores {
  readonly runs: Pick<RunStore, "ofPolicy">;
  readonly holds: Pick<HoldStore, "ofPolicy">;
  readonly versions: Pick<PolicyVersionStore, "effective">;
}

/** A row's part of retention: the terms in force and what is wrong with the row. */
export interface PolicyInForce {
  readonly policy: Policy | undefined;
  readonly rowProblems: readonly string[];
}

const allTime = { fromAt: 0, toAt: Date.UTC(2200, 0) };

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

/** One history for each database of the policy that has runs, of the account the policy names now. */
export async function databaseHistories(
  stores: HistoryStores,
  policy: PolicyInForce & { readonly policyId: string },
  facts: { now: number; namePrefix: string },
): Promise<DatabaseHistory[]> {
  const { policyId, rowProblems } = policy;
  const holds = await stores.holds.ofPolicy(policyId);
  const runs = await stores.runs.ofPolicy(policyId, allTime);
  const groups = Map.groupBy(runs, (run) => JSON.stringify([run.instanceId, run.account]));
  return [...groups.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const { instanceId, account } = first;
    // The policy moved to another account: what it made in the old one is kept until someone decides.
    const terms = policy.policy?.account === account ? policy.policy : undefined;
    return [{ policyId, instanceId, account, runs: list, facts: { ...facts, terms, rowProblems, holds } }];
  });
}
