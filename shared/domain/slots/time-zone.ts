// Time zones as policies name them, and what a zone's clock shows at an instant. Knows nothing of cron.
// The transitions themselves come from zone-timeline.ts.

import { offsetPeriods, periodIndexAt } from "./zone-timeline.ts";

const minuteMs = 60_000;
const dayMinutes = 1440;

/** What the clock and the calendar on the wall show. `month` 1–12, `weekday` 0 = Sunday to 6. */
export interface LocalParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: number;
}

let canonicalNames: ReadonlySet<string> | undefined;
/** Listed when a zone is first asked for: milliseconds that a process without zones never spends. */
function isCanonical(zone: string): boolean {
  canonicalNames ??= new Set(Intl.supportedValuesOf("timeZone"));
  return canonicalNames.has(zone);
}

/** Links (old or second names) that are not plain capitalised words. Intl resolves them in any case, so we must know it. */
const oddlyWrittenLinks = new Set(
  `America/Argentina/ComodRivadavia America/Knox_IN Australia/ACT Australia/LHI Australia/NSW Brazil/DeNoronha
  Chile/EasterIsland Etc/GMT Etc/GMT0 Etc/GMT+0 Etc/GMT-0 Etc/GMT+1 Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6
  Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12 Etc/GMT-1 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5
  Etc/GMT-6 Etc/GMT-7 Etc/GMT-8 Etc/GMT-9 Etc/GMT-10 Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/UCT Etc/UTC
  Mexico/BajaNorte Mexico/BajaSur US/Alaska US/Aleutian US/Arizona US/Central US/East-Indiana US/Eastern US/Hawaii
  US/Indiana-Starke US/Michigan US/Mountain US/Pacific US/Samoa`.split(/\s+/),
);
const oddlyWrittenInLowerCase = new Set([...oddlyWrittenLinks].map((name) => name.toLowerCase()));
const plainWords = /^[A-Z][a-z]+(?:\/[A-Z][a-z]+(?:_[A-Z][a-z]+)*){1,2}$/;

/**
 * Whether a policy may name this zone: `UTC`, or an IANA name with a slash in exactly its own upper and lower case
 * (links such as Asia/Kolkata included) that the runtime knows. Offsets, abbreviations and "" are no zones.
 */
export function isTimeZone(zone: string): boolean {
  if (zone === "UTC" || isCanonical(zone)) return true;
  if (zone.startsWith("SystemV/")) return false; // names of ICU's own, IANA dropped them
  if (!/^[A-Za-z0-9+_-]{1,20}(?:\/[A-Za-z0-9+_-]{1,20}){1,2}$/.test(zone)) return false;
  const canonical = canonicalNameOf(zone);
  if (canonical === undefined) return false;
  if (canonical.toLowerCase() === zone.toLowerCase()) return canonical === zone;
  if (oddlyWrittenInLowerCase.has(zone.toLowerCase())) return oddlyWrittenLinks.has(zone);
  return plainWords.test(zone);
}

/** Minutes that the zone's clock is ahead of UTC (negative: behind). Throws RangeError for an unknown zone. */
export function offsetMinutesAt(zone: string, at: number): number {
  const minute = Math.floor(at / minuteMs);
  const periods = offsetPeriods(zone, minute, minute);
  return periods[periodIndexAt(periods, minute)]?.offsetMinutes ?? 0;
}

/** Date, time and weekday on the zone's clock. Throws RangeError for an unknown zone. */
export function localParts(zone: string, at: number): LocalParts {
  const shown = new Date((Math.floor(at / minuteMs) + offsetMinutesAt(zone, at)) * minuteMs);
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    weekday: shown.getUTCDay(),
  };
}

/** The local calendar day as a number: days since 1970-01-01, so that neighbours differ by one and Thursday is 0 mod 7. */
export function localDayAt(zone: string, at: number): number {
  return Math.floor((Math.floor(at / minuteMs) + offsetMinutesAt(zone, at)) / dayMinutes);
}

/** The instant at which a local calendar day begins: 00:00, or what follows the gap where the clock skips it. */
export function startOfLocalDay(zone: string, localDay: number): number {
  return firstInstantShowing(zone, localDay * dayMinutes);
}

/**
 * The first instant at which the zone's clock shows this local minute (minutes since 1970-01-01 00:00 on that clock);
 * the first instant after the gap when it never does.
 */
export function firstInstantShowing(zone: string, localMinute: number): number {
  const periods = offsetPeriods(zone, localMinute, localMinute);
  const period = periods.find((candidate) => localMinute < candidate.endMinute + candidate.offsetMinutes);
  if (period === undefined) throw new RangeError(`no instant shows local minute ${localMinute} in ${zone}`);
  return Math.max(period.startMinute, localMinute - period.offsetMinutes) * minuteMs;
}

function canonicalNameOf(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined; // RangeError is Intl's only way to say that it does not know a zone
  }
}
