// The clock of an IANA zone as a list of periods of constant offset, read from Intl once and remembered per zone.
// All arithmetic is in whole minutes: `minute` counts UTC minutes since 1970, `localMinute` the same on the zone's clock.
// Which zone names we accept is decided in time-zone.ts.

const minuteMs = 60_000;
const dayMinutes = 1440;

/** The zone's clock shows `minute + offsetMinutes` for every `minute` in [startMinute, endMinute). */
export interface OffsetPeriod {
  readonly startMinute: number;
  readonly endMinute: number;
  readonly offsetMinutes: number;
  /** The local minute shown right before this period: the latest ever, since changes are days apart and jumps are not. */
  readonly shownBefore: number;
}

interface Timeline {
  readonly fromMinute: number;
  readonly untilMinute: number;
  readonly periods: readonly OffsetPeriod[];
}

/** Outside these years the nearest known offset goes on: nobody schedules there, and a wild instant must stay cheap. */
const earliestMinute = Date.UTC(1970, 0, 1) / minuteMs;
const latestMinute = Date.UTC(2200, 0, 1) / minuteMs;
const initial = { fromMinute: Date.UTC(2005, 0, 1) / minuteMs, untilMinute: Date.UTC(2046, 0, 1) / minuteMs };

/** No two changes of any zone since 1970 are closer than seven days, so looking every three misses none. */
const sampleMinutes = 3 * dayMinutes;
/** No clock ever jumped by more than a day: so much context makes the edges of what is asked for exact. */
const contextMinutes = 3 * dayMinutes;
const growthMinutes = 3653 * dayMinutes;

const timelines = new Map<string, Timeline>();

/**
 * The periods of a zone, correct around every minute in [fromMinute, untilMinute]. The first begins and the last ends
 * at infinity. Throws RangeError for a zone the runtime does not know and for instants that are not numbers.
 */
export function offsetPeriods(zone: string, fromMinute: number, untilMinute: number): readonly OffsetPeriod[] {
  if (Number.isNaN(fromMinute + untilMinute)) throw new RangeError("an instant must be a number");
  const from = Math.min(Math.max(fromMinute - contextMinutes, earliestMinute), latestMinute);
  const until = Math.min(Math.max(untilMinute + contextMinutes, earliestMinute), latestMinute);
  const known = timelines.get(zone);
  if (known !== undefined && known.fromMinute <= from && until <= known.untilMinute) return known.periods;
  const built = buildTimeline(zone, grown(known ?? initial, from, until));
  timelines.set(zone, built);
  return built.periods;
}

/** Index of the period that holds a minute. */
export function periodIndexAt(periods: readonly OffsetPeriod[], minute: number): number {
  let low = 0;
  let high = periods.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((periods[middle]?.startMinute ?? Infinity) <= minute) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What is known already, widened in steps of a decade so that a walk into the future does not rebuild each time. */
function grown(known: { fromMinute: number; untilMinute: number }, from: number, until: number) {
  const fromMinute = from >= known.fromMinute ? known.fromMinute : Math.max(from - growthMinutes, earliestMinute);
  const untilMinute = until <= known.untilMinute ? known.untilMinute : Math.min(until + growthMinutes, latestMinute);
  return { fromMinute, untilMinute };
}

function buildTimeline(zone: string, span: { fromMinute: number; untilMinute: number }): Timeline {
  const offsetAt = offsetReader(zone);
  const periods: OffsetPeriod[] = [];
  let open = { startMinute: -Infinity, offsetMinutes: offsetAt(span.fromMinute), shownBefore: -Infinity };
  let checkedMinute = span.fromMinute;
  while (checkedMinute < span.untilMinute) {
    const sample = Math.min(checkedMinute + sampleMinutes, span.untilMinute);
    if (offsetAt(sample) === open.offsetMinutes) {
      checkedMinute = sample;
      continue;
    }
    const endMinute = firstChange(offsetAt, checkedMinute, sample);
    periods.push({ ...open, endMinute });
    open = {
      startMinute: endMinute,
      offsetMinutes: offsetAt(endMinute),
      shownBefore: endMinute - 1 + open.offsetMinutes,
    };
    checkedMinute = endMinute;
  }
  periods.push({ ...open, endMinute: Infinity });
  return { ...span, periods };
}

/** The first minute in (same, changed] whose offset is another than at `same`; the two ends must differ. */
function firstChange(offsetAt: (minute: number) => number, same: number, changed: number): number {
  const offset = offsetAt(same);
  let low = same;
  let high = changed;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

/** Reads "GMT", "GMT-03:30" or (before 1972) "GMT-00:44:30" at the end of what Intl writes; seconds are rounded away. */
function offsetReader(zone: string): (minute: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  return (minute) => {
    const text = format.format(minute * minuteMs);
    const found = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
    if (found === null) throw new RangeError(`Intl gives no offset for ${zone}: ${text}`);
    const [, sign, hours = "0", minutes = "0", seconds = "0"] = found;
    const size = Number(hours) * 60 + Number(minutes) + Math.round(Number(seconds) / 60);
    return sign === "-" ? 0 - size : size;
  };
}
