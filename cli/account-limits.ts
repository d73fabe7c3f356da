// What a set of policies asks of an account beyond its pace: start windows that hold more databases than can be requested in them,
// queues that take long, and rules of retention that the caps on deleting cannot follow.

import { retentionCeiling, slotsPerDay } from "../shared/domain/coverage/backup-forecast.ts";
import type { Policy } from "../shared/domain/policy.ts";
import { levelsOffAt } from "../shared/domain/retention/retention-caps.ts";
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

/** An account whose rules let more backups go in a day than are deleted in one, until it holds far more than the rules keep. */
export interface SlowRetention {
  readonly account: string;
  /** Backups that become too many each day. */
  readonly perDay: number;
  readonly keptByRules: number;
  readonly comesTo: number;
}

/** Selectors, whose databases no file knows, do not count. */
export function slowRetentionOf(policies: readonly Policy[], now: number): SlowRetention[] {
  const kept = policies.flatMap((policy) => {
    const perDay = slotsPerDay(policy, now);
    const ceiling = retentionCeiling(policy.retention, perDay);
    const databases = policy.target.kind === "instances" ? policy.target.instanceIds.length : 0;
    return ceiling === undefined || databases === 0
      ? []
      : [{ account: policy.account, perDay: perDay * databases, ceiling: ceiling * databases }];
  });
  return [...Map.groupBy(kept, ({ account }) => account)].flatMap(([account, list]) => {
    const perDay = Math.round(list.reduce((sum, one) => sum + one.perDay, 0));
    const keptByRules = list.reduce((sum, one) => sum + one.ceiling, 0);
    const most = levelsOffAt(perDay);
    return most > keptByRules ? [{ account, perDay, keptByRules, comesTo: most }] : [];
  });
}

export function slowRetentionText({ account, perDay, keptByRules, comesTo: most }: SlowRetention): string {
  return `note: account ${account}: retention lets ${perDay} backups go a day and at most 5 % of an account are deleted in one, so it will come to about ${most} backups where the rules keep ${keptByRules}; keep more, or spread the databases over more accounts, if that is too many`;
}

const iso = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;

export function tightWindowText({ account, fromAt, untilAt, databases, fitting }: TightWindow): string {
  return `warning: account ${account}: ${databases} databases are to be requested between ${iso(fromAt)} and ${iso(untilAt)}, and ${fitting} can be; spread the schedules, widen startWindowMinutes, or raise otcRatePerSecond if OTC admits it`;
}
