import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { parsePolicy } from "../../../shared/policies/parse-policy.ts";
import { aRow, now } from "./a-row.ts";

/** What stands in the row, then of the problem: field, part of the message, part of the remedy. */
type Case = [changes: Record<string, unknown>, field: string, message: string, remedy: string];

function expectProblem([changes, field, message, remedy]: Case): void {
  const parse = parsePolicy(aRow(changes), now);
  const problems = parse.ok ? [] : parse.problems.filter((p) => p.level === "problem");
  expect(problems.map((p) => p.field)).toContain(field);
  const problem = problems.find((p) => p.field === field);
  expect(problem?.message).toContain(message);
  expect(problem?.remedy).toContain(remedy);
}

function refuses(about: string, cases: readonly Case[]): void {
  describe(about, () => {
    for (const row of cases) {
      const shown = inspect(row[0], { maxArrayLength: 2, maxStringLength: 40, breakLength: Number.POSITIVE_INFINITY });
      test(`${shown} is a problem of ${row[1]}`, () => expectProblem(row));
    }
  });
}

refuses("identity and target", [
  [{ policyId: undefined }, "policyId", "missing", "orders-nightly"],
  [{ policyId: "" }, "policyId", "blank", "orders-nightly"],
  [{ policyId: null }, "policyId", "null", "new row"],
  [{ policyId: "Orders" }, "policyId", "lower-case", "new row"],
  [{ policyId: " orders" }, "policyId", "3 to 32", "new row"],
  [{ policyId: "orders-" }, "policyId", "no - last", "new row"],
  [{ policyId: "a".repeat(33) }, "policyId", "3 to 32", "new row"],
  [{ policyId: "orders\n" }, "policyId", "3 to 32", "new row"],
  [{ policyId: "оrders-nightly" }, "policyId", "3 to 32", "new row"],
  [{ policyId: 7 }, "policyId", "a number", "new row"],
  [{ account: null }, "account", "missing", "secret"],
  [{ account: "  " }, "account", "blank", "secret"],
  [{ account: "Production" }, "account", "lower-case", "secret"],
  [{ account: 12 }, "account", "is a number", "quotes"],
  [{ account: "p/../q" }, "account", "lower-case", "secret"],
  [{ instanceIds: [undefined] }, "instanceIds[0]", "nothing", "OTC console"],
  [{ instanceIds: null }, "instanceIds", "missing, and so is selector", "instanceIds or selector"],
  [{ instanceIds: [] }, "instanceIds", "at least one", "list"],
  [{ instanceIds: "" }, "instanceIds", "blank", "list"],
  [{ instanceIds: "a1,b2" }, "instanceIds", "is text", "one entry each"],
  [{ instanceIds: "a1\nb2" }, "instanceIds", "is text", "one entry each"],
  [{ instanceIds: "a1 b2" }, "instanceIds[0]", "instance id", "OTC console"],
  [{ instanceIds: ["a1", "b/2"] }, "instanceIds[1]", "instance id", "OTC console"],
  [{ instanceIds: ["a1", ""] }, "instanceIds[1]", "blank", "OTC console"],
  [{ instanceIds: ["a1", null] }, "instanceIds[1]", "null", "OTC console"],
  [{ instanceIds: [12345] }, "instanceIds[0]", "a number", "quotes"],
  [{ instanceIds: ["x".repeat(65)] }, "instanceIds[0]", "1 to 64", "OTC console"],
  [{ instanceIds: Array.from({ length: 1001 }, (_, i) => `i${i}`) }, "instanceIds", "at most 1000", "list"],
  [{ instanceIds: { id: "a1" } }, "instanceIds", "is a map", "list"],
  [{ selector: { engine: "MySQL" } }, "selector", "only one", "remove"],
]);

const only = (selector: unknown) => ({ instanceIds: null, selector });

refuses("selector", [
  [only("orders-*"), "selector", "is text", "write a map"],
  [only({}), "selector", "at least one", "write a map"],
  [only({ engine: null }), "selector", "at least one", "write a map"],
  [only({ engine: "mysql" }), "selector.engine", "MySQL, PostgreSQL or SQLServer", "exactly so"],
  [only({ name: "" }), "selector.name", "blank", "orders-*"],
  [only({ name: "a\u0000b" }), "selector.name", "control", "orders-*"],
  [only({ tags: {} }), "selector.tags", "at least one tag", "write a map"],
  [only({ tags: ["a"] }), "selector.tags", "is a list", "write a map"],
  [only({ tags: { env: 1 } }), "selector.tags.env", "is a number", "quotes"],
  [only({ tags: { env: null } }), "selector.tags.env", "is null", "remove this tag"],
  // Left out, the selector would mean every MySQL instance of the account.
  [only({ engine: "MySQL", tag: { env: "p" } }), "selector.tag", "no criterion", "did you mean tags?"],
]);

refuses("times", [
  [{ schedule: null }, "schedule", "missing", "five fields"],
  [{ schedule: " " }, "schedule", "blank", "five fields"],
  [{ schedule: 30 }, "schedule", "is a number", "five fields"],
  [{ schedule: "30 2 * *" }, "schedule", "4 fields", "minute, hour"],
  [{ schedule: "cron(30 2 * * ? *)" }, "schedule", "AWS", "30 2 * * *"],
  [{ schedule: "0 0 31 2 *" }, "schedule", "never due", "28"],
  [{ schedule: "* * * * *" }, "schedule", "more than 24", "fewer"],
  [{ schedule: `${"1,".repeat(200)}1 2 * * *` }, "schedule", "256 characters", "five fields"],
  [{ timezone: "" }, "timezone", "blank", "Europe/Berlin"],
  [{ timezone: "CET" }, "timezone", "no zone", "Europe/Berlin"],
  [{ timezone: "+01:00" }, "timezone", "no zone", "Europe/Berlin"],
  [{ timezone: "europe/berlin" }, "timezone", "no zone", "write Europe/Berlin exactly so"],
  [{ timezone: 1 }, "timezone", "is a number", "Europe/Berlin"],
  [{ pausedUntil: "2026-12-24" }, "pauseReason", "an end and a reason", "why"],
  [{ pauseReason: "migration" }, "pausedUntil", "an end and a reason", "last day"],
  [{ pausedUntil: "2026-12-24", pauseReason: "" }, "pauseReason", "blank", "why"],
  [{ pausedUntil: "2026-02-30", pauseReason: "x" }, "pausedUntil", "must be a date", "2026-01-31"],
  [{ pausedUntil: "2026-12-24T18:00:00", pauseReason: "x" }, "pausedUntil", "with offset", "offset"],
  [{ pausedUntil: "24.12.2026", pauseReason: "x" }, "pausedUntil", "must be a date", "2026-01-31"],
  [{ pausedUntil: 1798153200, pauseReason: "x" }, "pausedUntil", "must be a date", "2026-01-31"],
  [{ pausedUntil: "9999-12-31", pauseReason: "x" }, "pausedUntil", "always has an end", "enabled to false"],
  [{ startWindowMinutes: 4 }, "startWindowMinutes", "5 to 1440", "240"],
  [{ startWindowMinutes: 1441 }, "startWindowMinutes", "5 to 1440", "240"],
  [{ completionWindowMinutes: 14 }, "completionWindowMinutes", "15 to 10080", "720"],
  [{ completionWindowMinutes: 10081 }, "completionWindowMinutes", "15 to 10080", "720"],
  [{ maxAgeHours: 0 }, "maxAgeHours", "1 to 87600", "36"],
]);

refuses("numbers, choices and texts", [
  [{ maxAttempts: 0 }, "maxAttempts", "1 to 5", "2"],
  [{ maxAttempts: 2.5 }, "maxAttempts", "whole number", "2"],
  [{ maxAttempts: "2.5" }, "maxAttempts", "is text", "plain number"],
  [{ maxAttempts: "two" }, "maxAttempts", "is text", "plain number"],
  [{ maxAttempts: Number.NaN }, "maxAttempts", "whole number", "2"],
  [{ sizeFloorKb: -1 }, "sizeFloorKb", "whole number from 0", "1024"],
  [{ sizeFloorKb: Number.POSITIVE_INFINITY }, "sizeFloorKb", "whole number", "1024"],
  [{ sizeFloorKb: 2 ** 53 }, "sizeFloorKb", "whole number", "1024"],
  [{ sizeFloorKb: 12345678901234567890n }, "sizeFloorKb", "too large", "1024"],
  [{ sizeFloorKb: true }, "sizeFloorKb", "is true or false", "1024"],
  [{ enabled: "yes" }, "enabled", "is text", "true or false"],
  [{ enabled: 1 }, "enabled", "is a number", "true or false"],
  [{ catchUp: "all" }, "catchUp", "latest or none", "latest"],
  [{ severity: "Page" }, "severity", "page or ticket", "page"],
  [{ severity: [] }, "severity", "page or ticket", "page"],
  [{ description: "a < b" }, "description", "none of them", "leave out"],
  [{ description: "it's" }, "description", "none of them", "leave out"],
  [{ description: "two\nlines" }, "description", "none of them", "line breaks"],
  [{ description: "x".repeat(257) }, "description", "256", "256"],
  [{ description: "" }, "description", "blank", "remove the field"],
  [{ owner: "x".repeat(129) }, "owner", "128", "one line"],
  [{ owner: "team\u202Eredro" }, "owner", "invisible", "one line"],
  [{ owner: "team\u001b[31m" }, "owner", "control", "one line"],
  [{ owner: 42 }, "owner", "is a number", "quotes"],
  [{ databases: [] }, "databases", "at least one", "remove the field"],
  [{ databases: "orders,stock" }, "databases", "is text", "one entry each"],
  [{ databases: [2024] }, "databases[0]", "is a number", "quotes"],
  [{ databases: ["a\u0007"] }, "databases[0]", "control", "quotes"],
]);

refuses("retention, where no slip is read kindly", [
  [{ retention: null }, "retention", "is null", "keep everything, remove"],
  [{ retention: "30d" }, "retention", "is text", "write a map"],
  [{ retention: "" }, "retention", "blank", "write a map"],
  [{ retention: 30 }, "retention", "is a number", "write a map"],
  [{ retention: {} }, "retention", "no keep rule", "write a map"],
  [{ retention: { minimum: 5 } }, "retention", "minimum alone", "write a map"],
  [{ retention: { keepLast: "7" } }, "retention.keepLast", "is text", "without quotes"],
  [{ retention: { keepLast: 0 } }, "retention.keepLast", "1 to 10000", "nothing is deleted"],
  [{ retention: { keepLast: -7 } }, "retention.keepLast", "1 to 10000", "nothing is deleted"],
  [{ retention: { keepLast: 1.5 } }, "retention.keepLast", "whole number", "nothing is deleted"],
  [{ retention: { keepLast: null } }, "retention.keepLast", "is null", "nothing is deleted"],
  [{ retention: { keepLast: "" } }, "retention.keepLast", "blank", "nothing is deleted"],
  [{ retention: { keepLast: 10_001 } }, "retention.keepLast", "1 to 10000", "nothing is deleted"],
  [{ retention: { keepLast: Number.NaN } }, "retention.keepLast", "whole number", "nothing is deleted"],
  [{ retention: { keepWithinDays: 3661 } }, "retention.keepWithinDays", "1 to 3660", "nothing is deleted"],
  [{ retention: { keepDaily: 7, minimum: 0 } }, "retention.minimum", "1 to 10000", "default of 3"],
  [{ retention: { keepDaily: 7, minimum: null } }, "retention.minimum", "is null", "default of 3"],
  [{ retention: { keepDaily: 7, keepWeakly: 4 } }, "retention.keepWeakly", "no keep rule", "did you mean keepWeekly?"],
  [{ retention: { keepDaily: 7, keepDays: 4 } }, "retention.keepDays", "no keep rule", "did you mean keepWithinDays?"],
  [{ retention: { keepDaily: 7, purge: true } }, "retention.purge", "no keep rule", "keepLast, keepWithinDays"],
]);

describe("a row with several faults", () => {
  test("is told all of them at once, problems before warnings", () => {
    const row = { policyId: "orders", accuont: "p", schedule: "x", timezone: "CET", maxAttempts: 9, owner: " me " };
    const parse = parsePolicy(row, now);
    if (parse.ok) throw new Error("must be refused");
    expect(parse.policyId).toBe("orders");
    const fields = parse.problems.map((p) => `${p.level} ${p.field}`);
    expect(fields).toEqual([
      "problem account",
      "problem maxAttempts",
      "problem instanceIds",
      "problem schedule",
      "problem timezone",
      "warning accuont",
      "warning owner",
    ]);
  });

  test("is told fifty of them and the number of the rest", () => {
    const parse = parsePolicy(aRow({ instanceIds: Array.from({ length: 200 }, () => "?") }), now);
    if (parse.ok) throw new Error("must be refused");
    expect(parse.problems).toHaveLength(51);
    expect(parse.problems.at(-1)).toMatchObject({ field: "row", value: "150 more", level: "problem" });
  });

  test("with an unusable id has none, so that nobody uses it as a key", () => {
    expect(parsePolicy(aRow({ policyId: "No Id" }), now)).not.toHaveProperty("policyId");
  });
});
