// Rows for the tests of this folder: a valid one with the fewest fields, to be changed as a test needs.

import type { Policy, Problem } from "../../../shared/domain/policy.ts";
import type { PolicyParse } from "../../../shared/policies/parse-policy.ts";

export const now = Date.UTC(2026, 10, 23, 17, 0);

export function aRow(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const row = { policyId: "orders-nightly", account: "production", instanceIds: ["a1"], schedule: "30 2 * * *" };
  return { ...row, ...changes };
}

/** The policy of a parse that must have succeeded. */
export function policyOf(parse: PolicyParse): Policy {
  if (!parse.ok) throw new Error(`not a policy: ${JSON.stringify(parse.problems)}`);
  return parse.policy;
}

export function hashOf(parse: PolicyParse): string {
  if (!parse.ok) throw new Error(`not a policy: ${JSON.stringify(parse.problems)}`);
  return parse.contentHash;
}

/** Everything that is said about a row, valid or not. */
export function remarksOf(parse: PolicyParse): readonly Problem[] {
  return parse.ok ? parse.warnings : parse.problems;
}
