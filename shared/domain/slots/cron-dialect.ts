// Expressions that are whole in another dialect (`@daily`, AWS's `cron(…)` and `rate(…)`, seconds or a year as a sixth
// field): recognised to name the five-field equivalent. Never accepted: what a row says must be what it means here.

import { type FieldKind, fieldKinds, parseField, weekdayWords } from "./cron-field.ts";

export interface Dialect {
  readonly message: string;
  /** Five fields that mean the same; absent when five fields cannot say it. */
  readonly equivalent?: string;
  /** The hint where there is no equivalent. */
  readonly otherwise: string;
}

const macros = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

const fiveFields = 'write five fields: minute, hour, day of month, month, day of week, such as "30 2 * * *"';
const awsMessage = "the six-field form of AWS is not used here";

/** Recognises a foreign dialect in a trimmed expression; undefined when it is none that we know. */
export function recogniseDialect(text: string): Dialect | undefined {
  if (text.startsWith("@")) return macro(text);
  const zone = /^(?:CRON_)?TZ=\S+\s+(.*)$/is.exec(text);
  if (zone !== null)
    return {
      message: "the expression carries a time zone",
      otherwise: `name the zone in its own field, and write ${JSON.stringify((zone[1] ?? "").slice(0, 100))} here`,
    };
  if (/^(?:rate|at)\s*\(/i.test(text))
    return { message: "rate(…) and at(…) of AWS are not used here", otherwise: fiveFields };
  const wrapped = /^cron\s*\((.*)\)$/is.exec(text);
  const fields = (wrapped?.[1] ?? text).trim().split(/\s+/);
  if (wrapped !== null && fields.length === 5)
    return { message: "cron(…) is not used here", equivalent: fields.join(" "), otherwise: fiveFields };
  if (fields.length !== 6) return undefined;
  const isAws = wrapped !== null || fields[2] === "?" || fields[4] === "?";
  return isAws
    ? aws(fields)
    : { message: "the expression has six fields", otherwise: `${fiveFields}; there are no seconds and no year` };
}

function macro(text: string): Dialect {
  const equivalent = macros.get(text.toLowerCase());
  const message = `${JSON.stringify(text.slice(0, 40))} is a short form, which is not used here`;
  return equivalent === undefined ? { message, otherwise: fiveFields } : { message, equivalent, otherwise: fiveFields };
}

/** AWS: minute, hour, day of month, month, day of week (1 = SUN), year; one of the two days is `?`. */
function aws(fields: readonly string[]): Dialect {
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = fields;
  if (/[LW#]/i.test(dayOfMonth) || /#|\dL|^L$/i.test(dayOfWeek)) {
    return { message: awsMessage, otherwise: `${fiveFields}; L, W and # cannot be said in them` };
  }
  const isRestricted = (field: string) => field !== "?" && field !== "*";
  if (isRestricted(dayOfMonth) && isRestricted(dayOfWeek)) return { message: awsMessage, otherwise: fiveFields };
  const equivalent = [
    withRanges(fieldKinds.minute, minute),
    withRanges(fieldKinds.hour, hour),
    withRanges(fieldKinds.dayOfMonth, dayOfMonth),
    withRanges(fieldKinds.month, month),
    weekdays(dayOfWeek),
  ].join(" ");
  if (year !== "*")
    return {
      message: awsMessage,
      otherwise: `five fields cannot name a year; for every year write ${JSON.stringify(equivalent.slice(0, 100))}`,
    };
  return { message: awsMessage, equivalent, otherwise: fiveFields };
}

/** `0/15` means "from 0 in steps of 15" in AWS; here it takes a range. */
function withRanges(kind: FieldKind, text: string): string {
  if (text === "?") return "*";
  const last = kind.min + kind.size - 1;
  return text
    .split(",")
    .map((item) => item.replace(/^([^-/*]+)\/(.+)$/, `$1-${last}/$2`))
    .join(",");
}

/** AWS counts weekdays from 1 = SUN: shown by name, so that nobody needs to know who counts how. */
function weekdays(text: string): string {
  if (text === "?") return "*";
  return text.split(",").map(weekdayItem).join(",");
}

function weekdayItem(item: string): string {
  const [, firstText = "", lastText, stepText] = /^([^-/]+)(?:-([^-/]+))?(?:\/(.+))?$/.exec(item) ?? [];
  if (firstText === "" || firstText === "*") return item;
  const first = weekdayWord(firstText);
  const last = lastText === undefined ? (stepText === undefined ? first : "SAT") : weekdayWord(lastText);
  if (stepText === undefined) return first === last ? first : `${first}-${last}`;
  const parsed = parseField(fieldKinds.dayOfWeek, `${first}-${last}/${stepText}`);
  return parsed.ok ? parsed.values.map((value) => weekdayWords[value] ?? "").join(",") : item;
}

function weekdayWord(text: string): string {
  return /^[1-7]$/.test(text) ? (weekdayWords[Number(text) - 1] ?? text) : text.toUpperCase();
}
