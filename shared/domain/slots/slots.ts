// Which instants a schedule names: the slots. Fixed hours: every nominal local date-time is one slot, whatever the clock
// does. Wildcard hours: every real instant that the clock shows so. Parsing is cron.ts, the clock is zone-timeline.ts.

import type { Cron, CronProblem } from "./cron.ts";
import { type OffsetPeriod, offsetPeriods, periodIndexAt } from "./zone-timeline.ts";

/** `timeZone` must have passed `isTimeZone`; an unknown one makes every function here throw RangeError. */
export interface Schedule {
  readonly cron: Cron;
  readonly timeZone: string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMinutes = 1440;
const dayMs = dayMinutes * minuteMs;
const yearAheadMs = 366 * dayMs;

export const maxSlotsPerDay = 24;
/** No slot lies at or after this instant, so that every enumeration ends. */
const endOfSlotsAt = Date.UTC(2200, 0, 1);
const startOfSlotsAt = Date.UTC(1970, 0, 1);

/** The slots in [fromAt, toAt), ascending, each once, whole UTC minutes. Lazy: the first few of a long window are cheap. */
export function* slotsBetween(schedule: Schedule, fromAt: number, toAt: number): Generator<number, void, undefined> {
  const from = Math.ceil(Math.max(fromAt, startOfSlotsAt) / minuteMs);
  const to = Math.ceil(Math.min(toAt, endOfSlotsAt) / minuteMs);
  const periods = offsetPeriods(schedule.timeZone, from, to);
  if (from >= to) return;
  const window = { periods, index: periodIndexAt(periods, from), from, to };
  yield* schedule.cron.hourIsWildcard ? shownMinutes(schedule.cron, window) : nominalMinutes(schedule.cron, window);
}

/** The first `count` slots strictly after an instant; fewer when the next 8 years (and a day) hold no more. */
export function nextSlots(schedule: Schedule, afterAt: number, count: number): number[] {
  const found: number[] = [];
  if (count < 1) return found;
  for (const slotAt of slotsBetween(schedule, afterAt + 1, eightYearsAfter(afterAt) + dayMs)) {
    found.push(slotAt);
    if (found.length >= count) break;
  }
  return found;
}

/** The newest slot in [fromAt, toAt). Looks at the last day first, then at ever longer stretches before it. */
export function latestSlot(schedule: Schedule, fromAt: number, toAt: number): number | undefined {
  const startAt = Math.max(fromAt, startOfSlotsAt);
  let untilAt = Math.min(toAt, endOfSlotsAt);
  for (let stretchMs = dayMs; untilAt > startAt; stretchMs *= 2) {
    const sinceAt = Math.max(startAt, untilAt - stretchMs);
    let latest: number | undefined;
    for (const slotAt of slotsBetween(schedule, sinceAt, untilAt)) latest = slotAt;
    if (latest !== undefined) return latest;
    untilAt = sinceAt;
  }
  return undefined;
}

/** What makes a well-formed schedule unusable: never due within 8 years, or due more than 24 times on one UTC day. */
export function scheduleProblems(schedule: Schedule, now: number): CronProblem[] {
  const text = JSON.stringify(schedule.cron.text);
  for (const _ of slotsBetween(schedule, now, eightYearsAfter(now))) {
    const day = crowdedDay(schedule, now);
    if (day === undefined) return [];
    const message = `${text} is due more than ${maxSlotsPerDay} times on ${day} (UTC)`;
    return [
      {
        message,
        hint: `name fewer minutes or hours: at most ${maxSlotsPerDay} slots on any day, clock changes included`,
      },
    ];
  }
  return [
    {
      message: `${text} is never due in the next 8 years`,
      hint: 'name a day that exists; the last one that every month has is "28"',
    },
  ];
}

/**
 * Freshness target where the policy names none: the longest distance between two successive slots in the next 366 days
 * plus the completion window, rounded up to full hours. A schedule with fewer than two slots in that time is measured
 * by its next two, or by 8 years where even those are not to be had.
 */
export function defaultMaxAgeHours(schedule: Schedule, now: number, completionWindowMinutes: number): number {
  let longestMs = 0;
  let previousAt: number | undefined;
  for (const slotAt of slotsBetween(schedule, now, eightYearsAfter(now))) {
    if (longestMs > 0 && slotAt >= now + yearAheadMs) break;
    if (previousAt !== undefined) longestMs = Math.max(longestMs, slotAt - previousAt);
    previousAt = slotAt;
  }
  if (longestMs === 0) longestMs = eightYearsAfter(now) - now;
  return Math.ceil((longestMs + completionWindowMinutes * minuteMs) / hourMs);
}

interface Window {
  readonly periods: readonly OffsetPeriod[];
  /** Of the period in which the window begins. */
  readonly index: number;
  /** UTC minutes, [from, to). */
  readonly from: number;
  readonly to: number;
}

/** Wildcard hours: walk what the clock really shows, period by period. */
function* shownMinutes(cron: Cron, window: Window): Generator<number, void, undefined> {
  for (let index = window.index; ; index += 1) {
    const period = window.periods[index];
    if (period === undefined || period.startMinute >= window.to) return;
    const last = Math.min(window.to, period.endMinute) - 1 + period.offsetMinutes;
    let local = Math.max(window.from, period.startMinute) + period.offsetMinutes;
    for (;;) {
      const match = nextMatch(cron, local, last);
      if (match === undefined) break;
      yield (match - period.offsetMinutes) * minuteMs;
      local = match + 1;
    }
  }
}

/**
 * Fixed hours: walk the nominal local minutes whose instant falls into the window. The instant of a local minute is the
 * first one at which the clock shows it or, having jumped over it, something later. So these are the minutes later than
 * everything shown before the window, up to the latest one shown in it.
 */
function* nominalMinutes(cron: Cron, window: Window): Generator<number, void, undefined> {
  const last = latestShownBefore(window.periods, window.to);
  let local = latestShownBefore(window.periods, window.from) + 1;
  let index = window.index;
  let previous: number | undefined;
  for (;;) {
    const match = nextMatch(cron, local, last);
    if (match === undefined) return;
    let period = window.periods[index];
    while (period !== undefined && match >= period.endMinute + period.offsetMinutes) {
      index += 1;
      period = window.periods[index];
    }
    if (period === undefined) return;
    const minute = Math.max(period.startMinute, match - period.offsetMinutes);
    if (minute !== previous) yield minute * minuteMs;
    previous = minute;
    local = match + 1;
  }
}

function latestShownBefore(periods: readonly OffsetPeriod[], minute: number): number {
  const period = periods[periodIndexAt(periods, minute - 1)];
  return period === undefined ? -Infinity : Math.max(period.shownBefore, minute - 1 + period.offsetMinutes);
}

/** The first local minute in [first, last] that the expression names. The time of day is cheap and is asked first. */
function nextMatch(cron: Cron, first: number, last: number): number | undefined {
  let day = Math.floor(first / dayMinutes);
  let minuteOfDay = nextMinuteOfDay(cron, first - day * dayMinutes);
  for (;;) {
    if (minuteOfDay !== undefined) {
      const local = day * dayMinutes + minuteOfDay;
      if (local > last) return undefined;
      if (isDayNamed(cron, day)) return local;
    }
    day += 1;
    if (day * dayMinutes > last) return undefined;
    minuteOfDay = nextMinuteOfDay(cron, 0);
  }
}

function nextMinuteOfDay(cron: Cron, from: number): number | undefined {
  for (const hour of cron.hours) {
    if (hour * 60 + 59 < from) continue;
    for (const minute of cron.minutes) if (hour * 60 + minute >= from) return hour * 60 + minute;
  }
  return undefined;
}

function isDayNamed(cron: Cron, day: number): boolean {
  const date = new Date(day * dayMs);
  if (!cron.months.includes(date.getUTCMonth() + 1)) return false;
  const isMonthDay = cron.daysOfMonth.includes(date.getUTCDate());
  const isWeekDay = cron.daysOfWeek.includes(date.getUTCDay());
  return cron.eitherDayMatches ? isMonthDay || isWeekDay : isMonthDay && isWeekDay;
}

/** The first UTC day (`2026-03-29`) of the 366 from today's on that has too many slots. */
function crowdedDay(schedule: Schedule, now: number): string | undefined {
  // A UTC day touches at most three local dates, each shown at most twice.
  if (schedule.cron.hours.length * schedule.cron.minutes.length * 6 <= maxSlotsPerDay) return undefined;
  const todayAt = Math.floor(now / dayMs) * dayMs;
  let day = 0;
  let count = 0;
  for (const slotAt of slotsBetween(schedule, todayAt, todayAt + yearAheadMs)) {
    const slotDay = Math.floor(slotAt / dayMs);
    count = slotDay === day ? count + 1 : 1;
    day = slotDay;
    if (count > maxSlotsPerDay) return new Date(slotAt).toISOString().slice(0, 10);
  }
  return undefined;
}

function eightYearsAfter(at: number): number {
  const date = new Date(at);
  return date.setUTCFullYear(date.getUTCFullYear() + 8);
}
