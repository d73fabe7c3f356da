/**
 * The shapes in which OTC has been seen to write an instant. Each place of the API has its own knob (see knobs.ts).
 * Deliberately only writes; what clients send is read by `parseQueryTime`.
 */

export const TIME_FORMATS = [
  "zoneless",
  "+0000",
  "+0200",
  "+0800",
  "+00:00",
  "Z",
  "Z-micros",
  "spaced",
  "epoch",
  "garbage",
] as const;

export type TimeFormat = (typeof TIME_FORMATS)[number];

const HOUR_MS = 3_600_000;

function seconds(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}

/** `at` in one of the documented shapes; `epoch` is a number of milliseconds, `garbage` an impossible date as seen in samples. */
export function formatTime(at: number, format: TimeFormat): string | number {
  switch (format) {
    case "zoneless":
      return seconds(at);
    case "+0000":
      return `${seconds(at)}+0000`;
    case "+0200":
      return `${seconds(at + 2 * HOUR_MS)}+0200`;
    case "+0800":
      return `${seconds(at + 8 * HOUR_MS)}+0800`;
    case "+00:00":
      return `${seconds(at)}+00:00`;
    case "Z":
      return `${seconds(at)}Z`;
    case "Z-micros":
      return formatMicros(at);
    case "spaced":
      return `${seconds(at).replaceAll("-", " - ").replace("T", " T").replaceAll(":", ": ")} + 0000`;
    case "epoch":
      return at;
    case "garbage":
      return `${seconds(at).replace(/-(\d\d)T/, "-0$1T")}+0800`;
  }
}

/** IAM's form: microseconds and `Z`. */
export function formatMicros(at: number): string {
  return new Date(at).toISOString().replace("Z", "000Z");
}

/** A query parameter `yyyy-mm-ddThh:mm:ss` followed by `Z` or an offset; undefined when it is anything else. */
export function parseQueryTime(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z|[+-]\d\d:?\d\d)$/.exec(text);
  if (match === null) return undefined;
  const offset = match[2] === "Z" ? "Z" : `${match[2]?.slice(0, 3)}:${match[2]?.slice(-2)}`;
  const at = Date.parse(`${match[1]}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}
