// Every place where prune-backups can die: days of retention are run once to count the effects of the ticks that mark, delete
// and confirm, then once for each effect, killed before it and after it, and driven on.

import { expect, test } from "vitest";
import type { Fault } from "./plan/fault.ts";
import { type Night, nightly } from "./plan/retention-story.ts";
import type { Scenario } from "./plan/scenario.ts";
import { type Outcome, simulate } from "./simulate.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startAt = Date.UTC(2026, 10, 24, 12);
const lastSlotAt = Date.UTC(2026, 10, 24, 2, 30);
const instanceId = "0a0e000154844b18a0e9d2f8d85fa29bin03";
const policyId = "nightly";
const night = (back: number, outcome: Night["outcome"]): Night => ({
  ...{ policyId, instanceId, account: "alpha", outcome },
  slotAt: lastSlotAt - back * dayMs,
});

/** Four nights behind, of which one FAILED and one is beyond the rules; nothing else happens. */
function someDays(faults: readonly Fault[]): Scenario {
  const row = {
    ...{ policyId, account: "alpha", instanceIds: [instanceId], schedule: nightly, enabled: false },
    ...{ maxAgeHours: 240, retention: { keepLast: 2, minimum: 1 } },
  };
  return {
    ...{ seed: 8, startAt, endAt: startAt + 30 * hourMs, faults },
    instances: [{ id: instanceId, name: "db-1", account: "alpha", isReplica: false }],
    edits: [{ at: startAt, policyId, row }],
    retention: {
      nights: [night(3, "good"), night(2, "failed"), night(1, "good"), night(0, "good")],
      holds: [],
      strangers: [{ instanceId, name: "before-the-release", createdAt: startAt - 20 * dayMs }],
    },
  };
}

const gone = ({ world }: Outcome) =>
  [...new Set(world.otc.deletions.map(({ backup }) => backup.name.slice(23, 31)))].sort();

/** The ticks that change something have more effects than those that find nothing. After the end no fault strikes any more. */
function busyTicks({ world }: Outcome) {
  const { endAt } = world.scenario;
  const ticks = world.invocations.filter(({ fn, process }) => fn === "prune-backups" && process.startedAt < endAt);
  const idle = Math.min(...ticks.map(({ process }) => process.effects));
  return ticks.filter(({ process }) => process.effects > idle);
}

test("killed before and after each effect of marking, deleting and confirming: the same backups go, and no other", {
  timeout: 600_000,
}, async () => {
  const base = await simulate(someDays([]));
  expect(base.violations).toEqual([]);
  expect(gone(base)).toEqual(["20261121", "20261122"]);
  const wrong: string[] = [];
  let points = 0;
  for (const { process } of busyTicks(base)) {
    for (let effect = 1; effect <= process.effects; effect += 1) {
      for (const side of ["before", "after"] as const) {
        const kill: Fault = { kind: "kill", at: process.startedAt, fn: "prune-backups", effect, side };
        const outcome = await simulate(someDays([kill]));
        points += 1;
        const broken = outcome.violations.map(({ invariant, what }) => `${invariant} ${what}`);
        if (outcome.world.faults.used().length === 0) broken.push("was never used");
        if (gone(outcome).join() !== gone(base).join()) broken.push(`gone are ${gone(outcome).join()}`);
        wrong.push(...broken.map((what) => `${JSON.stringify(kill)}: ${what}`));
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(points).toBeGreaterThan(60);
});
