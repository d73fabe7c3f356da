// Which runs ought to be in the ledger and are not: the one question that nobody asks who only looks at runs. Works from the
// policy and the clock alone, so that whatever failed to write a run cannot also hide it.

import type { Policy } from "../policy.ts";
import { slotText } from "../runs/naming.ts";
import type { Run } from "../runs/run.ts";
import { accountingHorizonMs } from "../slots/due-slots.ts";
import { slotsBetween } from "../slots/slots.ts";

const minuteMs = 60_000;

/** create-backups comes every minute; a slot without a run after this is a fault, not a matter of patience. */
export const accountingGraceMs = 10 * minuteMs;

export interface UnaccountedSlot {
  readonly policyId: string;
  /** Absent where a selector names the databases: then no run at all was written for the slot. */
  readonly instanceId?: string;
  readonly slotAt: number;
}

export interface AccountingFacts {
  readonly now: number;
  /** Slots after this instant count: since when the policy is in force as it is, or as far back as runs were read. */
  readonly afterAt: number;
  readonly runs: readonly Run[];
}

/** Slots of the policy in force that are due for longer than the grace and have no run, oldest first. */
export function unaccountedSlots(policy: Policy, facts: AccountingFacts): UnaccountedSlot[] {
  if (!policy.enabled) return [];
  const { policyId, target } = policy;
  const untilAt = facts.now - accountingGraceMs;
  const afterAt = Math.max(facts.afterAt, facts.now - accountingHorizonMs);
  const written = new Set(facts.runs.flatMap((run) => [keyOf(run.slotAt), keyOf(run.slotAt, run.instanceId)]));
  const missing: UnaccountedSlot[] = [];
  for (const slotAt of slotsBetween(policy.schedule, afterAt + 1, untilAt + 1)) {
    if (target.kind === "selector") {
      if (!written.has(keyOf(slotAt))) missing.push({ policyId, slotAt });
      continue;
    }
    for (const instanceId of target.instanceIds)
      if (!written.has(keyOf(slotAt, instanceId))) missing.push({ policyId, instanceId, slotAt });
  }
  return missing;
}

function keyOf(slotAt: number, instanceId = ""): string {
  return `${slotText(slotAt)} ${instanceId}`;
}
