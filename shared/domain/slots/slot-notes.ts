// What a clock change does to a slot, in words: for people who check when a schedule will really be due.

import type { Schedule } from "./slots.ts";
import { localParts, offsetMinutesAt } from "./time-zone.ts";

const minuteMs = 60_000;
const stepMs = 15 * minuteMs;
/** No zone has ever put its clock back by more. */
const longestRepeatMs = 3 * 60 * minuteMs;

/**
 * Nothing for an ordinary slot. Otherwise that the time in the schedule does not exist that night and the slot comes after
 * the gap, or that it comes twice and which of the two is meant.
 */
export function clockChangeNote(schedule: Schedule, slotAt: number): string | undefined {
  const { cron, timeZone } = schedule;
  const { hour, minute } = localParts(timeZone, slotAt);
  const wall = `${two(hour)}:${two(minute)}`;
  if (!cron.hourIsWildcard && !(cron.hours.includes(hour) && cron.minutes.includes(minute)))
    return `the clocks go forward: the time in the schedule does not exist that night, so it runs at ${wall}`;
  if (!cron.hourIsWildcard && showsAgain(timeZone, slotAt, 1))
    return `the clocks go back: ${wall} comes twice that night, it runs the first time only`;
  if (cron.hourIsWildcard && (showsAgain(timeZone, slotAt, 1) || showsAgain(timeZone, slotAt, -1)))
    return `the clocks go back: ${wall} comes twice that night, and it runs both times`;
  return undefined;
}

/** Whether the zone's clock shows the same time again later (`direction` 1) or showed it before (-1). */
function showsAgain(zone: string, at: number, direction: 1 | -1): boolean {
  const offset = offsetMinutesAt(zone, at);
  for (let distanceMs = stepMs; distanceMs <= longestRepeatMs; distanceMs += stepMs) {
    const otherAt = at + direction * distanceMs;
    if (otherAt + offsetMinutesAt(zone, otherAt) * minuteMs === at + offset * minuteMs) return true;
  }
  return false;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
