// A slot in the hour in which OTC makes its own backup waits for the hour to end, and the run says so.

import { expect, test } from "vitest";
import { aSite, instanceIds, liveBackups, slotAt } from "../support/test-site.ts";

const minuteMs = 60_000;

test("a slot inside OTC's own backup hour waits without a request, and is made good after it inside its start window", async () => {
  const { simulator, create, clock, minutes, runs, notices } = await aSite();
  const backupStrategy = { startTime: "02:00-03:00", keepDays: 7 };
  simulator.control.changeInstance(instanceIds.shop, { backupStrategy });
  await create();
  await minutes(3);
  expect(await runs()).toMatchObject([
    {
      state: "waiting",
      reason: "instance-in-window",
      dueAt: slotAt + 30 * minuteMs,
      lastFailure: { code: "instance-in-window" },
    },
  ]);
  expect(simulator.control.calls().byOperation["create-backup"]).toBeUndefined();
  clock.set(slotAt + 29 * minuteMs);
  await minutes(25);
  expect(await runs()).toMatchObject([{ state: "completed", requestedAt: slotAt + 30 * minuteMs }]);
  expect(liveBackups(simulator)).toHaveLength(1);
  expect(notices).toEqual([]);
});
