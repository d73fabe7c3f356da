import { describe, expect, it } from "vitest";
import { parseCron } from "../../../../shared/domain/slots/cron.ts";
import { defaultMaxAgeHours, type Schedule, scheduleProblems } from "../../../../shared/domain/slots/slots.ts";

function schedule(text: string, timeZone = "UTC"): Schedule {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  return { cron: parsed.cron, timeZone };
}

const now = Date.parse("2026-11-23T12:00Z");

describe("a schedule", () => {
  it.each([
    { text: "30 2 * * *" },
    { text: "0 * * * *" },
    { text: "0 0-23 * * *" },
    { text: "0,20,40 0-7 * * *" },
    { text: "0 0 29 2 *" },
    { text: "30 2 29 3 *" },
  ])("'$text' in Berlin has no problem", ({ text }) => {
    expect(scheduleProblems(schedule(text, "Europe/Berlin"), now)).toEqual([]);
  });

  it.each([{ text: "0 0 31 2 *" }, { text: "* * 30 2 *" }, { text: "0 0 31 4,6,9,11 *" }])(
    "'$text' is a problem: it is never due",
    ({ text }) => {
      expect(scheduleProblems(schedule(text), now)).toEqual([
        {
          message: `"${text}" is never due in the next 8 years`,
          hint: 'name a day that exists; the last one that every month has is "28"',
        },
      ]);
    },
  );

  it("that is next due in eight years is fine up to the last minute of them", () => {
    const rare = schedule("0 0 29 2 */7"); // 29 February on a Sunday: 2032, then 2060
    expect(scheduleProblems(rare, Date.parse("2024-02-29T00:01Z"))).toEqual([]);
    expect(scheduleProblems(rare, Date.parse("2024-02-29T00:00Z"))).toHaveLength(1);
    expect(scheduleProblems(rare, Date.parse("2032-02-29T00:01Z"))).toHaveLength(1);
  });

  it.each([
    { text: "* * * * *", zone: "UTC", day: "2026-11-23" },
    { text: "*/30 * * * *", zone: "UTC", day: "2026-11-23" },
    { text: "* 2 * * *", zone: "UTC", day: "2026-11-23" },
    { text: "0-24 2 1 1 *", zone: "UTC", day: "2027-01-01" },
    { text: "0,30 */2 * * *", zone: "Europe/Berlin", day: "2027-10-31" },
    { text: "0 0-23 13,14 * *", zone: "UTC", day: undefined },
  ])("'$text' in $zone is due too often on $day", ({ text, zone, day }) => {
    const hint = "name fewer minutes or hours: at most 24 slots on any day, clock changes included";
    const problem = { message: `"${text}" is due more than 24 times on ${day} (UTC)`, hint };
    expect(scheduleProblems(schedule(text, zone), now)).toEqual(day === undefined ? [] : [problem]);
  });
});

describe("the default freshness target", () => {
  it.each([
    { text: "30 2 * * *", zone: "UTC", window: 720, hours: 36, why: "a day and half a day" },
    { text: "30 2 * * *", zone: "UTC", window: 721, hours: 37, why: "rounded up" },
    { text: "30 2 * * *", zone: "UTC", window: 660, hours: 35, why: "not rounded when full" },
    { text: "30 3 * * *", zone: "Europe/Berlin", window: 60, hours: 26, why: "the long day in autumn" },
    { text: "0 2 * * MON-FRI", zone: "UTC", window: 60, hours: 73, why: "over the weekend" },
    { text: "0 2 1 * *", zone: "UTC", window: 60, hours: 31 * 24 + 1, why: "the longest month" },
    { text: "0 */6 * * *", zone: "UTC", window: 15, hours: 7, why: "every six hours" },
    { text: "0 2 1 6 *", zone: "UTC", window: 60, hours: 366 * 24 + 1, why: "once within a year: up to the next" },
    {
      text: "0 2 29 2 *",
      zone: "UTC",
      window: 60,
      hours: 1461 * 24 + 1,
      why: "not within a year: between the next two",
    },
    { text: "0 2 29 2 */7", zone: "UTC", window: 60, hours: 2922 * 24 + 1, why: "once in eight years: those" },
  ])("of '$text' in $zone is $hours h: $why", ({ text, zone, window, hours }) => {
    expect(defaultMaxAgeHours(schedule(text, zone), now, window)).toBe(hours);
  });

  it("looks no further than 366 days ahead", () => {
    const daysAround = schedule("0 2 1-10 12 *"); // two Decembers lie within 366 days of the first slot of one
    expect(defaultMaxAgeHours(daysAround, Date.parse("2026-12-01T02:00Z"), 60)).toBe(356 * 24 + 1);
    expect(defaultMaxAgeHours(daysAround, Date.parse("2026-11-23T12:00Z"), 60)).toBe(25);
    const leapYearAhead = schedule("0 2 2,3 12 *"); // of 2028: exactly 366 days ahead, and a minute later within them
    expect(defaultMaxAgeHours(leapYearAhead, Date.parse("2027-12-02T02:00Z"), 60)).toBe(25);
    expect(defaultMaxAgeHours(leapYearAhead, Date.parse("2027-12-02T02:01Z"), 60)).toBe(365 * 24 + 1);
  });
});
