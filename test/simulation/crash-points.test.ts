// Every place where a process can die, one by one: a night is run once to count its effects, then once for each effect,
// killed before it and killed after it, and driven on. Nothing here is left to chance.

import { expect, test } from "vitest";
import type { BackupFate, Fault } from "./plan/fault.ts";
import type { PolicyMeaning, Scenario } from "./plan/scenario.ts";
import { schedules } from "./plan/schedules.ts";
import { type Outcome, simulate } from "./simulate.ts";

const hourMs = 3_600_000;
const startAt = Date.UTC(2026, 10, 24, 12);
const slotAt = Date.UTC(2026, 10, 25, 2, 30);
const instanceId = "0a0e000154844b18a0e9d2f8d85fa29bin03";

function theSchedule() {
  const found = schedules.find((each) => each.text === "30 2 * * *");
  if (found === undefined) throw new Error("the nightly schedule is gone");
  return found;
}

const meaning: PolicyMeaning = {
  account: "alpha",
  instanceIds: [instanceId],
  schedule: theSchedule(),
  timeZone: "UTC",
  enabled: true,
  startWindowMinutes: 60,
  completionWindowMinutes: 90,
  maxAttempts: 2,
  catchUp: "latest",
};

/** One policy, one database, one night, and these faults. */
function aNight(faults: readonly Fault[], changes: Partial<PolicyMeaning> = {}): Scenario {
  const { schedule, timeZone, ...row } = { ...meaning, ...changes };
  const edit = {
    policyId: "nightly",
    row: { ...row, policyId: "nightly", schedule: schedule.text, timezone: timeZone },
  };
  return {
    seed: 1,
    startAt,
    endAt: slotAt + 5 * hourMs,
    instances: [{ id: instanceId, name: "db-1", account: "alpha", isReplica: false }],
    edits: [
      { ...edit, at: startAt, meaning: { ...meaning, ...changes } },
      { at: slotAt + 5 * hourMs, policyId: "nightly" },
    ],
    faults,
  };
}

type Kill = Extract<Fault, { kind: "kill" }>;

/** A kill before and after each effect of each invocation from the slot until the night is settled. */
function* crashPoints(of: Outcome, only: (index: number) => boolean = () => true): Generator<Kill> {
  const invocations = of.world.invocations.filter(
    ({ process }) => process.startedAt >= slotAt && process.startedAt < slotAt + 3 * hourMs,
  );
  for (const [index, { fn, process }] of invocations.entries()) {
    if (!only(index)) continue;
    for (let effect = 1; effect <= process.effects; effect += 1)
      for (const side of ["before", "after"] as const) yield { kind: "kill", at: process.startedAt, fn, effect, side };
  }
}

async function broken(scenario: Scenario): Promise<string[]> {
  const { violations, world } = await simulate(scenario);
  const kills = JSON.stringify(scenario.faults.filter((fault) => fault.kind === "kill"));
  const unused = scenario.faults.filter((fault) => fault.kind === "kill").length - usedKills(world.faults.used());
  if (unused > 0) return [`${kills} was never used`];
  return violations.map(({ invariant, what }) => `${kills}: ${invariant} ${what}`);
}

const usedKills = (faults: readonly Fault[]) => faults.filter((fault) => fault.kind === "kill").length;

async function enumerate(faults: readonly Fault[], changes: Partial<PolicyMeaning> = {}): Promise<number> {
  const base = await simulate(aNight(faults, changes));
  expect(base.violations).toEqual([]);
  const wrong: string[] = [];
  let points = 0;
  for (const kill of crashPoints(base)) {
    points += 1;
    wrong.push(...(await broken(aNight([...faults, kill], changes))));
  }
  expect(wrong).toEqual([]);
  return points;
}

const minute = 60_000;
const fate = (name: BackupFate): Fault => ({ kind: "backup-fate", at: slotAt, fate: name });
const lost = (effect: "none" | "done"): Fault => ({ kind: "post-answer-lost", at: slotAt, effect, lateMs: 0 });
const long = { timeout: 10 * minute };

test("killed before and after each effect of a good night: one backup, no false word", long, async () => {
  expect(await enumerate([])).toBeGreaterThan(50);
});

test("killed at each effect while a backup fails and is tried again: one good backup, and told", long, async () => {
  expect(await enumerate([fate("fails-early")])).toBeGreaterThan(50);
});

test(
  "killed at each effect while the last attempt fails and its alert is sent: told, and not twice",
  long,
  async () => {
    expect(await enumerate([fate("fails-early")], { maxAttempts: 1 })).toBeGreaterThan(50);
  },
);

test("killed at each effect while a lost answer is reconciled: one backup, one record", long, async () => {
  expect(await enumerate([lost("done")])).toBeGreaterThan(50);
  expect(await enumerate([lost("none")])).toBeGreaterThan(50);
});

test("killed at each effect while an account's alert is raised and ended: told once", long, async () => {
  const refusal: Fault = {
    kind: "otc-refuses",
    at: slotAt,
    operation: "list-instances",
    code: "credentials-refused",
    times: 3,
  };
  expect(await enumerate([refusal])).toBeGreaterThan(50);
});

test("killed twice on the way to a backup: every pair of effects of two ticks in a row", long, async () => {
  const base = await simulate(aNight([]));
  const wrong: string[] = [];
  let pairs = 0;
  for (const first of crashPoints(
    base,
    (index) => index === base.world.invocations.findIndex(isFirstCreate) - before(base),
  )) {
    const once = await simulate(aNight([first]));
    for (const { fn, process } of once.world.invocations
      .filter((i) => i.process.startedAt > first.at + 1000)
      .slice(0, 2)) {
      for (let effect = 1; effect <= process.effects; effect += 2) {
        const second: Kill = { kind: "kill", at: process.startedAt, fn, effect, side: "after" };
        pairs += 1;
        wrong.push(...(await broken(aNight([first, second]))));
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(pairs).toBeGreaterThan(50);
});

const isFirstCreate = ({ fn, process }: { fn: string; process: { startedAt: number } }) =>
  fn === "create-backups" && process.startedAt >= slotAt;
const before = (of: Outcome) => of.world.invocations.filter(({ process }) => process.startedAt < slotAt).length;
