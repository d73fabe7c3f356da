import { describe, expect, test } from "vitest";
import { parsePolicy } from "../../../shared/policies/parse-policy.ts";
import { aRow, hashOf, now, policyOf } from "./a-row.ts";

/** The row is valid, means what `same` means, and its only remarks are warnings about these fields. */
function expectKindness(changes: Record<string, unknown>, same: Record<string, unknown>, warned: readonly string[]) {
  const parse = parsePolicy(aRow(changes), now);
  expect(policyOf(parse)).toEqual(policyOf(parsePolicy(aRow(same), now)));
  expect(hashOf(parse)).toBe(hashOf(parsePolicy(aRow(same), now)));
  const warnings = parse.ok ? parse.warnings : [];
  expect(warnings.map((w) => w.field)).toEqual(warned);
  for (const warning of warnings) {
    expect(warning.level).toBe("warning");
    expect(warning.remedy).not.toBe("");
  }
  return warnings;
}

describe("what can mean only one thing is read, with a warning", () => {
  test("a whole number typed as text", () => {
    const [warning] = expectKindness({ startWindowMinutes: " 120 " }, { startWindowMinutes: 120 }, [
      "startWindowMinutes",
    ]);
    expect(warning?.message).toContain("read as 120");
  });

  test("true and false typed as text, in any case", () => {
    expectKindness({ enabled: "false" }, { enabled: false }, ["enabled"]);
    expectKindness({ enabled: "TRUE" }, { enabled: true }, ["enabled"]);
  });

  test("one instance id instead of a list", () => {
    const [warning] = expectKindness({ instanceIds: " b2 " }, { instanceIds: ["b2"] }, ["instanceIds"]);
    expect(warning?.remedy).toBe('write a list: ["b2"]');
  });

  test("one database instead of a list", () => {
    expectKindness({ databases: "orders" }, { databases: ["orders"] }, ["databases"]);
  });

  test("blanks around texts and ids", () => {
    const given = { account: "production\t", instanceIds: [" b2", "c3"], owner: " me ", timezone: "UTC " };
    const warned = ["account", "instanceIds[0]", "owner", "timezone"];
    const [first] = expectKindness(given, { instanceIds: ["b2", "c3"], owner: "me" }, warned);
    expect(first?.message).toContain("blanks");
  });

  test("the same id twice, once by its blanks", () => {
    const warned = ["instanceIds[2]", "instanceIds[1]", "instanceIds[2]"];
    expectKindness({ instanceIds: ["b2", "b2", "b2 "] }, { instanceIds: ["b2"] }, warned);
  });

  test("null for a field, as if it were absent", () => {
    expectKindness({ owner: null, databases: null, maxAttempts: null, enabled: null }, {}, [
      "owner",
      "databases",
      "maxAttempts",
      "enabled",
    ]);
  });

  test("null for a criterion of a selector beside another", () => {
    const only = (selector: unknown) => ({ instanceIds: undefined, selector });
    expectKindness(only({ engine: "MySQL", name: null }), only({ engine: "MySQL" }), ["selector.name"]);
  });
});

describe("a field nobody knows", () => {
  const warningOf = (name: string, value: unknown = "x") => {
    const parse = parsePolicy(aRow({ [name]: value }), now);
    return parse.ok ? parse.warnings[0] : undefined;
  };

  test.each([
    ["timeZone", "timezone"],
    ["time_zone", "timezone"],
    ["tz", "timezone"],
    ["enabeld", "enabled"],
    ["retenton", "retention"],
    ["instanceId", "instanceIds"],
    ["databses", "databases"],
    ["cron", "schedule"],
    ["MAX_ATTEMPTS", "maxAttempts"],
    ["startWindowMinuets", "startWindowMinutes"],
  ])("%s is a warning that asks for %s", (name, meant) => {
    expect(warningOf(name)).toMatchObject({ field: name, level: "warning", remedy: `did you mean ${meant}?` });
  });

  test("that resembles none is a warning without a guess", () => {
    expect(warningOf("costCentre")).toMatchObject({ remedy: "remove the field" });
  });

  test("does not show its value, which might be a secret", () => {
    const text = JSON.stringify([
      parsePolicy(aRow({ password: "hunter2-hunter2" }), now),
      parsePolicy(aRow({ auth: { secretKey: "hunter2-hunter2" } }), now),
    ]);
    expect(text).not.toContain("hunter2");
  });

  test("does not change what the policy means, nor its hash", () => {
    expectKindness({ ticket: 4711 }, {}, ["ticket"]);
  });
});

describe("what is allowed and hardly meant is a warning", () => {
  const warned = (changes: Record<string, unknown>) => {
    const parse = parsePolicy(aRow(changes), now);
    return parse.ok ? parse.warnings.map((w) => [w.field, w.message]) : parse.problems;
  };

  test("a completion window that ends with the start window, or before it", () => {
    const about = [["completionWindowMinutes", expect.stringContaining("overdue at once")]];
    expect(warned({ startWindowMinutes: 720 })).toEqual(about);
    expect(warned({ startWindowMinutes: 60, completionWindowMinutes: 30 })).toEqual(about);
    expect(warned({ startWindowMinutes: 719 })).toEqual([]);
  });

  test("a freshness target that the schedule cannot meet", () => {
    expect(warned({ maxAgeHours: 24 })).toEqual([["maxAgeHours", expect.stringContaining("24 hours")]]);
    expect(warned({ maxAgeHours: 25 })).toEqual([]);
  });

  test("a pause for more than a year", () => {
    const pause = (pausedUntil: string) => warned({ pausedUntil, pauseReason: "migration" });
    expect(pause("2028-01-01")).toEqual([["pausedUntil", expect.stringContaining("more than a year")]]);
    expect(pause("2027-11-23")).toEqual([]);
  });
});
