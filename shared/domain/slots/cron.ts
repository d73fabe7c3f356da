// A schedule's cron expression: five fields of text to sets of numbers, or everything that is wrong with it.
// Accepts little on purpose: what two cron dialects read differently is refused with the way to write it.

import { recogniseDialect } from "./cron-dialect.ts";
import { type CronProblem, fieldKinds, parseField } from "./cron-field.ts";

export type { CronProblem } from "./cron-field.ts";

/** Values are ascending and without duplicates; Sunday is 0. */
export interface Cron {
  /** The five fields with single spaces between them. */
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  readonly daysOfWeek: readonly number[];
  /** The hour field begins with `*`: real instants are counted, not nominal ones. */
  readonly hourIsWildcard: boolean;
  /** Day of month and day of week are both restricted (neither begins with `*`), so that either one suffices. */
  readonly eitherDayMatches: boolean;
}

export type CronParse =
  | { readonly ok: true; readonly cron: Cron }
  | { readonly ok: false; readonly problems: CronProblem[] };

/** Every list of all values in every field is shorter; what is longer was not written by hand. */
const maxLength = 500;

/** Reads a five-field expression. Names the first problem of every field at once. */
export function parseCron(text: string): CronParse {
  const trimmed = text.trim();
  if (trimmed === "")
    return refused("the expression is empty", 'write five fields, such as "30 2 * * *" for 02:30 every day');
  if (trimmed.length > maxLength)
    return refused(
      `the expression has more than ${maxLength} characters`,
      "use ranges and steps instead of long lists",
    );
  const dialect = recogniseDialect(trimmed);
  if (dialect !== undefined) {
    if (dialect.equivalent === undefined) return refused(dialect.message, dialect.otherwise);
    const equivalent = parseFields(dialect.equivalent.split(" "));
    if (equivalent.ok) return refused(dialect.message, `write "${dialect.equivalent}"`);
    return { ok: false, problems: [{ message: dialect.message, hint: dialect.otherwise }, ...equivalent.problems] };
  }
  const fields = trimmed.split(/\s+/);
  if (fields.length === 5) return parseFields(fields);
  const count = `the expression has ${fields.length} ${fields.length === 1 ? "field" : "fields"} instead of five`;
  return refused(count, 'write minute, hour, day of month, month and day of week, such as "30 2 * * *"');
}

function parseFields(fields: readonly string[]): CronParse {
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] = fields;
  const problems: CronProblem[] = [];
  const read = (kind: keyof typeof fieldKinds, text: string): readonly number[] => {
    const field = parseField(fieldKinds[kind], text);
    if (field.ok) return field.values;
    problems.push(field.problem);
    return [];
  };
  const cron: Cron = {
    text: fields.join(" "),
    minutes: read("minute", minute),
    hours: read("hour", hour),
    daysOfMonth: read("dayOfMonth", dayOfMonth),
    months: read("month", month),
    daysOfWeek: read("dayOfWeek", dayOfWeek),
    hourIsWildcard: hour.startsWith("*"),
    eitherDayMatches: !dayOfMonth.startsWith("*") && !dayOfWeek.startsWith("*"),
  };
  return problems.length === 0 ? { ok: true, cron } : { ok: false, problems };
}

function refused(message: string, hint: string): CronParse {
  return { ok: false, problems: [{ message, hint }] };
}
