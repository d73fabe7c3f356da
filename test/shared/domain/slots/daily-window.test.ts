// OTC's own windows: when a run waits for their end, and when it does not.

import { expect, test } from "vitest";
import type { Instance } from "../../../../shared/domain/remote.ts";
import { decideStart } from "../../../../shared/domain/runs/decide-start.ts";
import { windowEnd } from "../../../../shared/domain/slots/daily-window.ts";
import { aWaitingRun, minute } from "../../../support/run-builder.ts";

const at = (hour: number, minutes = 0) => Date.UTC(2026, 10, 24, hour, minutes);

test.each([
  ["02:00-06:00", at(2), at(6)],
  ["02:00-06:00", at(5, 59), at(6)],
  ["02:00-06:00", at(6), undefined],
  ["02:00-06:00", at(1, 59), undefined],
  ["22:00-02:00", at(23), at(26)],
  ["22:00-02:00", at(1), at(2)],
  ["22:00-02:00", at(12), undefined],
  ["23:00-24:00", at(23, 30), at(24)],
  ["02:00-02:00", at(2), undefined],
  ["", at(2), undefined],
  ["2-6", at(3), undefined],
  ["25:00-26:00", at(3), undefined],
])("the window %s at %d ends at %s", (text, now, end) => {
  expect(windowEnd(text, now)).toBe(end);
});

// The run's slot is 02:30, its start window ends at 06:30: half of it is over at 04:30.
const run = aWaitingRun();
function anInstance(changes: Partial<Instance>): Instance {
  return {
    id: run.instanceId,
    name: "shop",
    status: "ACTIVE",
    isReplica: false,
    engine: "MySQL",
    tags: [],
    ...changes,
  };
}

test("a run inside the hour of OTC's own backup waits for its end, and says why", () => {
  const backupStrategy = { startTime: "02:00-03:00", keepDays: 7 };
  expect(decideStart(run, anInstance({ backupStrategy }), minute(1))).toEqual({
    kind: "wait",
    retryAt: at(3),
    why: expect.objectContaining({
      code: "instance-in-window",
      message: "database shop is in the hour of OTC's own backup 02:00-03:00 UTC",
    }),
  });
  expect(decideStart(run, anInstance({ backupStrategy }), at(3))).toEqual({ kind: "start" });
});

test("an hour in which OTC makes no backups is like any other", () => {
  const backupStrategy = { startTime: "02:00-03:00", keepDays: 0 };
  expect(decideStart(run, anInstance({ backupStrategy }), minute(1))).toEqual({ kind: "start" });
});

test("a run waits at most half of its start window for a maintenance window", () => {
  const inWindow = (maintenanceWindow: string) => decideStart(run, anInstance({ maintenanceWindow }), minute(1));
  expect(inWindow("02:00-04:30")).toMatchObject({ kind: "wait", retryAt: at(4, 30) });
  expect(inWindow("02:00-04:31")).toEqual({ kind: "start" });
  expect(inWindow("02:00-06:00")).toEqual({ kind: "start" });
});

test("of two windows the one that ends last counts, if there is time to wait for it", () => {
  const backupStrategy = { startTime: "02:00-03:00", keepDays: 7 };
  const long = anInstance({ backupStrategy, maintenanceWindow: "02:00-06:00" });
  expect(decideStart(run, long, minute(1))).toMatchObject({ kind: "wait", retryAt: at(3) });
  const both = anInstance({ backupStrategy, maintenanceWindow: "02:00-04:00" });
  expect(decideStart(run, both, minute(1))).toMatchObject({ kind: "wait", retryAt: at(4) });
});

test("a database that is busy in its window is busy, and one that is stopped is skipped", () => {
  const maintenanceWindow = "02:00-04:00";
  expect(decideStart(run, anInstance({ maintenanceWindow, status: "MODIFYING" }), minute(1))).toMatchObject({
    why: { code: "instance-busy" },
  });
  expect(decideStart(run, anInstance({ maintenanceWindow, status: "SHUTDOWN" }), minute(1)).kind).toBe("skip");
});
