// How many manual backups an account will hold, and when a limit will be reached: from what is there, how fast policies make
// new ones, and how many their retention keeps. OTC publishes no limit; it answers 413 when there is one.

import type { Policy, Retention } from "../policy.ts";
import { levelsOffAt } from "../retention/retention-caps.ts";
import { slotsBetween } from "../slots/slots.ts";

const dayMs = 86_400_000;
/** Long enough for monthly schedules to count with their true rate. */
const rateDays = 84;
const horizonDays = 3660;
/** Backups that retention no longer keeps stay for their grace. */
const graceDays = 3;

/** One database of one policy. */
export interface Stock {
  /** Backups of it at OTC now. */
  readonly held: number;
  /** Size of the newest one. */
  readonly sizeKb: number;
  readonly perDay: number;
  /** The most that retention lets it come to; absent: no end. */
  readonly ceiling?: number;
}

export interface BackupForecast {
  readonly held: number;
  readonly heldKb: number;
  readonly perDay: number;
  readonly in30Days: number;
  readonly in365Days: number;
  readonly kbIn365Days: number;
  /** The most it comes to; absent when some policy keeps everything. */
  readonly ceiling?: number;
  /** When the limit asked for is reached; absent when it is not within ten years, or none was given. */
  readonly limitReachedAt?: number;
}

export function forecast(stocks: readonly Stock[], facts: { now: number; limit?: number }): BackupForecast {
  const { now, limit } = facts;
  const endless = stocks.some((stock) => stock.ceiling === undefined && stock.perDay > 0);
  const reachedIn = limit === undefined ? undefined : daysUntil(stocks, limit);
  return {
    held: countIn(stocks, 0),
    heldKb: sum(stocks, (stock) => stock.held * stock.sizeKb),
    perDay: sum(stocks, (stock) => stock.perDay),
    in30Days: countIn(stocks, 30),
    in365Days: countIn(stocks, 365),
    kbIn365Days: sum(stocks, (stock) => heldIn(stock, 365) * stock.sizeKb),
    ...(endless ? {} : { ceiling: countIn(stocks, horizonDays) }),
    ...(reachedIn === undefined ? {} : { limitReachedAt: now + reachedIn * dayMs }),
  };
}

/** Slots per day of a policy that is enabled. */
export function slotsPerDay({ enabled, schedule }: Policy, now: number): number {
  return enabled ? [...slotsBetween(schedule, now, now + rateDays * dayMs)].length / rateDays : 0;
}

/** The most backups of one database that retention keeps, its grace included: no rule overlaps another in the worst case. */
export function retentionCeiling(retention: Retention | undefined, perDay: number): number | undefined {
  if (retention === undefined) return undefined;
  const { keepLast = 0, keepDaily = 0, keepWeekly = 0, keepMonthly = 0, keepYearly = 0, minimum } = retention;
  const within = retention.keepWithinDays === undefined ? 0 : Math.floor(retention.keepWithinDays * perDay) + 1;
  const kept = Math.max(minimum, keepLast + keepDaily + keepWeekly + keepMonthly + keepYearly + within);
  return kept + Math.ceil(graceDays * perDay);
}

function heldIn({ held, perDay, ceiling = Number.POSITIVE_INFINITY }: Stock, days: number): number {
  return Math.max(held, Math.min(ceiling, Math.floor(held + perDay * days)));
}

/** Of one account. Retention keeps up with the rules only as far as a day's cap of deletions lets it. */
function countIn(stocks: readonly Stock[], days: number): number {
  const byRules = sum(stocks, (stock) => heldIn(stock, days));
  const kept = stocks.filter((stock) => stock.ceiling !== undefined);
  const undeleted = sum(stocks, (stock) => Math.floor(stock.held + stock.perDay * days));
  const atLeast = levelsOffAt(sum(kept, (stock) => stock.perDay));
  return Math.max(byRules, Math.min(undeleted, atLeast));
}

/** The stock never shrinks in a forecast, so halving finds the first day. */
function daysUntil(stocks: readonly Stock[], limit: number): number | undefined {
  if (countIn(stocks, horizonDays) < limit) return undefined;
  let before = -1;
  let from = horizonDays;
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (countIn(stocks, middle) >= limit) from = middle;
    else before = middle;
  }
  return from;
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0);
}
