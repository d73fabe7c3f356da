// Cron expressions for property tests: text together with a judgement of its own, made from the structure the text was
// written from. Nothing here parses text, so that it cannot share a mistake with the parser.

import fc from "fast-check";

export interface FieldSample {
  readonly text: string;
  /** Whether a value of the calendar (Sunday = 0) is named. */
  readonly names: (value: number) => boolean;
}

export interface CronSample {
  readonly text: string;
  readonly minute: FieldSample;
  readonly hour: FieldSample;
  readonly dayOfMonth: FieldSample;
  readonly month: FieldSample;
  readonly dayOfWeek: FieldSample;
}

export interface FieldShape {
  readonly min: number;
  readonly max: number;
  readonly size: number;
  readonly words: readonly string[];
}

export const shapes = {
  minute: { min: 0, max: 59, size: 60, words: [] },
  hour: { min: 0, max: 23, size: 24, words: [] },
  dayOfMonth: { min: 1, max: 31, size: 31, words: [] },
  month: { min: 1, max: 12, size: 12, words: "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ") },
  dayOfWeek: { min: 0, max: 7, size: 7, words: "SUN MON TUE WED THU FRI SAT".split(" ") },
} as const;

/** 7 as a word is SUN, which only the end of a range may be. */
function written(
  shape: FieldShape,
  value: number,
  style: { isWord: boolean; isEnd: boolean; isLower: boolean },
): string {
  const word = shape.words[value - shape.min] ?? (style.isEnd ? shape.words[0] : undefined);
  if (!style.isWord || word === undefined || (style.isEnd && value === shape.min)) return String(value);
  return style.isLower ? word.toLowerCase() : word;
}

function itemArbitrary(shape: FieldShape): fc.Arbitrary<FieldSample> {
  const value = fc.integer({ min: shape.min, max: shape.max });
  const step = fc.integer({ min: 1, max: shape.size });
  const style = fc.record({ isWord: fc.boolean(), isLower: fc.boolean() });
  const single = fc.tuple(value, style).map(([a, s]) => ({
    text: written(shape, a, { ...s, isEnd: false }),
    names: (v: number) => v === a,
  }));
  const range = fc.tuple(value, value, style, fc.option(step)).map(([x, y, s, n]) => {
    const [a, b] = [Math.min(x, y), Math.max(x, y)];
    const text = `${written(shape, a, { ...s, isEnd: false })}-${written(shape, b, { ...s, isEnd: true })}`;
    return {
      text: n === null ? text : `${text}/${n}`,
      names: (v: number) => v >= a && v <= b && (v - a) % (n ?? 1) === 0,
    };
  });
  const star = fc.constant({ text: "*", names: (v: number) => v < shape.min + shape.size });
  const starStep = step.map((n) => ({
    text: `*/${n}`,
    names: (v: number) => v < shape.min + shape.size && (v - shape.min) % n === 0,
  }));
  return fc.oneof({ weight: 4, arbitrary: single }, { weight: 3, arbitrary: range }, star, starStep);
}

/** A field of one to three items. For the day of week 7 is judged as 0. */
export function fieldArbitrary(shape: FieldShape): fc.Arbitrary<FieldSample> {
  return fc.array(itemArbitrary(shape), { minLength: 1, maxLength: 3 }).map((items) => ({
    text: items.map((item) => item.text).join(","),
    names: (value) => items.some((item) => item.names(value) || (shape.max === 7 && value === 0 && item.names(7))),
  }));
}

/** Days are mostly free and hours mostly small, where clocks change, so that a window of a day or two has slots. */
export function cronArbitrary(): fc.Arbitrary<CronSample> {
  const free: FieldSample = { text: "*", names: () => true };
  const small = { ...shapes.hour, max: 4, size: 5 };
  const mostlyFree = (shape: FieldShape) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(free) }, { weight: 1, arbitrary: fieldArbitrary(shape) });
  const hour = fc.oneof(
    fieldArbitrary(shapes.hour),
    fieldArbitrary({ ...small }).filter((f) => !f.text.includes("*")),
  );
  return fc
    .record({
      minute: fieldArbitrary(shapes.minute),
      hour,
      dayOfMonth: mostlyFree(shapes.dayOfMonth),
      month: fc.oneof({ weight: 9, arbitrary: fc.constant(free) }, fieldArbitrary(shapes.month)),
      dayOfWeek: mostlyFree(shapes.dayOfWeek),
    })
    .map((f) => ({
      ...f,
      text: [f.minute, f.hour, f.dayOfMonth, f.month, f.dayOfWeek].map((field) => field.text).join(" "),
    }));
}
