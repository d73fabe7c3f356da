// Slots by brute force, for comparison: walks every real minute, asks Intl what the clock on the wall shows (as a date and
// a time, never as an offset) and applies the rules word by word. Slow and plain; shares nothing with the code under test.

import type { CronSample } from "./cron-arbitrary.ts";

const minuteMs = 60_000;

/** One real minute and what the wall showed, as the epoch milliseconds that a UTC clock would have when showing that. */
interface Shown {
  readonly at: number;
  readonly wallAt: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the wall shows, read from a written date and time. */
export function wallAt(zone: string, at: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
    formats.set(zone, format);
  }
  const found = /^(\d\d)\/(\d\d)\/(\d{4}), (\d\d):(\d\d)$/.exec(format.format(at));
  if (found === null) throw new Error(`cannot read ${format.format(at)}`);
  const [, day, month, year, hour, minute] = found.map(Number);
  return Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute);
}

/** Every real minute of [fromAt, toAt), with as much before it as a clock may ever fall back. */
export function walk(zone: string, window: { fromAt: number; toAt: number }, fallBackMs: number): Shown[] {
  const shown: Shown[] = [];
  for (let at = window.fromAt - fallBackMs - minuteMs; at < window.toAt; at += minuteMs) {
    shown.push({ at, wallAt: wallAt(zone, at) });
  }
  return shown;
}

/** The slots of [fromAt, toAt) among walked minutes. */
export function bruteSlots(cron: CronSample, shown: readonly Shown[], fromAt: number): number[] {
  const slots = cron.hour.text.startsWith("*") ? realMinutes(cron, shown) : nominalMinutes(cron, shown);
  return [...new Set(slots)].filter((at) => at >= fromAt).sort((a, b) => a - b);
}

function realMinutes(cron: CronSample, shown: readonly Shown[]): number[] {
  return shown.filter((minute) => isNamed(cron, minute.wallAt)).map((minute) => minute.at);
}

function nominalMinutes(cron: CronSample, shown: readonly Shown[]): number[] {
  const seen = new Set<number>();
  const slots: number[] = [];
  let previous: Shown | undefined;
  for (const minute of shown) {
    if (previous !== undefined) {
      for (let skippedAt = previous.wallAt + minuteMs; skippedAt < minute.wallAt; skippedAt += minuteMs) {
        if (isNamed(cron, skippedAt)) slots.push(minute.at);
      }
    }
    if (!seen.has(minute.wallAt) && isNamed(cron, minute.wallAt)) slots.push(minute.at);
    seen.add(minute.wallAt);
    previous = minute;
  }
  return slots;
}

function isNamed(cron: CronSample, wall: number): boolean {
  const date = new Date(wall);
  if (!cron.minute.names(date.getUTCMinutes()) || !cron.hour.names(date.getUTCHours())) return false;
  if (!cron.month.names(date.getUTCMonth() + 1)) return false;
  const isDayOfMonth = cron.dayOfMonth.names(date.getUTCDate());
  const isDayOfWeek = cron.dayOfWeek.names(date.getUTCDay());
  const isEitherFree = cron.dayOfMonth.text.startsWith("*") || cron.dayOfWeek.text.startsWith("*");
  return isEitherFree ? isDayOfMonth && isDayOfWeek : isDayOfMonth || isDayOfWeek;
}
