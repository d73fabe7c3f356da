// Where a process can die in a night, one by one and in pairs.

import type { Fault, FaultOf } from "./plan/fault.ts";
import { oneNight, slotAt } from "./plan/one-night.ts";
import type { PolicyMeaning, Scenario } from "./plan/scenario.ts";
import { type Outcome, simulate } from "./simulate.ts";

const hourMs = 3_600_000;
const sides = ["before", "after"] as const;

type Kill = FaultOf<"kill">;

/** A kill before and after each effect of each invocation from the slot until the night is settled. */
export function* crashPoints(of: Outcome): Generator<Kill> {
  const invocations = of.world.invocations.filter(
    ({ process }) => process.startedAt >= slotAt && process.startedAt < slotAt + 3 * hourMs,
  );
  for (const { fn, process } of invocations)
    for (let effect = 1; effect <= process.effects; effect += 1)
      for (const side of sides) yield { kind: "kill", at: process.startedAt, fn, effect, side };
}

/** What breaks in this scenario, with the kills that broke it; also a kill that never came about. */
export async function broken(scenario: Scenario): Promise<string[]> {
  const { violations, world } = await simulate(scenario);
  const kills = JSON.stringify(scenario.faults.filter(isKill));
  if (world.faults.used().filter(isKill).length < scenario.faults.filter(isKill).length)
    return [`${kills} was never used`];
  return violations.map(({ invariant, what }) => `${kills}: ${invariant} ${what}`);
}

const isKill = (fault: Fault) => fault.kind === "kill";

/** Kills at every point of the night with these faults, one at a time. */
export async function killEverywhere(
  faults: readonly Fault[],
  changes: Partial<PolicyMeaning> = {},
): Promise<{ points: number; wrong: string[] }> {
  const base = await simulate(oneNight(faults, changes));
  const wrong = base.violations.map(({ invariant, what }) => `without a kill: ${invariant} ${what}`);
  let points = 0;
  for (const kill of crashPoints(base)) {
    points += 1;
    wrong.push(...(await broken(oneNight([...faults, kill], changes))));
  }
  return { points, wrong };
}

/**
 * Kills the tick that requests the backup at each of its effects, and then, on the way that the night takes after it, each of the
 * next four as well.
 */
export async function killTwice(): Promise<{ points: number; wrong: string[] }> {
  const base = await simulate(oneNight([]));
  const firstAt = base.world.invocations.find(
    ({ fn, process }) => fn === "create-backups" && process.startedAt >= slotAt,
  )?.process.startedAt;
  const wrong: string[] = [];
  let points = 0;
  for (const first of crashPoints(base)) {
    if (first.at !== firstAt || first.fn !== "create-backups") continue;
    for (const second of secondKills(await simulate(oneNight([first])), first)) {
      points += 1;
      wrong.push(...(await broken(oneNight([first, second]))));
    }
  }
  return { points, wrong };
}

function* secondKills(once: Outcome, first: Kill): Generator<Kill> {
  const next = once.world.invocations.filter(({ process }) => process.startedAt > first.at + 1000).slice(0, 4);
  for (const { fn, process } of next)
    for (let effect = 1; effect <= process.effects; effect += 1)
      for (const side of sides) yield { kind: "kill", at: process.startedAt, fn, effect, side };
}
