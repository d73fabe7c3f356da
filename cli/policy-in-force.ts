// What counts for a policy now: its row while that is valid, else the last valid version.

import type { Policy } from "../shared/domain/policy.ts";
import { problemLine } from "../shared/domain/policy.ts";
import { parsePolicy } from "../shared/policies/parse-policy.ts";
import type { PolicyRow } from "../shared/ports.ts";
import { allRows, noSuchPolicy } from "./known-policies.ts";
import type { Tables } from "./tables-access.ts";

export interface PolicyNow {
  readonly policyId: string;
  /** Absent: no valid version is known, and no backups are made. */
  readonly policy: Policy | undefined;
  /** Absent: no tick has seen a valid row yet. */
  readonly version: number | undefined;
  readonly sinceAt: number | undefined;
  /** Those it names, or those its selector meant when it was last resolved. */
  readonly instanceIds: readonly string[];
  /** Of the row as it stands. */
  readonly problems: readonly string[];
}

export async function policiesNow(tables: Tables): Promise<PolicyNow[]> {
  const rows = await allRows(tables);
  return Promise.all(rows.map((row) => policyNow(tables, row)));
}

/** Throws CliError with the nearest name when there is no such policy. */
export async function onePolicyNow(tables: Tables, policyId: string): Promise<PolicyNow> {
  const row = await tables.policies.read(policyId);
  if (row !== undefined) return policyNow(tables, row);
  const known = (await allRows(tables)).flatMap((other) => other.policyId ?? []);
  throw noSuchPolicy(policyId, known);
}

async function policyNow(tables: Tables, { policyId = "(no id)", parse, observed }: PolicyRow): Promise<PolicyNow> {
  const effective = await tables.versions.effective(policyId);
  const known = { policyId, version: effective?.version, sinceAt: effective?.since };
  if (parse.ok) {
    const refused = observed?.status === "INVALID" ? observed.problems : [];
    const instanceIds = await databasesOf(tables, parse.policy);
    return { ...known, policy: parse.policy, instanceIds, problems: refused };
  }
  const problems = parse.problems.filter((p) => p.level === "problem").map(problemLine);
  const last = effective === undefined ? undefined : parsePolicy(effective.raw, tables.clock.now());
  if (last?.ok !== true) return { ...known, policy: undefined, instanceIds: [], problems };
  return { ...known, policy: last.policy, instanceIds: await databasesOf(tables, last.policy), problems };
}

async function databasesOf(tables: Tables, { policyId, account, target }: Policy): Promise<readonly string[]> {
  if (target.kind === "instances") return target.instanceIds;
  return ((await tables.selections.read({ account, policyId }))?.members ?? []).map((member) => member.id);
}
