// The schedules of simulated policies, and their slots worked out by walking over every real minute (the oracle of the
// slot tests), never by the code under test. Walks are remembered: many seeds share a zone and a stretch of days.

import type { CronSample, FieldSample } from "../../shared/domain/slots/cron-arbitrary.ts";
import { bruteSlots, walk } from "../../shared/domain/slots/slots-oracle.ts";

const hourMs = 3_600_000;
const longestFallBackMs = 2 * hourMs;

const every: FieldSample = { text: "*", names: () => true };
const only = (...values: number[]): FieldSample => ({
  text: values.join(","),
  names: (value) => values.includes(value),
});

export interface NamedSchedule {
  readonly text: string;
  readonly cron: CronSample;
}

function schedule(minute: FieldSample, hour: FieldSample, dayOfWeek = every): NamedSchedule {
  const text = `${minute.text} ${hour.text} * * ${dayOfWeek.text}`;
  return { text, cron: { text, minute, hour, dayOfMonth: every, month: every, dayOfWeek } };
}

const everySixth: FieldSample = { text: "*/6", names: (value) => value % 6 === 0 };

export const schedules: readonly NamedSchedule[] = [
  schedule(only(30), only(2)),
  schedule(only(30), only(2)),
  schedule(only(0), only(3)),
  schedule(only(15), only(1)),
  schedule(only(0), only(0)),
  schedule(only(45), only(23)),
  schedule(only(10), only(2, 14)),
  schedule(only(20), everySixth),
  schedule(only(5), only(4), only(0, 1, 6)),
];

export const zones = [
  "UTC",
  "Europe/Berlin",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Santiago",
] as const;

/** Noons before nights worth simulating: ordinary ones, and those in which some clock changes or a year ends. */
export const firstNoons: readonly number[] = [
  Date.UTC(2026, 10, 24, 12),
  Date.UTC(2026, 2, 28, 12),
  Date.UTC(2026, 9, 24, 12),
  Date.UTC(2026, 2, 7, 12),
  Date.UTC(2026, 10, 1, 0),
  Date.UTC(2026, 3, 4, 12),
  Date.UTC(2026, 11, 31, 0),
  Date.UTC(2028, 1, 28, 12),
];

/** A scenario may have slots so long after its first noon; its first policies may still take one from shortly before. */
const walkedMs = 60 * hourMs;
const walkedBeforeMs = 5 * hourMs;

const walks = new Map<string, ReturnType<typeof walk>>();
const answers = new Map<string, readonly number[]>();

/** Every slot from 5 hours before `noonAt` to 60 hours after it, ascending. */
export function slotsAround(noonAt: number, { text, cron }: NamedSchedule, zone: string): readonly number[] {
  const key = `${noonAt} ${zone}`;
  const known = answers.get(`${key} ${text}`);
  if (known !== undefined) return known;
  const window = { fromAt: noonAt - walkedBeforeMs, toAt: noonAt + walkedMs };
  const shown = walks.get(key) ?? walk(zone, window, longestFallBackMs);
  walks.set(key, shown);
  const slots = bruteSlots(cron, shown, window.fromAt);
  answers.set(`${key} ${text}`, slots);
  return slots;
}
