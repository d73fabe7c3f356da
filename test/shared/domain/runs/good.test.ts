// What good means, and how age is counted.

import { expect, test } from "vitest";
import { freshness, isGood, isLargeEnough, newestGood } from "../../../../shared/domain/runs/good.ts";
import { complete } from "../../../../shared/domain/runs/run-machine.ts";
import { aBuildingRun, minute, slotAt } from "../../../support/run-builder.ts";

const hourMs = 3_600_000;
const aGoodRun = complete(aBuildingRun(), { sizeKb: 500 }, minute(30));

test.each([
  { sizeKb: 1, floorKb: 1, good: true },
  { sizeKb: 0, floorKb: 1, good: false },
  { sizeKb: undefined, floorKb: 1, good: false },
  { sizeKb: undefined, floorKb: 0, good: true },
  { sizeKb: 999, floorKb: 1000, good: false },
])("a size of $sizeKb kB against a floor of $floorKb is good: $good", ({ sizeKb, floorKb, good }) => {
  expect(isLargeEnough(sizeKb, floorKb)).toBe(good);
});

test("a backup that is building, vanished or being deleted is not good", () => {
  expect(isGood(aGoodRun)).toBe(true);
  expect(isGood(aBuildingRun())).toBe(false);
  expect(isGood({ ...aGoodRun, vanishedAt: minute(60) })).toBe(false);
  const mark = { planId: "p", markedAt: minute(60), removableAt: minute(60), reasons: [] };
  expect(isGood({ ...aGoodRun, retention: { ...mark, stage: "marked" } })).toBe(true);
  expect(isGood({ ...aGoodRun, retention: { ...mark, stage: "deleting" } })).toBe(false);
});

test("the newest is the one with the latest slot, however late an older one ended", () => {
  const older = { ...aGoodRun, slotAt: slotAt - 24 * hourMs, endedAt: minute(600) };
  expect(newestGood([older, aGoodRun])).toBe(aGoodRun);
});

test("age is counted from the slot, and exactly the target is still fresh", () => {
  expect(freshness([aGoodRun], { now: slotAt + 36 * hourMs, maxAgeHours: 36 })).toMatchObject({ missed: false });
  expect(freshness([aGoodRun], { now: slotAt + 36 * hourMs + 1, maxAgeHours: 36 })).toMatchObject({ missed: true });
  expect(freshness([], { now: slotAt, maxAgeHours: 36 })).toMatchObject({ missed: true });
});
