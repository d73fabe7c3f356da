// For how long a policy has owed a database a backup. Hours in which it was disabled, or did not name the database, are not
// owed; but switching a policy off and on again never wipes out what it owed before.

import type { Policy } from "../policy.ts";

/** A version of a policy from the instant it came into force; `policy` is nothing where it cannot be read any more. */
export interface PolicyVersion {
  readonly since: number;
  readonly policy: Policy | undefined;
}

/** From `fromAt` until just before `untilAt`. */
export interface OwedSpan {
  readonly fromAt: number;
  readonly untilAt: number;
}

/** When the policy was enabled and named the database, oldest first; the last span is without an end while it still does. */
export function owedSpans(versions: readonly PolicyVersion[], instanceId: string): OwedSpan[] {
  const spans: OwedSpan[] = [];
  const sorted = versions.toSorted((a, b) => a.since - b.since);
  for (const [i, version] of sorted.entries()) {
    if (!owes(version.policy, instanceId)) continue;
    const untilAt = sorted[i + 1]?.since ?? Number.POSITIVE_INFINITY;
    const before = spans.at(-1);
    if (before?.untilAt === version.since) spans[spans.length - 1] = { fromAt: before.fromAt, untilAt };
    else spans.push({ fromAt: version.since, untilAt });
  }
  return spans;
}

function owes(policy: Policy | undefined, instanceId: string): boolean {
  if (policy?.enabled !== true) return false;
  return policy.target.kind === "selector" || policy.target.instanceIds.includes(instanceId);
}

/** The time owed between two instants, in milliseconds. */
export function owedMs(spans: readonly OwedSpan[], fromAt: number, now: number): number {
  const parts = spans.map((span) => Math.min(span.untilAt, now) - Math.max(span.fromAt, fromAt));
  return parts.reduce((sum, part) => sum + Math.max(0, part), 0);
}
