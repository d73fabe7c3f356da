// One policy, one database, one night: the scenario of tests that go through something point by point.

import type { Fault } from "./fault.ts";
import type { PolicyMeaning, Scenario } from "./scenario.ts";
import { schedules } from "./schedules.ts";

const hourMs = 3_600_000;

export const startAt = Date.UTC(2026, 10, 24, 12);
export const slotAt = Date.UTC(2026, 10, 25, 2, 30);
export const instanceId = "0a0e000154844b18a0e9d2f8d85fa29bin03";

function nightlySchedule() {
  const found = schedules.find((each) => each.text === "30 2 * * *");
  if (found === undefined) throw new Error("the nightly schedule is gone");
  return found;
}

const meaning: PolicyMeaning = {
  account: "alpha",
  instanceIds: [instanceId],
  schedule: nightlySchedule(),
  timeZone: "UTC",
  enabled: true,
  startWindowMinutes: 60,
  completionWindowMinutes: 90,
  maxAttempts: 2,
  catchUp: "latest",
};

/** The night with these faults. Five hours after the slot, or as many as are given, the row is deleted. */
export function oneNight(
  faults: readonly Fault[],
  changes: Partial<PolicyMeaning> = {},
  of: { hours?: number; isWired?: boolean } = {},
): Scenario {
  const { schedule, timeZone, ...row } = { ...meaning, ...changes };
  const policyId = "nightly";
  const endAt = slotAt + (of.hours ?? 5) * hourMs;
  return {
    seed: 1,
    startAt,
    endAt,
    instances: [{ id: instanceId, name: "db-1", account: "alpha", isReplica: false }],
    edits: [
      {
        ...{ at: startAt, policyId, meaning: { ...meaning, ...changes } },
        row: { ...row, policyId, schedule: schedule.text, timezone: timeZone },
      },
      { at: endAt, policyId },
    ],
    faults,
    ...(of.isWired === true ? { isWired: true } : {}),
  };
}
