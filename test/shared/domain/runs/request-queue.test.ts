// When a queue ends, and which start windows hold more databases than can be requested in them.

import { expect, test } from "vitest";
import { lastRequestAt, tightWindows } from "../../../../shared/domain/runs/request-queue.ts";

const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 24, hour, minute);
const demand = (databases: number, slotAt: number, startByAt: number, account = "shop") => ({
  account,
  slotAt,
  startByAt,
  databases,
});

test("a queue ends after its length over its rate, and never where nothing gets through", () => {
  expect(lastRequestAt({ waiting: 10_000, perSecond: 10 }, at(2))).toBe(at(2) + 1_000_000);
  expect(lastRequestAt({ waiting: 0, perSecond: 0 }, at(2))).toBe(at(2));
  expect(lastRequestAt({ waiting: 1, perSecond: 0 }, at(2))).toBeUndefined();
});

test("fifty accounts with four hundred databases each are as soon done as one of them", () => {
  const ends = Array.from({ length: 50 }, () => lastRequestAt({ waiting: 400, perSecond: 5 }, at(2)));
  expect(new Set(ends)).toEqual(new Set([at(2) + 80_000]));
});

test("what exactly fits is not tight, one database more is", () => {
  expect(tightWindows([demand(300, at(2), at(2, 5))], 1)).toEqual([]);
  expect(tightWindows([demand(301, at(2), at(2, 5))], 1)).toEqual([
    { account: "shop", fromAt: at(2), untilAt: at(2, 5), databases: 301, fitting: 300 },
  ]);
});

test("policies that meet in one window count together, also when they begin at different times", () => {
  const demands = [demand(200, at(2), at(2, 10)), demand(200, at(2, 1), at(2, 5)), demand(100, at(2, 1), at(2, 5))];
  expect(tightWindows(demands, 1)).toEqual([
    { account: "shop", fromAt: at(2, 1), untilAt: at(2, 5), databases: 300, fitting: 240 },
  ]);
});

test("accounts do not take each other's calls, and a long window lets the urgent ones pass", () => {
  expect(tightWindows([demand(200, at(2), at(2, 5)), demand(200, at(2), at(2, 5), "crm")], 1)).toEqual([]);
  expect(tightWindows([demand(300, at(2), at(2, 5)), demand(300, at(2), at(2, 10))], 1)).toEqual([]);
});
