// What poll-backups claims of an account's calls. That claims never meet is in background-claim.test.ts.

import { expect, test } from "vitest";
import { claimedAt, claimedSoon, claimFor, unclaimedPerSecond } from "../../../../shared/domain/runs/poll-claim.ts";

const at = Date.UTC(2026, 10, 24, 2, 30);
const second = 1000;
const minute = 60 * second;

const demand = (calls: number, more: { now?: number; withinMs?: number } = {}) => ({
  ...{ calls, ceilingPerSecond: 10, withinMs: 54 * second, now: at },
  ...more,
});

test("a claim begins when everybody must have read it, and lasts four minutes", () => {
  const [claim] = claimFor([], demand(54)) ?? [];
  expect(claim).toMatchObject({ fromAt: at + 20 * second, untilAt: at + 260 * second });
  const claims = claim === undefined ? [] : [{ ...claim, perSecond: 2 }];
  expect([0, 19, 20, 259, 260].map((s) => claimedAt(claims, at + s * second))).toEqual([0, 0, 2, 2, 0]);
  expect([0, 240, 259].map((s) => claimedSoon(claims, at + s * second))).toEqual([2, 2, 2]);
});

test("many looks are spread over the tick, few are made briskly, and a late beginning is made up for", () => {
  const standing = [{ perSecond: 8, fromAt: at - minute, untilAt: at + 3 * minute }];
  expect(claimFor(standing, demand(270))?.at(-1)?.perSecond).toBeCloseTo(5);
  expect(claimFor(standing, demand(20))?.at(-1)?.perSecond).toBeCloseTo(1);
  expect(claimFor(standing, demand(100))?.at(-1)?.perSecond).toBeCloseTo(3.3);
  // 20 of 54 seconds pass before it begins.
  expect(claimFor([], demand(270))?.at(-1)?.perSecond).toBeCloseTo(270 / 34);
});

test("a small demand claims nothing, a large one leaves a part of the ceiling to creating", () => {
  expect(claimFor([], demand(9))).toBeUndefined();
  const [claim] = claimFor([], demand(9_000)) ?? [];
  expect(claim?.perSecond).toBe(8.8);
});

test("a claim that will do is not made again, one that runs out is", () => {
  const claims = [{ perSecond: 5, fromAt: at - 10 * second, untilAt: at + 230 * second }];
  expect(claimFor(claims, demand(275))).toBeUndefined();
  expect(claimFor(claims, demand(270, { now: at + 3 * minute }))).toHaveLength(2);
  // And the end of the demand gives the calls back.
  expect(claimFor(claims, demand(0))?.at(-1)?.perSecond).toBe(0);
});

test("a ceiling of one call per second leaves looks a fifth without any claim", () => {
  expect([1, 5, 10, 200].map(unclaimedPerSecond)).toEqual([0.2, 0.5, 0.5, 10]);
});
