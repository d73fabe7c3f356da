// The daily windows in which OTC works on a database by itself: its maintenance window and the hour of its own backup. A run
// that can afford it lets them pass instead of colliding.

import type { Instance } from "../remote.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

export interface OpenWindow {
  /** For people: `its maintenance window 02:00-06:00 UTC`. */
  readonly what: string;
  readonly untilAt: number;
}

/** The windows of the database that `now` lies in, the one that ends last first. */
export function openWindows(instance: Instance, now: number): OpenWindow[] {
  const { maintenanceWindow, backupStrategy } = instance;
  const backupHour =
    backupStrategy === undefined || backupStrategy.keepDays === 0 ? undefined : backupStrategy.startTime;
  const open = [
    named("its maintenance window", maintenanceWindow, now),
    named("the hour of OTC's own backup", backupHour, now),
  ].filter((window) => window !== undefined);
  return open.toSorted((a, b) => b.untilAt - a.untilAt);
}

function named(what: string, text: string | undefined, now: number): OpenWindow | undefined {
  const untilAt = text === undefined ? undefined : windowEnd(text, now);
  return untilAt === undefined ? undefined : { what: `${what} ${text} UTC`, untilAt };
}

/** When the daily window `hh:mm-hh:mm` (UTC, may pass midnight) that `now` lies in ends; nothing outside, or for other text. */
export function windowEnd(text: string, now: number): number | undefined {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  if (parts === null) return undefined;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = parts.slice(1).map(Number);
  const fromMs = (fromHour * 60 + fromMinute) * minuteMs;
  const lastsMs = ((((toHour * 60 + toMinute) * minuteMs - fromMs) % dayMs) + dayMs) % dayMs;
  const sinceMs = ((((now % dayMs) - fromMs) % dayMs) + dayMs) % dayMs;
  return sinceMs < lastsMs ? now - sinceMs + lastsMs : undefined;
}

/**
 * Whether a run may wait for a window's end: not beyond the first half of the time it has left to start in, so that enough
 * remains for a database that is busy after it. OTC's usual maintenance window of four hours must not eat every start window.
 */
export function canWaitFor(window: OpenWindow, run: { openedAt: number; startByAt: number }): boolean {
  return window.untilAt - run.openedAt <= (run.startByAt - run.openedAt) / 2;
}
