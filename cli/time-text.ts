// Time in words for people: how far away an instant is, and what a wall clock shows then. The zone is always named.

import { durationText } from "../shared/status/duration-text.ts";

const halfMinuteMs = 30_000;

/** The zone of the person at the keyboard (`TZ`, or the machine's). */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `in 3 h 20 m`, `9 h ago`, `now` within half a minute. */
export function relativeText(at: number, now: number): string {
  const ms = at - now;
  if (Math.abs(ms) < halfMinuteMs) return "now";
  return ms > 0 ? `in ${durationText(ms)}` : `${durationText(-ms)} ago`;
}

/** `Tue 24 Nov 02:30 CET`; with the year where it is not that of `now`. Throws RangeError for an unknown zone. */
export function wallText(at: number, now: number, zone = ownZone): string {
  const { weekday, day, month, year, hour, minute, zoneName } = shownAt(at, zone);
  const otherYear = year === shownAt(now, zone).year ? "" : ` ${year}`;
  return `${weekday} ${day} ${month}${otherYear} ${hour}:${minute} ${zoneName}`;
}

/** `02:30:20 CET`, where the date is known. */
export function wallSeconds(at: number, zone = ownZone): string {
  const { hour, minute, second, zoneName } = shownAt(at, zone);
  return `${hour}:${minute}:${second} ${zoneName}`;
}

/** `Tue 24 Nov 02:30 CET (in 3 h 20 m)`. */
export function whenText(at: number, now: number, zone = ownZone): string {
  return `${wallText(at, now, zone)} (${relativeText(at, now)})`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function shownAt(at: number, timeZone: string) {
  const format = formats.get(timeZone) ?? newFormat(timeZone);
  formats.set(timeZone, format);
  const parts = new Map<string, string>(format.formatToParts(at).map((part) => [part.type, part.value]));
  const part = (type: string) => parts.get(type) ?? "";
  return {
    weekday: part("weekday"),
    day: part("day").padStart(2, "0"),
    month: part("month"),
    year: part("year"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
    zoneName: part("timeZoneName"),
  };
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  const calendar = { weekday: "short", day: "2-digit", month: "short", year: "numeric" } as const;
  return new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "short", ...clock, ...calendar });
}
