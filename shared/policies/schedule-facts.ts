// What a row's schedule and zone amount to: the schedule or what is wrong with it, and the freshness target that follows.
// Both look a year ahead, so the answers are remembered per expression, zone and UTC day: 100,000 rows have few schedules.

import type { Problem } from "../domain/policy.ts";
import { parseCron } from "../domain/slots/cron.ts";
import { defaultMaxAgeHours, type Schedule, scheduleProblems } from "../domain/slots/slots.ts";
import { isTimeZone } from "../domain/slots/time-zone.ts";
import { BoundedMemo } from "./bounded-memo.ts";
import { fieldGuide } from "./field-guide.ts";
import { showText, showValue } from "./show-value.ts";

export type ScheduleFacts =
  | { readonly ok: true; readonly schedule: Schedule; maxAgeHours(completionWindowMinutes: number): number }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const dayMs = 86_400_000;
/** More than every minute of the day in every zone a site may use; about 20 MB when full. */
const memo = new BoundedMemo<ScheduleFacts>(20_000);

/** Judges schedule and zone together. The same within one UTC day, whenever in that day it is asked. */
export function scheduleFacts(scheduleText: string, timeZone: string, now: number): ScheduleFacts {
  const dayStartAt = Math.floor(now / dayMs) * dayMs;
  return memo.get(`${dayStartAt}\n${timeZone}\n${scheduleText}`, () => judge(scheduleText, timeZone, dayStartAt));
}

function judge(scheduleText: string, timeZone: string, dayStartAt: number): ScheduleFacts {
  const parsed = parseCron(scheduleText);
  const isZone = isTimeZone(timeZone);
  const problems = parsed.ok ? [] : parsed.problems.map((p) => scheduleProblem(scheduleText, p));
  if (!isZone) problems.push(zoneProblem(timeZone));
  if (!parsed.ok || !isZone) return { ok: false, problems };
  const schedule: Schedule = { cron: parsed.cron, timeZone };
  const unfit = scheduleProblems(schedule, dayStartAt);
  if (unfit.length > 0) return { ok: false, problems: unfit.map((p) => scheduleProblem(scheduleText, p)) };
  return {
    ok: true,
    schedule,
    maxAgeHours: remembered((minutes) => defaultMaxAgeHours(schedule, dayStartAt, minutes)),
  };
}

function remembered(compute: (minutes: number) => number): (minutes: number) => number {
  const hours = new BoundedMemo<number>(32);
  return (minutes) => hours.get(String(minutes), () => compute(minutes));
}

function scheduleProblem(text: string, found: { message: string; hint: string }): Problem {
  const message = showText(found.message, 300);
  return { field: "schedule", value: showValue(text), message, remedy: showText(found.hint, 300), level: "problem" };
}

function zoneProblem(timeZone: string): Problem {
  const meant = Intl.supportedValuesOf("timeZone").find((zone) => zone.toLowerCase() === timeZone.toLowerCase());
  return {
    field: "timezone",
    value: showValue(timeZone),
    message: "is no zone that is known here",
    remedy: meant === undefined ? fieldGuide.timezone.remedy : `write ${meant} exactly so`,
    level: "problem",
  };
}
