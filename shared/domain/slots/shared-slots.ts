// Policies that want the same database at the same moment. They are allowed, and take turns; but hardly anybody means it.

import type { Policy } from "../policy.ts";
import { slotsBetween } from "./slots.ts";

const dayMs = 86_400_000;
/** Far enough for monthly schedules. */
const lookAheadMs = 62 * dayMs;

export interface SharedSlot {
  readonly policyId: string;
  readonly otherPolicyId: string;
  readonly instanceId: string;
  /** The first slot that both have. */
  readonly slotAt: number;
}

/** One entry per pair of enabled policies that name a database in common; what selectors mean is not known here. */
export function sharedSlots(policies: readonly Policy[], now: number): SharedSlot[] {
  const byDatabase = new Map<string, Policy[]>();
  for (const policy of policies) {
    if (!policy.enabled || policy.target.kind !== "instances") continue;
    for (const id of policy.target.instanceIds) {
      const key = `${policy.account} ${id}`;
      byDatabase.set(key, [...(byDatabase.get(key) ?? []), policy]);
    }
  }
  const found = new Map<string, SharedSlot | undefined>();
  for (const [key, sharing] of byDatabase) {
    for (const [i, one] of sharing.entries()) {
      for (const other of sharing.slice(i + 1)) {
        const pair = `${one.policyId} ${other.policyId}`;
        if (found.has(pair)) continue;
        const slotAt = firstCommonSlot(one, other, now);
        const instanceId = key.slice(one.account.length + 1);
        const shared = { policyId: one.policyId, otherPolicyId: other.policyId, instanceId };
        found.set(pair, slotAt === undefined ? undefined : { ...shared, slotAt });
      }
    }
  }
  return [...found.values()].filter((shared) => shared !== undefined);
}

function firstCommonSlot(one: Policy, other: Policy, now: number): number | undefined {
  const slots = new Set(slotsBetween(one.schedule, now, now + lookAheadMs));
  for (const slotAt of slotsBetween(other.schedule, now, now + lookAheadMs)) if (slots.has(slotAt)) return slotAt;
  return undefined;
}
