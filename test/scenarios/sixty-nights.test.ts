// Sixty nights of which every one from the tenth on fails. Tools that delete by age remove the last good backup eight days
// later; here the good ones are all still there after two months, and a person has heard of every failure.

import { expect, test } from "vitest";
import { slotText } from "../../shared/domain/runs/naming.ts";
import { plant } from "../support/planted-nights.ts";
import { aRow, aSite, instanceIds, type TestSite } from "../support/test-site.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const firstSlotAt = Date.UTC(2026, 10, 24, 2, 30);
const goodNights = 9;

interface Observation {
  readonly slotAt: number;
  readonly isGood: boolean;
}

/** Retention as age-only tools have it: a backup older than so many days goes, whatever else there is. */
function survivorsByAge(backups: readonly Observation[], now: number, days: number): Observation[] {
  return backups.filter((backup) => now - backup.slotAt <= days * dayMs);
}

/** What the night left behind at OTC and in the ledger, and every third morning prune-backups, which stands for its 72 ticks. */
async function oneNight(on: TestSite, night: number, state: "completed" | "failed"): Promise<void> {
  const slotAt = firstSlotAt + night * dayMs;
  await plant(on, { slot: slotText(slotAt), state });
  on.clock.set(slotAt + 3 * hourMs);
  if (night % 3 === 2) await on.prune();
}

const completedAtOtc = ({ simulator }: TestSite) =>
  simulator.control.backups({ instanceId: instanceIds.shop }).filter((backup) => backup.status === "COMPLETED");

test("sixty nights, failing from the tenth: all good backups are still there, and no deletion was ever asked for", async () => {
  const on = await aSite([aRow({ retention: { keepWithinDays: 7, minimum: 1 } })]);
  for (let night = 0; night < 60; night += 1) await oneNight(on, night, night < goodNights ? "completed" : "failed");
  expect((await on.runs()).length).toBe(60);
  expect(completedAtOtc(on)).toHaveLength(goodNights);
  expect(on.simulator.control.callLog(100_000).filter((call) => call.operation === "delete-backup")).toEqual([]);
  expect(on.notices).toMatchObject([{ level: "ticket", body: expect.stringContaining("freshness-missed") }]);
});

test("the same nights under deletion by age: the last good backup is gone on the eighth day of failure", () => {
  const nights = Array.from({ length: 60 }, (_, night) => ({
    slotAt: firstSlotAt + night * dayMs,
    isGood: night < goodNights,
  }));
  const goodLeft = (dayOfFailure: number) => {
    const now = firstSlotAt + (goodNights - 1 + dayOfFailure) * dayMs + 3 * hourMs;
    const made = nights.filter((night) => night.slotAt <= now);
    return survivorsByAge(made, now, 7)
      .filter((backup) => backup.isGood)
      .map((backup) => slotText(backup.slotAt));
  };
  expect(goodLeft(1)).toHaveLength(6);
  expect(goodLeft(6)).toEqual(["2026-12-02T02:30Z"]);
  expect(goodLeft(8)).toEqual([]);
});

test("when backups work again, retention goes on from the new newest one, after its grace", async () => {
  const on = await aSite([aRow({ retention: { keepWithinDays: 7, minimum: 1 } })]);
  for (let night = 0; night < 24; night += 1)
    await oneNight(on, night, night < 3 || night >= 14 ? "completed" : "failed");
  const stages = (await on.runs()).map((run) => run.retention?.stage ?? "kept");
  expect(stages.slice(0, 14)).not.toContain("kept");
  expect(stages.slice(0, 2)).toEqual(["deleted", "deleted"]);
  expect(stages.slice(16)).toEqual(Array.from({ length: 8 }, () => "kept"));
  expect(completedAtOtc(on).length).toBeGreaterThanOrEqual(8);
});
