// A hold: a named reason not to remove the backups of one run, with or without an end.

import type { RunKey } from "../runs/naming.ts";

export interface Hold extends RunKey {
  /** Why, for people. */
  readonly reason: string;
  readonly setAt: number;
  /** First instant at which it no longer holds; absent: for ever. */
  readonly untilAt?: number;
}

export function isInForce(hold: Hold, now: number): boolean {
  return hold.untilAt === undefined || now < hold.untilAt;
}

/** The hold on a run that is in force, or nothing. */
export function holdOn(run: RunKey, holds: readonly Hold[], now: number): Hold | undefined {
  return holds.find(
    (hold) =>
      hold.policyId === run.policyId &&
      hold.instanceId === run.instanceId &&
      hold.slotAt === run.slotAt &&
      isInForce(hold, now),
  );
}
