import { describe, expect, test } from "vitest";
import { parsePolicy } from "../../../shared/policies/parse-policy.ts";
import { aRow, hashOf, now, policyOf } from "./a-row.ts";

const hash = (changes: Record<string, unknown>, at: number = now) => hashOf(parsePolicy(aRow(changes), at));
const selector = (tags: Record<string, string>) => ({ instanceIds: undefined, selector: { tags } });

describe("the hash stays", () => {
  test("16 hex digits that never change, since the ledger stores them", () => {
    expect(hash({})).toMatch(/^[0-9a-f]{16}$/);
    expect(hash({})).toBe("1812896e50d3725c");
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["whatever the order of ids", { instanceIds: ["a1", "b2"] }, { instanceIds: ["b2", "a1"] }],
    ["whether a default is written or not", { timezone: "UTC", enabled: true, maxAttempts: 2 }, {}],
    ["however the schedule is spaced and cased", { schedule: "0  2 * * mon" }, { schedule: "0 2 * * MON" }],
    ["whatever the order of tags", selector({ a: "1", b: "2" }), selector({ b: "2", a: "1" })],
    ["however the end of a pause is written", pause("2026-12-24"), pause("2026-12-25T01:00:00+01:00")],
    [
      "whether the floor of retention is written or not",
      { retention: { keepLast: 1 } },
      { retention: { minimum: 3, keepLast: 1 } },
    ],
    ["whatever the system observed", { observed: { status: "OK" } }, {}],
  ])("%s", (_what, one, other) => {
    expect(hash(one)).toBe(hash(other));
  });

  test("when the calendar moves the default freshness target", () => {
    // There is no 29 February 2100: from 2096 on, two slots lie eight years apart instead of four.
    const leapDay = { schedule: "0 0 29 2 *" };
    const [before, after] = [Date.UTC(2026, 0, 1), Date.UTC(2096, 0, 1)];
    const hours = [before, after].map((at) => policyOf(parsePolicy(aRow(leapDay), at)).maxAgeHours);
    expect(new Set(hours).size).toBe(2);
    expect(hash(leapDay, before)).toBe(hash(leapDay, after));
  });
});

function pause(pausedUntil: string) {
  return { pausedUntil, pauseReason: "migration" };
}

test("every change of meaning changes the hash", () => {
  const changes: Record<string, unknown>[] = [
    {},
    { policyId: "orders-weekly" },
    { account: "staging" },
    { instanceIds: ["a1", "b2"] },
    { instanceIds: undefined, selector: { name: "a1" } },
    { instanceIds: undefined, selector: { engine: "MySQL" } },
    selector({ a: "1" }),
    selector({ a: "2" }),
    { schedule: "31 2 * * *" },
    { timezone: "Europe/Berlin" },
    { enabled: false },
    pause("2026-12-24"),
    pause("2026-12-25"),
    { ...pause("2026-12-24"), pauseReason: "another" },
    { startWindowMinutes: 241 },
    { completionWindowMinutes: 721 },
    { maxAttempts: 3 },
    { catchUp: "none" },
    { databases: ["orders"] },
    { description: "text" },
    { retention: { keepLast: 3 } },
    { retention: { keepLast: 4 } },
    { retention: { keepLast: 3, minimum: 4 } },
    { retention: { keepWithinDays: 3 } },
    { retention: { keepDaily: 3 } },
    { retention: { keepWeekly: 3 } },
    { retention: { keepMonthly: 3 } },
    { retention: { keepYearly: 3 } },
    { maxAgeHours: 36 },
    { sizeFloorKb: 2 },
    { severity: "ticket" },
    { acceptAutomated: true },
    { owner: "me" },
  ];
  expect(new Set(changes.map((c) => hash(c))).size).toBe(changes.length);
});
