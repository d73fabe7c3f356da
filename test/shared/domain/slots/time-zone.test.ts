import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  firstInstantShowing,
  isTimeZone,
  localDayAt,
  localParts,
  offsetMinutesAt,
  startOfLocalDay,
} from "../../../../shared/domain/slots/time-zone.ts";
import { wallAt } from "./slots-oracle.ts";

const zones = Intl.supportedValuesOf("timeZone");
const iso = (at: number) => new Date(at).toISOString();

describe("the name of a time zone", () => {
  it.each([
    "UTC",
    "Europe/Berlin",
    "America/Argentina/Ushuaia",
    "America/Port-au-Prince",
    "Africa/Dar_es_Salaam",
    "Antarctica/McMurdo",
    "Asia/Calcutta",
    "Asia/Kolkata",
    "Europe/Kiev",
    "Europe/Kyiv",
    "America/Argentina/Buenos_Aires",
    "Asia/Ho_Chi_Minh",
    "America/Knox_IN",
    "Australia/ACT",
    "Brazil/DeNoronha",
    "US/Pacific",
    "US/East-Indiana",
    "Etc/UTC",
    "Etc/GMT+5",
    "Etc/GMT-14",
  ])("%s is accepted", (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  });

  it.each([
    "",
    " ",
    "utc",
    "Utc",
    "GMT",
    "CET",
    "EST5EDT",
    "Zulu",
    "Z",
    "+01:00",
    "-0500",
    "UTC+1",
    "GMT+1",
    "Europe/Berlin ",
    " Europe/Berlin",
    "europe/berlin",
    "EUROPE/BERLIN",
    "Europe/berlin",
    "Europe/Atlantis",
    "Europe",
    "Europe/",
    "/Berlin",
    "Europe/Berlin/Mitte",
    "asia/kolkata",
    "Asia/kolkata",
    "ASIA/KOLKATA",
    "Asia/Ho_chi_Minh",
    "Africa/Dar_Es_Salaam",
    "Antarctica/Mcmurdo",
    "Australia/Act",
    "America/Knox_In",
    "Brazil/Denoronha",
    "Us/Pacific",
    "us/pacific",
    "Etc/Utc",
    "etc/gmt+5",
    "Etc/GMT+15",
    "Etc/Unknown",
    "SystemV/PST8",
    "posix/Europe/Berlin",
    "Europe/Berlin\u0000",
    "Europe/Berlin\n",
  ])("%j is refused", (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  });

  it("is accepted for every zone of the runtime, and only in its own case", () => {
    for (const zone of zones) {
      expect(isTimeZone(zone), zone).toBe(true);
      expect(isTimeZone(zone.toLowerCase()), zone.toLowerCase()).toBe(false);
      expect(isTimeZone(zone.toUpperCase()), zone.toUpperCase()).toBe(false);
    }
  });
});

describe("the offset of a zone", () => {
  it("is what the wall shows minus UTC, in any zone at any minute of 1973 to 2060", () => {
    const minute = fc.integer({ min: Date.UTC(1973, 0, 1) / 60_000, max: Date.UTC(2060, 0, 1) / 60_000 });
    for (const [index, zone] of zones.filter((_, each) => each % 8 === 0).entries()) {
      for (const at of fc.sample(minute, { seed: index, numRuns: 100 })) {
        const [ours, theirs] = [offsetMinutesAt(zone, at * 60_000), (wallAt(zone, at * 60_000) - at * 60_000) / 60_000];
        expect(ours, `${zone} ${iso(at * 60_000)}`).toBe(theirs);
      }
    }
  });

  it.each([
    { zone: "Europe/Berlin", lastAt: "2026-03-29T00:59:59.999Z", before: 60, after: 120 },
    { zone: "Europe/Berlin", lastAt: "2026-10-25T00:59:59.999Z", before: 120, after: 60 },
    { zone: "Europe/Dublin", lastAt: "2026-10-25T00:59:59.999Z", before: 60, after: 0 },
    { zone: "Africa/Casablanca", lastAt: "2026-02-15T01:59:59.999Z", before: 60, after: 0 },
    { zone: "Australia/Lord_Howe", lastAt: "2026-04-04T14:59:59.999Z", before: 660, after: 630 },
    { zone: "Pacific/Apia", lastAt: "2011-12-30T09:59:59.999Z", before: -600, after: 840 },
    { zone: "Pacific/Kwajalein", lastAt: "1993-08-21T11:59:59.999Z", before: -720, after: 720 },
    { zone: "America/Recife", lastAt: "2000-10-08T02:59:59.999Z", before: -180, after: -120 },
    { zone: "America/Recife", lastAt: "2000-10-15T01:59:59.999Z", before: -120, after: -180 },
    { zone: "America/Argentina/Tucuman", lastAt: "2004-06-13T03:59:59.999Z", before: -240, after: -180 },
  ])("in $zone changes right after $lastAt", ({ zone, lastAt, before, after }) => {
    expect([offsetMinutesAt(zone, Date.parse(lastAt)), offsetMinutesAt(zone, Date.parse(lastAt) + 1)]).toEqual([
      before,
      after,
    ]);
  });

  it("goes on unchanged outside 1970 to 2200, however wild the instant", () => {
    expect(offsetMinutesAt("Asia/Tokyo", 8.64e15)).toBe(540);
    expect(offsetMinutesAt("Asia/Tokyo", -8.64e15)).toBe(540);
  });

  it("of something that is no zone or no instant throws", () => {
    expect(() => offsetMinutesAt("Europe/Atlantis", 0)).toThrow(RangeError);
    expect(() => offsetMinutesAt("Europe/Berlin", Number.NaN)).toThrow(RangeError);
  });
});

describe("local time", () => {
  it("shows date, time and weekday on the zone's clock", () => {
    const at = Date.parse("2026-12-31T23:30:15Z");
    expect(localParts("Europe/Berlin", at)).toEqual({ year: 2027, month: 1, day: 1, hour: 0, minute: 30, weekday: 5 });
    expect(localParts("UTC", at)).toEqual({ year: 2026, month: 12, day: 31, hour: 23, minute: 30, weekday: 4 });
  });

  it("numbers local days from 1970-01-01 on", () => {
    expect(localDayAt("UTC", 0)).toBe(0);
    expect(localDayAt("America/New_York", 0)).toBe(-1);
    expect(localDayAt("Europe/Berlin", Date.parse("2026-11-22T23:00Z"))).toBe(Date.UTC(2026, 10, 23) / 86_400_000);
  });

  it.each([
    { zone: "Europe/Berlin", day: "2026-03-29", startsAt: "2026-03-28T23:00:00.000Z" },
    { zone: "Europe/Berlin", day: "2026-03-30", startsAt: "2026-03-29T22:00:00.000Z" },
    { zone: "America/Sao_Paulo", day: "2018-11-04", startsAt: "2018-11-04T03:00:00.000Z" },
    { zone: "Pacific/Apia", day: "2011-12-30", startsAt: "2011-12-30T10:00:00.000Z" },
    { zone: "Africa/Cairo", day: "2024-11-01", startsAt: "2024-10-31T22:00:00.000Z" },
  ])("in $zone the day $day begins at $startsAt", ({ zone, day, startsAt }) => {
    expect(iso(startOfLocalDay(zone, Date.parse(day) / 86_400_000))).toBe(startsAt);
  });

  it.each([
    { shown: "2026-03-29T01:59Z", at: "2026-03-29T00:59:00.000Z" },
    { shown: "2026-03-29T02:30Z", at: "2026-03-29T01:00:00.000Z" },
    { shown: "2026-03-29T03:00Z", at: "2026-03-29T01:00:00.000Z" },
    { shown: "2026-10-25T02:30Z", at: "2026-10-25T00:30:00.000Z" },
    { shown: "2026-10-25T03:00Z", at: "2026-10-25T02:00:00.000Z" },
  ])("in Berlin $shown is first shown at $at", ({ shown, at }) => {
    expect(iso(firstInstantShowing("Europe/Berlin", Date.parse(shown) / 60_000))).toBe(at);
  });
});
