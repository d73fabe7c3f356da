// Two policies that want one database at the same moment are pointed out.

import { expect, test } from "vitest";
import { sharedSlots } from "../../../../shared/domain/slots/shared-slots.ts";
import { parsePolicy } from "../../../../shared/policies/parse-policy.ts";

const now = Date.UTC(2026, 10, 24);

function aPolicy(policyId: string, changes: Record<string, unknown> = {}) {
  const row = { policyId, account: "prod", instanceIds: ["db1"], schedule: "30 2 * * *", ...changes };
  const parse = parsePolicy(row, now);
  if (!parse.ok) throw new Error(JSON.stringify(parse.problems));
  return parse.policy;
}

const found = (...policies: ReturnType<typeof aPolicy>[]) => sharedSlots(policies, now);

test("a nightly and a monthly one that meet once a month are named with their first common slot", () => {
  const monthly = aPolicy("monthly", {
    schedule: "30 3 1 * *",
    timezone: "Europe/Berlin",
    instanceIds: ["db2", "db1"],
  });
  expect(found(aPolicy("nightly"), monthly)).toEqual([
    { policyId: "nightly", otherPolicyId: "monthly", instanceId: "db1", slotAt: Date.UTC(2026, 11, 1, 2, 30) },
  ]);
});

test("other minutes, other accounts, other databases and disabled policies are fine", () => {
  expect(found(aPolicy("one"), aPolicy("two", { schedule: "31 2 * * *" }))).toEqual([]);
  expect(found(aPolicy("one"), aPolicy("two", { account: "test" }))).toEqual([]);
  expect(found(aPolicy("one"), aPolicy("two", { instanceIds: ["db2"] }))).toEqual([]);
  expect(found(aPolicy("one"), aPolicy("two", { enabled: false }))).toEqual([]);
});

test("a pair is named once however many databases it shares", () => {
  const both = { instanceIds: ["db1", "db2", "db3"] };
  expect(found(aPolicy("one", both), aPolicy("two", both), aPolicy("three"))).toHaveLength(3);
});
