// Start windows of a set of policies that hold more databases than can be requested in them, as warnings.

import { callShareOf } from "../shared/call-shares.ts";
import type { Policy } from "../shared/domain/policy.ts";
import { type Demand, type TightWindow, tightWindows } from "../shared/domain/request-queue.ts";
import { nextSlots } from "../shared/domain/slots.ts";

const minuteMs = 60_000;

/** Judged at each policy's next slot, with create-backups' share of `callsPerSecond`. Selectors, whose databases no file knows, do not count. */
export function tightWindowsOf(policies: readonly Policy[], callsPerSecond: number, now: number): TightWindow[] {
  return tightWindows(
    policies.flatMap((policy) => demandOf(policy, now)),
    callsPerSecond * callShareOf("create-backups"),
  );
}

function demandOf({ account, schedule, startWindowMinutes, target, enabled }: Policy, now: number): Demand[] {
  if (!enabled || target.kind !== "instances") return [];
  const databases = target.instanceIds.length;
  return nextSlots(schedule, now, 1).map((slotAt) => ({
    ...{ account, slotAt, databases },
    startByAt: slotAt + startWindowMinutes * minuteMs,
  }));
}

export function tightWindowText({ account, fromAt, untilAt, databases, fitting }: TightWindow): string {
  const iso = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  return `warning: account ${account}: ${databases} databases are to be requested between ${iso(fromAt)} and ${iso(untilAt)}, and ${fitting} can be; spread the schedules, widen startWindowMinutes, or raise otcRatePerSecond if OTC admits it`;
}
