// When a pause is over: the instant from which slots count again.

import { startOfLocalDay } from "../domain/slots/time-zone.ts";

const dayMs = 86_400_000;

/**
 * `until` is an ISO date (the pause covers all of that day in the zone) or an ISO date-time with offset, both valid.
 * Epoch milliseconds, exclusive.
 */
export function pauseEndAt(until: string, timeZone: string): number {
  const at = Date.parse(until);
  return until.includes("T") ? at : startOfLocalDay(timeZone, at / dayMs + 1);
}
