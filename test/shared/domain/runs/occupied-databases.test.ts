// One run of ours at a time on one database.

import { expect, test } from "vitest";
import { OccupiedDatabases } from "../../../../shared/domain/runs/occupied-databases.ts";

const now = Date.UTC(2026, 10, 24, 2, 30);
const minuteMs = 60_000;
const aRun = (policyId: string, instanceId = "shop") => ({ policyId, instanceId, slotAt: now });

test("the first takes the database, the others are told whose it is", () => {
  const occupied = new OccupiedDatabases([], now);
  expect(occupied.occupy(aRun("first"))).toBeUndefined();
  expect(occupied.occupy(aRun("second"))).toBe("first/shop/2026-11-24T02:30Z");
  expect(occupied.occupy(aRun("first"))).toBeUndefined();
  expect(occupied.occupy(aRun("second", "crm"))).toBeUndefined();
});

test("a run that holds nothing gives nothing back", () => {
  const occupied = new OccupiedDatabases([], now);
  occupied.occupy(aRun("first"));
  occupied.release(aRun("second"));
  expect(occupied.occupy(aRun("second"))).toBeDefined();
  occupied.release(aRun("first"));
  expect(occupied.occupy(aRun("second"))).toBeUndefined();
});

test("a run at OTC holds its database as long as somebody follows it", () => {
  const atOtc = (lookAt: number) => new OccupiedDatabases([{ ...aRun("earlier"), lookAt }], now);
  expect(atOtc(now + minuteMs).occupy(aRun("next"))).toBeDefined();
  expect(atOtc(now - 5 * minuteMs).occupy(aRun("next"))).toBeDefined();
  expect(atOtc(now - 5 * minuteMs - 1).occupy(aRun("next"))).toBeUndefined();
});
