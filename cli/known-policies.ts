// The policies a site has, for verbs that list them all and for people who mistype one.

import type { Observed } from "../shared/domain/observed.ts";
import { nearestName } from "../shared/policies/nearest-name.ts";
import type { PolicyRow, PolicyStore } from "../shared/ports.ts";
import { CliError } from "./cli-error.ts";

type Rows = { readonly policies: PolicyStore };

export async function allRows({ policies }: Rows): Promise<PolicyRow[]> {
  const rows: PolicyRow[] = [];
  for await (const page of policies.pages()) rows.push(...page);
  return rows.toSorted((a, b) => ((a.policyId ?? "") < (b.policyId ?? "") ? -1 : 1));
}

export async function knownPolicies(tables: Rows): Promise<string[]> {
  return (await allRows(tables)).flatMap((row) => row.policyId ?? []);
}

/** What the ticks found about a row that is valid and in force, such as a selector that matches nothing. */
export function metByTicks(observed: Observed | undefined): readonly string[] {
  return observed === undefined || observed.status === "INVALID" ? [] : observed.problems;
}

export function noSuchPolicy(policyId: string, known: readonly string[]): CliError {
  const meant = nearestName(policyId, known) ?? known.find((id) => id.startsWith(policyId) || id.includes(policyId));
  const hint = meant === undefined ? "otc-backup policies list shows what there is" : `did you mean ${meant}?`;
  return new CliError(`there is no policy "${policyId}"`, { hint });
}
