// Start windows of a set of policies that hold more databases than can be requested in them, as warnings, and queues that take long.

import type { Policy } from "../shared/domain/policy.ts";
import {
  creatingPart,
  type Demand,
  lastRequestAt,
  type TightWindow,
  tightWindows,
} from "../shared/domain/runs/request-queue.ts";
import { nextSlots } from "../shared/domain/slots/slots.ts";

const minuteMs = 60_000;

/** Judged at each policy's next slot, with what create-backups can rely on of `callsPerSecond`. Selectors, whose databases no file knows, do not count. */
export function tightWindowsOf(policies: readonly Policy[], callsPerSecond: number, now: number): TightWindow[] {
  return tightWindows(
    policies.flatMap((policy) => demandOf(policy, now)),
    callsPerSecond * creatingPart,
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

/** Databases of one account at one slot that take so long to request that somebody should know. */
export interface LongQueue {
  readonly account: string;
  readonly slotAt: number;
  readonly databases: number;
  readonly lastRequestedAt: number;
}

const longQueueMs = 10 * minuteMs;

/** The queues that begin at the policies' next slots, whether they fit into their windows or not. */
export function longQueuesOf(policies: readonly Policy[], callsPerSecond: number, now: number): LongQueue[] {
  const perSecond = callsPerSecond * creatingPart;
  const demands = Map.groupBy(
    policies.flatMap((policy) => demandOf(policy, now)),
    ({ account, slotAt }) => `${account} ${slotAt}`,
  );
  return [...demands.values()].flatMap((its) => {
    const [first] = its;
    const databases = its.reduce((sum, one) => sum + one.databases, 0);
    const endsAt = first === undefined ? undefined : lastRequestAt({ waiting: databases, perSecond }, first.slotAt);
    if (first === undefined || endsAt === undefined || endsAt - first.slotAt < longQueueMs) return [];
    return [{ account: first.account, slotAt: first.slotAt, databases, lastRequestedAt: endsAt }];
  });
}

export function longQueueText({ account, slotAt, databases, lastRequestedAt }: LongQueue): string {
  const minutes = Math.ceil((lastRequestedAt - slotAt) / minuteMs);
  return `note: account ${account}: ${databases} databases at ${iso(slotAt)}; the last will have been requested about ${minutes} minutes later; spread the schedules over several slots, or ask OTC for a higher limit, if that is too late`;
}

const iso = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;

export function tightWindowText({ account, fromAt, untilAt, databases, fitting }: TightWindow): string {
  return `warning: account ${account}: ${databases} databases are to be requested between ${iso(fromAt)} and ${iso(untilAt)}, and ${fitting} can be; spread the schedules, widen startWindowMinutes, or raise otcRatePerSecond if OTC admits it`;
}
