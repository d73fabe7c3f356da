import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCron } from "../../../../shared/domain/slots/cron.ts";
import { latestSlot, nextSlots, type Schedule, slotsBetween } from "../../../../shared/domain/slots/slots.ts";
import { type CronSample, cronArbitrary } from "./cron-arbitrary.ts";
import { bruteSlots, walk, wallAt } from "./slots-oracle.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const zones = Intl.supportedValuesOf("timeZone");
const from2024 = Date.UTC(2024, 0, 1);
const to2031 = Date.UTC(2031, 0, 1);

function schedule(cron: CronSample, timeZone: string): Schedule {
  const parsed = parseCron(cron.text);
  if (!parsed.ok) throw new Error(`${cron.text}: ${JSON.stringify(parsed.problems)}`);
  return { cron: parsed.cron, timeZone };
}

function iso(instants: Iterable<number>): string[] {
  return [...instants].map((at) => new Date(at).toISOString());
}

/** Instants after which clocks run differently: for each month, time of day and size of jump the last one. */
function clockChanges(): { zone: string; at: number }[] {
  const changes = new Map<string, { zone: string; at: number }>();
  const offsetAt = (zone: string, at: number) => wallAt(zone, at) - at;
  for (const zone of zones) {
    let before = offsetAt(zone, from2024);
    for (let at = from2024; at < to2031; at += 6 * dayMs) {
      const after = offsetAt(zone, at);
      if (after === before) continue;
      let changedAt = at - 6 * dayMs;
      while (offsetAt(zone, changedAt) === before) changedAt += hourMs;
      changes.set(`${new Date(changedAt).toISOString().slice(5, 7)} ${changedAt % dayMs} ${before} ${after}`, {
        zone,
        at: changedAt,
      });
      before = after;
    }
  }
  return [...changes.values()];
}

describe("slots, compared with a walk over every real minute", () => {
  it("are the same in any zone and any window of 2024 to 2030", () => {
    const arbitrary = fc.record({
      zone: fc.constantFrom(...zones),
      fromMinute: fc.integer({ min: from2024 / minuteMs, max: to2031 / minuteMs }),
      minutes: fc.integer({ min: 1, max: 2000 }),
      crons: fc.array(cronArbitrary(), { minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ zone, fromMinute, minutes, crons }) => {
        const fromAt = fromMinute * minuteMs;
        const toAt = fromAt + minutes * minuteMs;
        const shown = walk(zone, { fromAt, toAt }, 3 * hourMs);
        for (const cron of crons) {
          const found = iso(slotsBetween(schedule(cron, zone), fromAt, toAt));
          expect(found, `${cron.text} ${zone}`).toEqual(iso(bruteSlots(cron, shown, fromAt)));
        }
      }),
      { seed: 20_260_329, numRuns: 200 },
    );
  });

  it("are the same around every kind of clock change of 2024 to 2030, also in windows that begin or end close to it", () => {
    const changes = clockChanges();

    expect(changes.length).toBeGreaterThan(50);
    const crons = fc.sample(cronArbitrary(), { seed: 20_261_025, numRuns: 60 * changes.length });
    for (const [index, { zone, at }] of changes.entries()) {
      const fromAt = at - 5 * hourMs;
      const toAt = at + 22 * hourMs;
      const shown = walk(zone, { fromAt, toAt }, 3 * hourMs);
      for (const [nth, cron] of crons.slice(index * 60, index * 60 + 60).entries()) {
        const each = schedule(cron, zone);
        const expected = bruteSlots(cron, shown, fromAt);
        const cutAt = at + (((nth * 7) % 360) - 180) * minuteMs;
        expect(iso(slotsBetween(each, fromAt, toAt)), `${cron.text} ${zone}`).toEqual(iso(expected));
        const late = iso(expected.filter((slotAt) => slotAt >= cutAt));
        expect(iso(slotsBetween(each, cutAt, toAt)), `${cron.text} ${zone} from ${cutAt}`).toEqual(late);
        const early = iso(expected.filter((slotAt) => slotAt < cutAt));
        expect(iso(slotsBetween(each, fromAt, cutAt)), `${cron.text} ${zone} to ${cutAt}`).toEqual(early);
      }
    }
  });

  it.each([
    { zone: "Pacific/Apia", around: "2011-12-30T10:00Z", why: "a whole day left out" },
    { zone: "Pacific/Kwajalein", around: "1993-08-21T12:00Z", why: "a whole day left out, before 2005" },
    { zone: "America/Sao_Paulo", around: "2018-11-04T03:00Z", why: "a gap from midnight on" },
    { zone: "Asia/Pyongyang", around: "2018-05-04T15:00Z", why: "a half-hour gap that ends at midnight" },
    { zone: "Asia/Pyongyang", around: "2015-08-14T15:00Z", why: "half an hour twice before midnight" },
    { zone: "Africa/Cairo", around: "2024-04-25T22:00Z", why: "a gap from midnight on a Friday" },
    { zone: "Africa/Cairo", around: "2024-10-31T21:00Z", why: "the hour before midnight twice" },
    { zone: "Asia/Beirut", around: "2026-03-28T22:00Z", why: "a gap from midnight on" },
    { zone: "Africa/Casablanca", around: "2026-02-15T02:00Z", why: "summer time off for Ramadan" },
    { zone: "Europe/Dublin", around: "2026-10-25T01:00Z", why: "negative winter time" },
    { zone: "Australia/Lord_Howe", around: "2026-10-03T15:30Z", why: "a gap of half an hour" },
    { zone: "Australia/Lord_Howe", around: "2026-04-04T15:00Z", why: "half an hour twice" },
    { zone: "Antarctica/Troll", around: "2026-03-29T01:00Z", why: "a gap of two hours" },
    { zone: "America/Caracas", around: "2016-05-01T07:00Z", why: "a zone that moved by half an hour for good" },
    { zone: "America/Nuuk", around: "2023-03-26T01:00Z", why: "a zone that moved by an hour for good" },
    { zone: "Europe/Berlin", around: "2099-03-29T01:00Z", why: "far future, found on demand" },
  ])("are the same in $zone around $around: $why", ({ zone, around }) => {
    const fromAt = Date.parse(around) - 26 * hourMs;
    const toAt = Date.parse(around) + 26 * hourMs;
    const shown = walk(zone, { fromAt, toAt }, 25 * hourMs);
    for (const cron of fc.sample(cronArbitrary(), { seed: 11, numRuns: 150 })) {
      const found = iso(slotsBetween(schedule(cron, zone), fromAt, toAt));
      expect(found, cron.text).toEqual(iso(bruteSlots(cron, shown, fromAt)));
    }
  });
});

describe("slots of neighbouring windows", () => {
  const arbitrary = fc.record({
    zone: fc.constantFrom("Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe", ...zones),
    fromMinute: fc.integer({ min: Date.UTC(2011, 11, 20) / minuteMs, max: Date.UTC(2040, 0, 1) / minuteMs }),
    lengths: fc.array(fc.integer({ min: 0, max: 4000 * minuteMs }), { minLength: 2, maxLength: 6 }),
    cron: cronArbitrary(),
  });

  it("are together those of the whole, wherever it is cut", () => {
    fc.assert(
      fc.property(arbitrary, ({ zone, fromMinute, lengths, cron }) => {
        const each = schedule(cron, zone);
        let cutAt = fromMinute * minuteMs;
        const parts: number[] = [];
        for (const length of lengths) {
          parts.push(...slotsBetween(each, cutAt, cutAt + length));
          cutAt += length;
        }
        expect(iso(parts)).toEqual(iso(slotsBetween(each, fromMinute * minuteMs, cutAt)));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("agree with the latest and the next slots", () => {
    fc.assert(
      fc.property(arbitrary, ({ zone, fromMinute, lengths, cron }) => {
        const each = schedule(cron, zone);
        const fromAt = fromMinute * minuteMs + (lengths[0] ?? 0);
        const toAt = lengths.reduce((at, length) => at + length, fromAt);
        const slots = [...slotsBetween(each, fromAt, toAt)];
        expect(latestSlot(each, fromAt, toAt)).toBe(slots.at(-1));
        expect(nextSlots(each, fromAt - 1, slots.length)).toEqual(slots);
        if (slots[0] !== undefined)
          expect(nextSlots(each, slots[0], 2).slice(0, slots.length - 1)).toEqual(slots.slice(1, 3));
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
