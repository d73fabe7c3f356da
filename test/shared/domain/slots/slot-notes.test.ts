// What people are told about a slot in a night in which the clocks change.

import { expect, test } from "vitest";
import { parseCron } from "../../../../shared/domain/slots/cron.ts";
import { clockChangeNote } from "../../../../shared/domain/slots/slot-notes.ts";
import { nextSlots, type Schedule } from "../../../../shared/domain/slots/slots.ts";

function notes(expression: string, zone: string, after: string, count = 1): (string | undefined)[] {
  const parsed = parseCron(expression);
  if (!parsed.ok) throw new Error(expression);
  const schedule: Schedule = { cron: parsed.cron, timeZone: zone };
  return nextSlots(schedule, Date.parse(after), count).map((slotAt) => clockChangeNote(schedule, slotAt));
}

test("an ordinary night needs no note, in any zone", () => {
  expect(notes("30 2 * * *", "Europe/Berlin", "2026-11-24T12:00Z", 3)).toEqual([undefined, undefined, undefined]);
  expect(notes("30 2 * * *", "UTC", "2026-03-28T12:00Z", 3)).toEqual([undefined, undefined, undefined]);
  expect(notes("*/30 * * * *", "Australia/Lord_Howe", "2026-07-01T00:00Z", 5)).toEqual(Array(5).fill(undefined));
});

test("a time that does not exist in spring runs after the gap, and it is said when", () => {
  expect(notes("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00Z")).toEqual([expect.stringContaining("runs at 03:00")]);
});

test("a time that comes twice in autumn runs the first time only; with a wildcard hour both times", () => {
  expect(notes("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00Z")).toEqual([
    expect.stringContaining("first time only"),
  ]);
  expect(notes("30 * * * *", "Europe/Berlin", "2027-10-30T23:00Z", 4)).toEqual([
    undefined,
    expect.stringContaining("both times"),
    expect.stringContaining("both times"),
    undefined,
  ]);
});

test("half an hour back is noticed too", () => {
  expect(notes("45 1 * * *", "Australia/Lord_Howe", "2027-04-03T00:00Z")).toEqual([
    expect.stringContaining("comes twice"),
  ]);
});
