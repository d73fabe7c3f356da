import { describe, expect, it } from "vitest";
import { parseCron } from "../../../../shared/domain/slots/cron.ts";
import { latestSlot, nextSlots, type Schedule, slotsBetween } from "../../../../shared/domain/slots/slots.ts";

function schedule(text: string, timeZone = "UTC"): Schedule {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  return { cron: parsed.cron, timeZone };
}

function iso(instants: Iterable<number>): string[] {
  return [...instants].map((at) => new Date(at).toISOString().slice(0, 16));
}

function slots(text: string, timeZone: string, [from, to]: readonly [string, string]): string[] {
  return iso(slotsBetween(schedule(text, timeZone), Date.parse(`${from}Z`), Date.parse(`${to}Z`)));
}

describe("fixed hours", () => {
  it.each([
    {
      why: "a night in spring whose time is left out: right after the gap",
      text: "30 2 * * *",
      zone: "Europe/Berlin",
      window: ["2026-03-28T00:00", "2026-03-31T00:00"],
      expected: ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"],
    },
    {
      why: "a night in autumn whose time comes twice: the first",
      text: "30 2 * * *",
      zone: "Europe/Berlin",
      window: ["2026-10-24T00:00", "2026-10-27T00:00"],
      expected: ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"],
    },
    {
      why: "several times inside one gap, and one right after it: a single slot",
      text: "0,30 2-3 * * *",
      zone: "Europe/Berlin",
      window: ["2026-03-29T00:00", "2026-03-30T00:00"],
      expected: ["2026-03-29T01:00", "2026-03-29T01:30"],
    },
    {
      why: "only the day of the gap is named",
      text: "30 2 29 3 *",
      zone: "Europe/Berlin",
      window: ["2026-01-01T00:00", "2027-01-01T00:00"],
      expected: ["2026-03-29T01:00"],
    },
    {
      why: "a gap that ends at midnight: on the next local date",
      text: "45 23 4 5 *",
      zone: "Asia/Pyongyang",
      window: ["2018-05-01T00:00", "2018-05-10T00:00"],
      expected: ["2018-05-04T15:00"],
    },
    {
      why: "a gap from midnight on",
      text: "30 0 * * *",
      zone: "America/Sao_Paulo",
      window: ["2018-11-03T00:00", "2018-11-06T00:00"],
      expected: ["2018-11-03T03:30", "2018-11-04T03:00", "2018-11-05T02:30"],
    },
    {
      why: "a whole day left out: right after it",
      text: "30 12 * * *",
      zone: "Pacific/Apia",
      window: ["2011-12-29T00:00", "2012-01-01T00:00"],
      expected: ["2011-12-29T22:30", "2011-12-30T10:00", "2011-12-30T22:30", "2011-12-31T22:30"],
    },
    {
      why: "a gap of half an hour",
      text: "15 2 * * *",
      zone: "Australia/Lord_Howe",
      window: ["2026-10-02T00:00", "2026-10-05T00:00"],
      expected: ["2026-10-02T15:45", "2026-10-03T15:30", "2026-10-04T15:15"],
    },
    {
      why: "every hour by list is nominal too: the hour that comes twice counts once",
      text: "0 0-23 * * *",
      zone: "Europe/Berlin",
      window: ["2026-10-24T23:00", "2026-10-25T04:00"],
      expected: ["2026-10-24T23:00", "2026-10-25T00:00", "2026-10-25T02:00", "2026-10-25T03:00"],
    },
  ] as const)("$why", ({ text, zone, window, expected }) => {
    expect(slots(text, zone, window)).toEqual(expected);
  });
});

describe("wildcard hours", () => {
  it.each([
    {
      why: "both occurrences in autumn",
      text: "30 * * * *",
      window: ["2026-10-24T23:00", "2026-10-25T03:00"],
      expected: ["2026-10-24T23:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"],
    },
    {
      why: "every other hour by the clock, both occurrences of an even one",
      text: "0 */2 * * *",
      window: ["2026-10-24T22:00", "2026-10-25T04:00"],
      expected: ["2026-10-24T22:00", "2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T03:00"],
    },
    {
      why: "nothing for what the gap leaves out",
      text: "0 */2 * * *",
      window: ["2026-03-28T23:00", "2026-03-29T04:00"],
      expected: ["2026-03-28T23:00", "2026-03-29T02:00"],
    },
  ] as const)("$why", ({ text, window, expected }) => {
    expect(slots(text, "Europe/Berlin", window)).toEqual(expected);
  });
});

describe("the days of a schedule", () => {
  it("are either kind when both are restricted", () => {
    expect(slots("0 2 13 * FRI", "UTC", ["2026-11-01T00:00", "2026-11-21T00:00"])).toEqual([
      "2026-11-06T02:00",
      "2026-11-13T02:00",
      "2026-11-20T02:00",
    ]);
    expect(slots("0 2 1 * 1-5", "UTC", ["2026-11-01T00:00", "2026-11-04T00:00"])).toHaveLength(3);
  });

  it("are those that match both when one begins with a star", () => {
    expect(slots("0 2 */10 * FRI", "UTC", ["2026-11-01T00:00", "2027-01-01T00:00"])).toEqual(["2026-12-11T02:00"]);
    expect(slots("0 2 13 * */2", "UTC", ["2026-11-01T00:00", "2027-01-01T00:00"])).toEqual(["2026-12-13T02:00"]);
  });

  it("are local days", () => {
    expect(slots("30 23 * * SUN", "America/New_York", ["2026-11-22T00:00", "2026-11-30T00:00"])).toEqual([
      "2026-11-23T04:30",
    ]);
  });
});

describe("a window of slots", () => {
  const nightly = schedule("30 2 * * *");
  const slotAt = Date.parse("2026-11-23T02:30Z");

  it("holds its first instant and not its last", () => {
    expect([...slotsBetween(nightly, slotAt, slotAt + 1)]).toEqual([slotAt]);
    expect([...slotsBetween(nightly, slotAt - 1, slotAt)]).toEqual([]);
    expect([...slotsBetween(nightly, slotAt + 1, slotAt + 60_000)]).toEqual([]);
    expect([...slotsBetween(nightly, slotAt, slotAt)]).toEqual([]);
    expect([...slotsBetween(nightly, slotAt + 1, slotAt - 1)]).toEqual([]);
  });

  it("that is cut where the clock jumps has each slot on one side, once", () => {
    const cut = (text: string, [from, at, to]: readonly [string, string, string]) => [
      slots(text, "Europe/Berlin", [from, at]),
      slots(text, "Europe/Berlin", [at, to]),
    ];
    const spring = (at: string) => cut("30 2 * * *", ["2026-03-29T00:00", at, "2026-03-29T12:00"]);
    expect(spring("2026-03-29T01:00")).toEqual([[], ["2026-03-29T01:00"]]);
    expect(spring("2026-03-29T01:01")).toEqual([["2026-03-29T01:00"], []]);
    const autumn = (text: string) => cut(text, ["2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T03:00"]);
    expect(autumn("30 2-3 * * *")).toEqual([["2026-10-25T00:30"], ["2026-10-25T02:30"]]);
    expect(autumn("30 * * * *")).toEqual([["2026-10-25T00:30"], ["2026-10-25T01:30", "2026-10-25T02:30"]]);
  });

  it("may have no end", () => {
    expect(slotsBetween(nightly, slotAt, Infinity).next().value).toBe(slotAt);
    expect([...slotsBetween(schedule("0 0 31 2 *"), -Infinity, Infinity)]).toEqual([]);
  });

  it("that is no number, or of a zone that is none, throws instead of being empty", () => {
    expect(() => [...slotsBetween(nightly, Number.NaN, slotAt)]).toThrow(RangeError);
    expect(() => [...slotsBetween(nightly, slotAt, Number.NaN)]).toThrow(RangeError);
    expect(() => [...slotsBetween(schedule("30 2 * * *", "Europe/Atlantis"), 0, slotAt)]).toThrow(RangeError);
  });
});

describe("next and latest slots", () => {
  const nightly = schedule("30 2 * * *", "Europe/Berlin");

  it("are strictly after an instant, as many as asked for", () => {
    const slotAt = Date.parse("2026-11-23T01:30Z");
    expect(iso(nextSlots(nightly, slotAt, 2))).toEqual(["2026-11-24T01:30", "2026-11-25T01:30"]);
    expect(iso(nextSlots(nightly, slotAt - 1, 1))).toEqual(["2026-11-23T01:30"]);
    expect(nextSlots(nightly, slotAt, 0)).toEqual([]);
  });

  it("are found eight years ahead, and not endlessly sought", () => {
    expect(iso(nextSlots(schedule("0 0 29 2 *"), Date.parse("2026-11-23T00:00Z"), 3))).toEqual([
      "2028-02-29T00:00",
      "2032-02-29T00:00",
    ]);
    expect(iso(nextSlots(schedule("0 0 29 2 *"), Date.parse("2096-02-29T00:00Z"), 1))).toEqual(["2104-02-29T00:00"]);
    expect(nextSlots(schedule("0 0 31 2 *"), Date.parse("2026-11-23T00:00Z"), 3)).toEqual([]);
  });

  it("are the newest one in the window, however long ago", () => {
    const toAt = Date.parse("2026-11-23T01:30Z");
    expect(latestSlot(nightly, 0, toAt)).toBe(Date.parse("2026-11-22T01:30Z"));
    expect(latestSlot(nightly, 0, toAt + 1)).toBe(toAt);
    const weekly = schedule("30 1 * * SUN");
    expect(latestSlot(weekly, 0, toAt + 1)).toBe(toAt - 86_400_000);
    expect(latestSlot(schedule("0 0 29 2 *"), 0, toAt)).toBe(Date.parse("2024-02-29T00:00Z"));
    expect(latestSlot(nightly, toAt + 1, toAt + 3_600_000)).toBeUndefined();
    expect(latestSlot(schedule("0 0 31 2 *"), -Infinity, Infinity)).toBeUndefined();
  });
});
