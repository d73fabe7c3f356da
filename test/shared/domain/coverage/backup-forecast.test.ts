// When a limit on manual backups will be reached.

import { expect, test } from "vitest";
import { forecast, retentionCeiling, slotsPerDay } from "../../../../shared/domain/coverage/backup-forecast.ts";
import { parsePolicy } from "../../../../shared/policies/parse-policy.ts";

const now = Date.UTC(2026, 10, 24);
const dayMs = 86_400_000;

function aPolicy(changes: Record<string, unknown> = {}) {
  const row = { policyId: "nightly", account: "prod", instanceIds: ["db1"], schedule: "30 2 * * *", ...changes };
  const parse = parsePolicy(row, now);
  if (!parse.ok) throw new Error(JSON.stringify(parse.problems));
  return parse.policy;
}

test("a policy that keeps everything reaches any limit, on a day that can be told", () => {
  const stock = { held: 10, sizeKb: 100, perDay: 1 };
  expect(forecast([stock, stock], { now, limit: 100 })).toEqual({
    held: 20,
    heldKb: 2000,
    perDay: 2,
    in30Days: 80,
    in365Days: 750,
    kbIn365Days: 75_000,
    limitReachedAt: now + 40 * dayMs,
  });
});

test("retention ends the growth, and a limit above its end is never reached", () => {
  const stock = { held: 5, sizeKb: 1, perDay: 1, ceiling: 17 };
  expect(forecast([stock], { now, limit: 18 })).toMatchObject({ in30Days: 17, in365Days: 17, ceiling: 17 });
  expect(forecast([stock], { now, limit: 18 })).not.toHaveProperty("limitReachedAt");
  expect(forecast([stock], { now, limit: 17 })).toMatchObject({ limitReachedAt: now + 12 * dayMs });
});

test("where more than twenty backups a day are too many, the day's cap decides how many an account comes to", () => {
  const stock = (databases: number) => ({ held: 5 * databases, sizeKb: 1, perDay: databases, ceiling: 10 * databases });
  expect(forecast([stock(20)], { now })).toMatchObject({ ceiling: 200, in365Days: 200 });
  expect(forecast([stock(100), stock(300)], { now, limit: 7000 })).toMatchObject({
    in30Days: 8000,
    ceiling: 8000,
    limitReachedAt: now + 13 * dayMs,
  });
  // With rules that keep enough, it changes nothing.
  expect(forecast([{ ...stock(400), ceiling: 12_000 }], { now })).toMatchObject({ ceiling: 12_000 });
});

test("a limit that is reached already is reached today, and more than retention keeps does not shrink by hope", () => {
  const stock = { held: 30, sizeKb: 1, perDay: 1, ceiling: 17 };
  expect(forecast([stock], { now, limit: 30 })).toMatchObject({ held: 30, in365Days: 30, limitReachedAt: now });
});

test("the most that retention keeps is the sum of its rules and the grace, and at least the minimum", () => {
  const keeps = (retention: Record<string, unknown>, perDay = 1) =>
    retentionCeiling(aPolicy({ retention }).retention, perDay);
  expect(keeps({ keepLast: 7, keepWeekly: 4 })).toBe(7 + 4 + 3);
  expect(keeps({ keepWithinDays: 10 }, 4)).toBe(41 + 12);
  expect(keeps({ keepLast: 1 })).toBe(3 + 3);
  expect(retentionCeiling(undefined, 1)).toBeUndefined();
});

test("slots per day are counted from the schedule; a disabled policy has none", () => {
  expect(slotsPerDay(aPolicy(), now)).toBe(1);
  expect(slotsPerDay(aPolicy({ schedule: "15 */6 * * *" }), now)).toBe(4);
  expect(slotsPerDay(aPolicy({ schedule: "0 3 * * SUN" }), now)).toBeCloseTo(1 / 7, 5);
  expect(slotsPerDay(aPolicy({ enabled: false }), now)).toBe(0);
});
