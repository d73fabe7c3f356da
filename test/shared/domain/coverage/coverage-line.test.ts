// What the morning says about an account.

import { expect, test } from "vitest";
import type { AccountInventory } from "../../../../shared/domain/coverage/account-inventory.ts";
import { coverageLine } from "../../../../shared/domain/coverage/coverage-line.ts";

const now = Date.UTC(2026, 10, 24, 7);
const member = (id: string) => ({ id, name: `db-${id}` });
const calm: AccountInventory = {
  account: "prod",
  checkedAt: now - 60_000,
  coverage: {
    databases: 4,
    replicas: 1,
    covered: 4,
    uncovered: [],
    young: [],
    optedOut: [],
    weakNative: [],
    shared: [],
  },
  known: [],
  gone: [],
  unwell: [],
};

test("all is covered", () => {
  expect(coverageLine("prod", calm, now)).toBe(
    "coverage of account prod: 4 of 4 databases, none uncovered, 0 opted out",
  );
});

test("what is not covered, gone or unwell is named, and long lists are cut", () => {
  const uncovered = Array.from({ length: 12 }, (_, i) => member(String(i)));
  const coverage = { ...calm.coverage, covered: 2, uncovered, optedOut: [{ ...member("x"), reason: "test" }] };
  const gone = [{ ...member("g"), goneSinceAt: now, policyIds: ["p"] }];
  const line = coverageLine("prod", { ...calm, coverage, gone, unwell: [{ ...member("u"), status: "FROZEN" }] }, now);
  expect(line).toContain("UNCOVERED 12 (db-0, db-1, db-2, db-3, db-4, db-5, db-6, db-7, db-8, db-9, and 2 more)");
  expect(line).toContain("1 opted out, 1 gone (db-g), 1 unwell (db-u)");
});

test("an account nobody could look at is said to be so", () => {
  expect(coverageLine("prod", undefined, now)).toContain("not known, it has never been listed");
  const old = { ...calm, checkedAt: now - 25 * 3_600_000 };
  expect(coverageLine("prod", old, now)).toContain("as of 25 h 0 m ago, the account could not be listed since");
});
