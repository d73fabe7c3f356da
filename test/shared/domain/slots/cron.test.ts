import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cron, parseCron } from "../../../../shared/domain/slots/cron.ts";
import { type CronSample, fieldArbitrary, shapes } from "./cron-arbitrary.ts";

function cronOf(text: string): Cron {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  return parsed.cron;
}

function problemsOf(text: string): string[] {
  const parsed = parseCron(text);
  return parsed.ok ? [] : parsed.problems.map((problem) => `${problem.message} => ${problem.hint}`);
}

describe("a cron expression", () => {
  it.each([
    { text: "30 2 * * *", field: "minutes", values: [30] },
    { text: "05 02 * * *", field: "minutes", values: [5] },
    { text: "0,30,0 2 * * *", field: "minutes", values: [0, 30] },
    { text: "50-59/3 2 * * *", field: "minutes", values: [50, 53, 56, 59] },
    { text: "*/60 2 * * *", field: "minutes", values: [0] },
    { text: "0 */7 * * *", field: "hours", values: [0, 7, 14, 21] },
    { text: "0 22-23,0-2 * * *", field: "hours", values: [0, 1, 2, 22, 23] },
    { text: "0 2 */10 * *", field: "daysOfMonth", values: [1, 11, 21, 31] },
    { text: "0 2 * jan,Mar-5,12 *", field: "months", values: [1, 3, 4, 5, 12] },
    { text: "0 2 * * 0", field: "daysOfWeek", values: [0] },
    { text: "0 2 * * 7", field: "daysOfWeek", values: [0] },
    { text: "0 2 * * SUN,mon,3", field: "daysOfWeek", values: [0, 1, 3] },
    { text: "0 2 * * 5-7", field: "daysOfWeek", values: [0, 5, 6] },
    { text: "0 2 * * FRI-SUN", field: "daysOfWeek", values: [0, 5, 6] },
    { text: "0 2 * * SUN-TUE", field: "daysOfWeek", values: [0, 1, 2] },
    { text: "0 2 * * MON-SUN", field: "daysOfWeek", values: [0, 1, 2, 3, 4, 5, 6] },
    { text: "0 2 * * 0-7", field: "daysOfWeek", values: [0, 1, 2, 3, 4, 5, 6] },
    { text: "0 2 * * SUN-SUN", field: "daysOfWeek", values: [0, 1, 2, 3, 4, 5, 6] },
    { text: "0 2 * * 1-sun/2", field: "daysOfWeek", values: [0, 1, 3, 5] },
    { text: "0 2 * * */7", field: "daysOfWeek", values: [0] },
  ] as const)("'$text' names $values as its $field", ({ text, field, values }) => {
    expect(cronOf(text)[field]).toEqual(values);
  });

  it("may have tabs and several spaces between and around its fields", () => {
    expect(cronOf("\t 30  2 *\t* * ").text).toBe("30 2 * * *");
  });

  it.each([
    { text: "0 * * * *", isWildcard: true },
    { text: "0 */2 * * *", isWildcard: true },
    { text: "0 *,3 * * *", isWildcard: true },
    { text: "0 0-23 * * *", isWildcard: false },
    { text: "0 3,* * * *", isWildcard: false },
  ])("'$text' counts real hours: $isWildcard", ({ text, isWildcard }) => {
    expect(cronOf(text).hourIsWildcard).toBe(isWildcard);
  });

  it.each([
    { text: "0 2 13 * FRI", either: true },
    { text: "0 2 1-31 * 0-7", either: true },
    { text: "0 2 * * FRI", either: false },
    { text: "0 2 13 * *", either: false },
    { text: "0 2 */2 * FRI", either: false },
    { text: "0 2 13 * */2", either: false },
  ])("'$text' is content with either kind of day: $either", ({ text, either }) => {
    expect(cronOf(text).eitherDayMatches).toBe(either);
  });

  it("reads any written combination of items as what it was written from", () => {
    const fields = fc.record({
      minute: fieldArbitrary(shapes.minute),
      hour: fieldArbitrary(shapes.hour),
      dayOfMonth: fieldArbitrary(shapes.dayOfMonth),
      month: fieldArbitrary(shapes.month),
      dayOfWeek: fieldArbitrary(shapes.dayOfWeek),
    });
    const named = (field: CronSample["minute"], min: number, max: number) =>
      Array.from({ length: max - min + 1 }, (_, index) => min + index).filter(field.names);
    fc.assert(
      fc.property(fields, (f) => {
        const cron = cronOf(
          [f.minute, f.hour, f.dayOfMonth, f.month, f.dayOfWeek].map((field) => field.text).join(" "),
        );
        expect(cron.minutes).toEqual(named(f.minute, 0, 59));
        expect(cron.hours).toEqual(named(f.hour, 0, 23));
        expect(cron.daysOfMonth).toEqual(named(f.dayOfMonth, 1, 31));
        expect(cron.months).toEqual(named(f.month, 1, 12));
        expect(cron.daysOfWeek).toEqual(named(f.dayOfWeek, 0, 6));
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});

describe("a refused cron expression", () => {
  it.each([
    { text: "0 22-2 * * *", problem: 'hour "22-2" is a descending range => write "22-23,0-2"' },
    { text: "0 23-0 * * *", problem: 'hour "23-0" is a descending range => write "23,0"' },
    { text: "0 22-3/2 * * *", problem: 'hour "22-3" is a descending range => write "22,0,2"' },
    { text: "0 2 * * FRI-MON", problem: 'day of week "FRI-MON" is a descending range => write "FRI-SAT,SUN-MON"' },
    { text: "0 2 * * 7-2", problem: 'day of week "7-2" is a descending range => write "0-2"' },
    { text: "0 2 28-2 * *", problem: 'day of month "28-2" is a descending range => write "28-31,1-2"' },
    { text: "0 2 * nov-feb *", problem: 'month "nov-feb" is a descending range => write "NOV-DEC,JAN-FEB"' },
    { text: "0/15 2 * * *", problem: 'minute "0/15" has a step but no range => write "0-59/15"' },
    { text: "0 2 * * MON/2", problem: 'day of week "MON/2" has a step but no range => write "MON-6/2"' },
    { text: "*/0 2 * * *", problem: 'the step in minute "*/0" is outside 1-60 => write a step from 1 to 60' },
    { text: "*/61 2 * * *", problem: 'the step in minute "*/61" is outside 1-60 => write a step from 1 to 60' },
    { text: "0 1-5/25 * * *", problem: 'the step in hour "1-5/25" is outside 1-24 => write a step from 1 to 24' },
    { text: "0 2 * * */8", problem: 'the step in day of week "*/8" is outside 1-7 => write a step from 1 to 7' },
    { text: "*/x 2 * * *", problem: 'the step in minute "*/x" is not a whole number => write a step from 1 to 60' },
    { text: "*/2/3 2 * * *", problem: 'minute "*/2/3" has two steps => write one, such as "*/2"' },
    { text: "60 2 * * *", problem: 'minute "60" is outside 0-59 => write a number from 0 to 59' },
    { text: "0 24 * * *", problem: 'hour "24" is outside 0-23 => write "0" for midnight' },
    { text: "0 2 0 * *", problem: 'day of month "0" is outside 1-31 => write a number from 1 to 31' },
    { text: "0 2 * * 8", problem: 'day of week "8" is outside 0-7 => write a number from 0 to 7' },
    { text: "0 2 ? * MON", problem: 'day of month "?" uses "?", which this cron does not have => write "*"' },
    {
      text: "0 2 L * *",
      problem:
        'day of month "L" uses "L", which this cron does not have => write "28", the last day that every month has',
    },
    {
      text: "0 2 * * 5L",
      problem: 'day of week "5L" uses "L", which this cron does not have => write the weekday alone, such as "FRI"',
    },
    {
      text: "0 2 15W * *",
      problem:
        'day of month "15W" uses "W", which this cron does not have => write "*" here and "MON-FRI" as the day of week for every working day',
    },
    {
      text: "0 2 * * MON#1",
      problem:
        'day of week "MON#1" uses "#", which this cron does not have => the n-th weekday of a month cannot be said: name the weekday alone, such as "MON"',
    },
    { text: "0 2 * * Monday", problem: 'day of week "Monday" is not a value of this field => write "MON"' },
    {
      text: "0 2 * MON *",
      problem: 'month "MON" is not a value of this field => write a number from 1 to 12 or a name from JAN to DEC',
    },
    { text: "+5 2 * * *", problem: 'minute "+5" is not a value of this field => write a number from 0 to 59' },
    { text: "1.5 2 * * *", problem: 'minute "1.5" is not a value of this field => write a number from 0 to 59' },
    {
      text: "-5 2 * * *",
      problem: 'minute "-5" is no range => write two values with one "-" between them, such as "0-2"',
    },
    { text: "0,,5 2 * * *", problem: 'minute "0,,5" has an empty item => remove the comma that has nothing beside it' },
    { text: "0 2, * * *", problem: 'hour "2," has an empty item => remove the comma that has nothing beside it' },
    {
      text: "  ",
      problem: 'the expression is empty => write five fields, such as "30 2 * * *" for 02:30 every day',
    },
    {
      text: "30 2 * *",
      problem:
        'the expression has 4 fields instead of five => write minute, hour, day of month, month and day of week, such as "30 2 * * *"',
    },
    {
      text: `0 ${"2,".repeat(300)}2 * * *`,
      problem: "the expression has more than 500 characters => use ranges and steps instead of long lists",
    },
  ])("'$text' says what is wrong and what to write", ({ text, problem }) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it("names the first problem of every field at once", () => {
    expect(problemsOf("60 24 0 13 8,9").map((problem) => problem.split(" is ")[0])).toEqual([
      'minute "60"',
      'hour "24"',
      'day of month "0"',
      'month "13"',
      'day of week "8"',
    ]);
  });

  it("shows foreign text short and without control characters", () => {
    const [problem = ""] = problemsOf(`\u001b[31m${"9".repeat(100)} 2 * * *`);
    expect(problem).toContain('minute "\\u001b[31m9999');
    expect(problem.length).toBeLessThan(150);
  });

  it("of a descending range gets a hint that names exactly the values meant", () => {
    const shape = fc.constantFrom(
      { ...shapes.hour, field: "hours", write: (text: string) => `0 ${text} * * *` } as const,
      { ...shapes.dayOfMonth, field: "daysOfMonth", write: (text: string) => `0 0 ${text} * *` } as const,
      { ...shapes.month, field: "months", write: (text: string) => `0 0 * ${text} *` } as const,
      { ...shapes.dayOfWeek, max: 6, field: "daysOfWeek", write: (text: string) => `0 0 * * ${text}` } as const,
    );
    const arbitrary = shape.chain((s) =>
      fc.record({
        shape: fc.constant(s),
        last: fc.integer({ min: s.min, max: s.max - 1 }),
        first: fc.integer({ min: s.min + 1, max: s.max }),
        step: fc.integer({ min: 1, max: 4 }),
      }),
    );
    fc.assert(
      fc.property(arbitrary, ({ shape: s, first, last, step }) => {
        fc.pre(first > last);
        const [problem = ""] = problemsOf(s.write(`${first}-${last}${step === 1 ? "" : `/${step}`}`));
        const meant: number[] = [];
        for (let value = first; value <= last + s.size; value += step)
          meant.push(value > s.max ? value - s.size : value);
        const hint = /write "([^"]+)"$/.exec(problem)?.[1] ?? "";
        expect(cronOf(s.write(hint))[s.field]).toEqual(meant.sort((a, b) => a - b));
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  it("never throws and always gives message and hint, whatever was typed", () => {
    const piece = fc.constantFrom(
      "*",
      "/",
      "-",
      ",",
      "?",
      "L",
      "W",
      "#",
      "0",
      "7",
      "22",
      "60",
      "SUN",
      "jan",
      " ",
      "  ",
      "@",
      "cron(",
      ")",
      "🙂",
      "\u0000",
    );
    const typed = fc.oneof(
      fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const parsed = parseCron(text);
        if (parsed.ok) return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const problem of parsed.problems) {
          expect(problem.message).not.toBe("");
          expect(problem.hint).not.toBe("");
        }
      }),
      { seed: 7, numRuns: 3000 },
    );
  });
});
