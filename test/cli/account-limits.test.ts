// What policies ask of an account beyond its pace, as `policies validate` says it offline.

import { expect, test } from "vitest";
import { longQueuesOf, slowRetentionOf, slowRetentionText, tightWindowsOf } from "../../cli/account-limits.ts";
import { parsePolicy } from "../../shared/policies/parse-policy.ts";

const now = Date.UTC(2026, 10, 24, 12);

function aPolicy(databases: number, changes: Record<string, unknown> = {}) {
  const instanceIds = Array.from({ length: databases }, (_, n) => `${String(n).padStart(32, "0")}in01`);
  const row = { policyId: "nightly", account: "prod", instanceIds, schedule: "30 2 * * *", ...changes };
  const parse = parsePolicy(row, now);
  if (!parse.ok) throw new Error(JSON.stringify(parse.problems));
  return parse.policy;
}

test("more than twenty nightly backups that keep less than twenty days are deleted more slowly than they come", () => {
  const [slow] = slowRetentionOf([aPolicy(60, { retention: { keepLast: 7 } })], now);
  expect(slow).toEqual({ account: "prod", perDay: 60, keptByRules: 600, comesTo: 1200 });
  expect(slow && slowRetentionText(slow)).toContain("it will come to about 1200 backups where the rules keep 600");
});

test.each([
  ["twenty databases", aPolicy(20, { retention: { keepLast: 3 } })],
  ["rules that keep twenty days", aPolicy(60, { retention: { keepDaily: 20 } })],
  ["no rules at all", aPolicy(60)],
  ["a policy that is switched off", aPolicy(60, { retention: { keepLast: 7 }, enabled: false })],
])("%s: nothing to say about retention", (_, policy) => {
  expect(slowRetentionOf([policy], now)).toEqual([]);
});

test("policies of one account add up, those of two do not", () => {
  const half = (account: string) => aPolicy(15, { account, retention: { keepLast: 7 } });
  expect(slowRetentionOf([half("prod"), half("prod")], now)).toMatchObject([{ perDay: 30, comesTo: 600 }]);
  expect(slowRetentionOf([half("prod"), half("crm")], now)).toEqual([]);
});

test("a window that cannot hold its databases, and a queue that is long, with half of the account's calls", () => {
  const many = (count: number, changes = {}) => Array.from({ length: count }, () => aPolicy(200, changes));
  const full = many(8, { startWindowMinutes: 5 });
  expect(tightWindowsOf(full, 10, now)).toMatchObject([{ account: "prod", databases: 1600, fitting: 1500 }]);
  expect(tightWindowsOf(full, 11, now)).toEqual([]);
  expect(longQueuesOf(many(15), 10, now)).toMatchObject([{ account: "prod", databases: 3000 }]);
  expect(longQueuesOf(many(14), 10, now)).toEqual([]);
});
