// The slots that should have a run and have none: silently nothing, seen from outside. Computed from the policy alone,
// never from what create-backups believes it has done.

import type { Policy } from "../domain/policy.ts";
import type { Run } from "../domain/run.ts";
import { slotsBetween } from "../domain/slots.ts";

/** A tick comes every minute; a slot this old has been through several of them. */
export const slotGraceMs = 5 * 60_000;

/** So far back slots are looked for: a gap of Friday night still shows on Monday. */
const lookBackMs = 3 * 86_400_000;

export interface MissingSlot {
  readonly instanceId: string;
  readonly slotAt: number;
}

/**
 * Which databases a selector meant at a slot only that slot's runs tell: there, any run stands for the slot.
 * Slots of the databases given, after `sinceAt` (the version in force was first seen then) and old enough to have been
 * met, that no run stands for. Oldest first.
 */
export function slotsWithoutRun(
  policy: Policy,
  facts: { instanceIds: readonly string[]; runs: readonly Run[]; sinceAt: number; now: number },
): MissingSlot[] {
  if (!policy.enabled) return [];
  const { instanceIds, runs, sinceAt, now } = facts;
  const bySlot = policy.target.kind === "selector";
  const known = new Set(runs.map((run) => `${bySlot ? "" : run.instanceId} ${run.slotAt}`));
  const slots = slotsBetween(policy.schedule, Math.max(sinceAt + 1, now - lookBackMs), now - slotGraceMs);
  return [...slots].flatMap((slotAt) =>
    instanceIds.flatMap((instanceId) =>
      known.has(`${bySlot ? "" : instanceId} ${slotAt}`) ? [] : [{ instanceId, slotAt }],
    ),
  );
}
