// The policy that counts for a row, for those who only read: the row itself where create-backups has taken it up as it
// stands, else the last valid version in the ledger.

import type { Policy } from "../domain/policy.ts";
import { parsePolicy } from "../policies/parse-policy.ts";
import type { EffectivePolicy, PolicyRow, Site } from "../ports.ts";

export interface PolicyInForce {
  readonly policy: Policy;
  readonly version: number;
  /** The version's record, where it had to be read. */
  readonly effective?: EffectivePolicy;
}

/** Nothing for a row that was never valid or has not been taken up yet. */
export async function policyInForce(
  site: Pick<Site, "versions" | "clock">,
  { parse, observed, policyId }: PolicyRow,
): Promise<PolicyInForce | undefined> {
  if (parse.ok && observed?.contentHash === parse.contentHash && observed.effectiveVersion !== undefined)
    return { policy: parse.policy, version: observed.effectiveVersion };
  const effective = policyId === undefined ? undefined : await site.versions.effective(policyId);
  if (effective === undefined) return undefined;
  const last = parsePolicy(effective.raw, site.clock.now());
  return last.ok ? { policy: last.policy, version: effective.version, effective } : undefined;
}

/** Since when the version is in force; reads its record if that is not known yet. */
export async function startOf(site: Pick<Site, "versions" | "clock">, inForce: PolicyInForce): Promise<number> {
  const effective = inForce.effective ?? (await site.versions.effective(inForce.policy.policyId));
  return effective?.since ?? site.clock.now();
}
