// One field of a cron expression: text to the values it names, or the first thing wrong with it and how to write it.
// What the five fields mean together is cron.ts; foreign dialects of whole expressions are cron-dialect.ts.

/** What is wrong with an expression, and what to write instead. Both fit for any output. */
export interface CronProblem {
  readonly message: string;
  readonly hint: string;
}

export interface FieldKind {
  readonly name: string;
  readonly min: number;
  /** The largest number that may be written: 7 for the day of week, where it is Sunday again. */
  readonly max: number;
  /** How many different values there are; no step may be larger. */
  readonly size: number;
  /** Words for the numbers from `min` on. */
  readonly words: readonly string[];
}

export const weekdayWords = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;
const monthWords = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;

export const fieldKinds = {
  minute: { name: "minute", min: 0, max: 59, size: 60, words: [] },
  hour: { name: "hour", min: 0, max: 23, size: 24, words: [] },
  dayOfMonth: { name: "day of month", min: 1, max: 31, size: 31, words: [] },
  month: { name: "month", min: 1, max: 12, size: 12, words: monthWords },
  dayOfWeek: { name: "day of week", min: 0, max: 7, size: 7, words: weekdayWords },
} as const satisfies Record<string, FieldKind>;

/** Ascending and without duplicates; Sunday is 0. */
export type FieldParse =
  | { readonly ok: true; readonly values: readonly number[] }
  | { readonly ok: false; readonly problem: CronProblem };

type ItemParse =
  | { readonly ok: true; readonly first: number; readonly last: number; readonly step: number }
  | { readonly ok: false; readonly problem: CronProblem };

/** Reads one field: a comma-separated list of stars, values and ascending ranges, stars and ranges with an optional step. */
export function parseField(kind: FieldKind, text: string): FieldParse {
  const named = new Set<number>();
  for (const itemText of text.split(",")) {
    const item = parseItem(kind, itemText, text);
    if (!item.ok) return item;
    for (let value = item.first; value <= item.last; value += item.step) named.add(canonical(kind, value));
  }
  return { ok: true, values: [...named].sort((a, b) => a - b) };
}

/** Text of strangers, short and with control characters escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

function parseItem(kind: FieldKind, text: string, fieldText: string): ItemParse {
  if (text === "")
    return refused(
      `${kind.name} ${quoted(fieldText)} has an empty item`,
      "remove the comma that has nothing beside it",
    );
  const special = specialCharacter(kind, text);
  if (special !== undefined) return { ok: false, problem: special };
  const [base = "", stepText, ...more] = text.split("/");
  if (more.length > 0) return refused(`${kind.name} ${quoted(text)} has two steps`, `write one, such as "*/2"`);
  const range = base === "*" ? wholeRange(kind) : parseRange(kind, base, stepText);
  if (!range.ok || stepText === undefined) return range;
  if (!/^\d+$/.test(stepText))
    return refused(
      `the step in ${kind.name} ${quoted(text)} is not a whole number`,
      `write a step from 1 to ${kind.size}`,
    );
  const step = Number(stepText);
  if (step === 0 || step > kind.size)
    return refused(
      `the step in ${kind.name} ${quoted(text)} is outside 1-${kind.size}`,
      `write a step from 1 to ${kind.size}`,
    );
  return { ...range, step };
}

function wholeRange(kind: FieldKind): ItemParse {
  return { ok: true, first: kind.min, last: kind.min + kind.size - 1, step: 1 };
}

function parseRange(kind: FieldKind, text: string, stepText: string | undefined): ItemParse {
  const [firstText = "", lastText, ...more] = text.split("-");
  if (more.length > 0 || (lastText !== undefined && (firstText === "" || lastText === ""))) {
    return refused(
      `${kind.name} ${quoted(text)} is no range`,
      `write two values with one "-" between them, such as "${kind.min}-${kind.min + 2}"`,
    );
  }
  const first = parseValue(kind, firstText);
  if (typeof first !== "number") return { ok: false, problem: first };
  if (lastText === undefined) {
    if (stepText === undefined) return { ok: true, first, last: first, step: 1 };
    const hint = `write ${quoted(`${firstText}-${kind.min + kind.size - 1}/${stepText}`)}`;
    return refused(`${kind.name} ${quoted(`${text}/${stepText}`)} has a step but no range`, hint);
  }
  const last = parseValue(kind, lastText);
  if (typeof last !== "number") return { ok: false, problem: last };
  const isSundayEnd = kind === fieldKinds.dayOfWeek && /^sun$/i.test(lastText);
  const end = isSundayEnd ? 7 : last;
  if (first > end) return { ok: false, problem: descending(kind, { text, first, last: end, stepText }) };
  return { ok: true, first, last: end, step: 1 };
}

function parseValue(kind: FieldKind, text: string): number | CronProblem {
  const word = kind.words.indexOf(text.toUpperCase());
  if (word >= 0) return kind.min + word;
  if (!/^\d+$/.test(text)) return notAValue(kind, text);
  const value = Number(text);
  if (value >= kind.min && value <= kind.max) return value;
  const isMidnight = kind === fieldKinds.hour && value === 24;
  const hint = isMidnight ? `write "0" for midnight` : `write a number from ${kind.min} to ${kind.max}`;
  return { message: `${kind.name} ${quoted(text)} is outside ${kind.min}-${kind.max}`, hint };
}

function notAValue(kind: FieldKind, text: string): CronProblem {
  const short = kind.words.find((word) => text.length > 3 && text.toUpperCase().startsWith(word));
  const words = kind.words.length > 0 ? ` or a name from ${kind.words.at(0)} to ${kind.words.at(-1)}` : "";
  const hint = short === undefined ? `write a number from ${kind.min} to ${kind.max}${words}` : `write "${short}"`;
  return { message: `${kind.name} ${quoted(text)} is not a value of this field`, hint };
}

/** Marks of other cron dialects: `?`, `L`, `W`, `#`. What they ask for mostly cannot be said in five fields. */
function specialCharacter(kind: FieldKind, text: string): CronProblem | undefined {
  const message = (mark: string) => `${kind.name} ${quoted(text)} uses "${mark}", which this cron does not have`;
  if (text.includes("?")) return { message: message("?"), hint: `write "*"` };
  if (text.includes("#"))
    return {
      message: message("#"),
      hint: `the n-th weekday of a month cannot be said: name the weekday alone, such as "MON"`,
    };
  if (/^(?:L|L-?\d+|LW|WL|\d+L|[A-Z]{3}L)$/i.test(text)) {
    const hint =
      kind === fieldKinds.dayOfWeek
        ? `write the weekday alone, such as "FRI"`
        : `write "28", the last day that every month has`;
    return { message: message("L"), hint };
  }
  if (/^(?:W|\d+W|W\d+)$/i.test(text))
    return { message: message("W"), hint: `write "*" here and "MON-FRI" as the day of week for every working day` };
  return undefined;
}

/** `22-2` → "22-23,0-2"; with a step, the values it would name one by one. */
function descending(
  kind: FieldKind,
  range: { text: string; first: number; last: number; stepText: string | undefined },
): CronProblem {
  const { text, first, last } = range;
  const top = kind.min + kind.size - 1;
  const step = /^[1-9]\d*$/.test(range.stepText ?? "") ? Number(range.stepText) : 1;
  const show = (value: number) =>
    /[a-z]/i.test(text) ? (kind.words[value - kind.min] ?? String(value)) : String(value);
  const span = (from: number, to: number) => (from === to ? show(from) : `${show(from)}-${show(to)}`);
  const message = `${kind.name} ${quoted(text)} is a descending range`;
  if (first > top) return { message, hint: `write "${span(kind.min, last)}"` };
  if (step === 1) return { message, hint: `write "${span(first, top)},${span(kind.min, last)}"` };
  const values: string[] = [];
  for (let value = first; value <= last + kind.size; value += step)
    values.push(show(value > top ? value - kind.size : value));
  return { message, hint: `write "${values.join(",")}"` };
}

function canonical(kind: FieldKind, value: number): number {
  return kind === fieldKinds.dayOfWeek && value === 7 ? 0 : value;
}

function refused(message: string, hint: string): { readonly ok: false; readonly problem: CronProblem } {
  return { ok: false, problem: { message, hint } };
}
