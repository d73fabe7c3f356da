// From a backup's name back to the run that made it: a name is a function of the run, so it can be recomputed and compared.
// What cannot be proved is not ours to touch.

import { backupName, type RunKey } from "./naming.ts";

/** `<prefix>-<policy>-<8 of instance>-<slot>-<6 of hash>[-a<attempt>]`; the policy may contain hyphens itself. */
const parts =
  /^(?<prefix>[A-Za-z][A-Za-z0-9]*)-(?<policy>.+)-[^-]{1,8}-(?<slot>\d{8}T\d{4}Z)-[0-9a-f]{6}(?:-a(?<attempt>\d+))?$/;

export interface ProvenName {
  readonly key: RunKey;
  readonly attempt: number;
}

/** Whether a name looks as if we had given it: it begins with our prefix. */
export function carriesOurPrefix(name: string, prefix: string): boolean {
  return name.startsWith(`${prefix}-`);
}

/**
 * The run whose attempt bears exactly this name on this instance, or nothing. `policyIds`: policies that are known; one that is
 * not is tried as the name spells it, which is its whole id up to 24 characters.
 */
export function proveName(
  backup: { readonly name: string; readonly instanceId: string },
  facts: { readonly prefix: string; readonly policyIds: Iterable<string> },
): ProvenName | undefined {
  const read = parts.exec(backup.name)?.groups;
  const slotAt = slotOf(read?.slot);
  if (read?.policy === undefined || slotAt === undefined || read.prefix !== facts.prefix) return undefined;
  const attempt = Number(read.attempt ?? 1);
  for (const policyId of new Set([read.policy, ...facts.policyIds])) {
    if (policyId.slice(0, 24) !== read.policy) continue;
    const key = { policyId, instanceId: backup.instanceId, slotAt };
    if (backupName(facts.prefix, key, attempt) === backup.name) return { key, attempt };
  }
  return undefined;
}

function slotOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})Z$/, "$1-$2-$3T$4:$5:00Z"));
  return Number.isNaN(at) ? undefined : at;
}
