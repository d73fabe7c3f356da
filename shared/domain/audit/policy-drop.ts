// Policies that disappear in bulk: a script that deleted rows, a table restored to the wrong day, a wave of "enabled: false".
// What is gone owes no slot and misses no target, so it has to be noticed by the count.

const dayMs = 86_400_000;

/** A larger share than this, and at least two policies, is nobody's ordinary tidying up. */
export const alarmingDropPct = 20;

/** The count that the present one is compared with: the highest of late. */
export interface PolicyBaseline {
  readonly policies: number;
  /** Since when there have been fewer. Absent while there are not. */
  readonly fewerSinceAt?: number;
}

export interface PolicyDrop {
  readonly baseline: PolicyBaseline;
  /** Share that is gone, in per cent. 0 while fewer than two policies are. */
  readonly pct: number;
}

/**
 * `active`: policies in force that are enabled. A lower count becomes the new normal only after a day, so that slow losses add
 * up and a fast one stays visible until someone has looked.
 */
export function policyDrop(before: PolicyBaseline | undefined, active: number, now: number): PolicyDrop {
  if (before === undefined || active >= before.policies) return { baseline: { policies: active }, pct: 0 };
  const fewerSinceAt = before.fewerSinceAt ?? now;
  if (now - fewerSinceAt >= dayMs) return { baseline: { policies: active }, pct: 0 };
  const gone = before.policies - active;
  const pct = gone < 2 ? 0 : Math.round((gone / before.policies) * 1000) / 10;
  return { baseline: { policies: before.policies, fewerSinceAt }, pct };
}
