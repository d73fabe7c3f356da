/**
 * Reads the time stamps OTC sends. The same service spells them with `Z`, with `+0800`, with `+00:00` or
 * without any zone, sometimes with stray spaces, so `Date.parse` is never asked: it reads a zone-less text
 * in the zone of the process. A text that is no time is `undefined`, never an exception: one odd row
 * must not cost a whole list.
 */

// The day may carry a surplus zero ("016"), as OTC's own client samples do.
const TIME =
  /^(?<year>\d{4})-(?<month>\d{2})-0?(?<day>\d{2})T?(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-]\d{2}:?\d{2})?$/i;

/** Beyond this no instant is plausible (year 2200); it also refuses microseconds mistaken for milliseconds. */
const LATEST_AT = 7_258_118_400_000;

/**
 * Epoch milliseconds of an OTC time stamp, or `undefined` when there is none to be read.
 * A text without a zone is UTC; a number is taken as epoch milliseconds (restore times).
 * @see https://docs.otc.t-systems.com/relational-database-service/api-ref/ (backups, restore time)
 */
export function parseOtcTime(value: unknown): number | undefined {
  if (typeof value === "number")
    return Number.isSafeInteger(value) && value > 0 && value < LATEST_AT ? value : undefined;
  if (typeof value !== "string" || value.length > 64) return undefined;
  const text = value.replace(/\s+/g, "");
  if (/^\d{13}$/.test(text)) return parseOtcTime(Number(text));
  const parts = TIME.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)];
  const [hour, minute, second] = [Number(parts.hour), Number(parts.minute), Number(parts.second)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = Date.UTC(year, month - 1, day);
  if (new Date(date).getUTCDate() !== day || month < 1 || month > 12) return undefined;
  const fractionMs = Number((parts.fraction ?? "").padEnd(3, "0").slice(0, 3));
  const offsetMinutes = parseOffsetMinutes(parts.zone);
  if (offsetMinutes === undefined) return undefined;
  return date + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + fractionMs;
}

function parseOffsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === "Z" || zone === "z") return 0;
  const digits = zone.slice(1).replace(":", "");
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
