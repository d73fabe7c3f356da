// Runs many seeds and gathers what they showed. Used by the command line, by its workers and by the test.

import type { Violation } from "./invariants/check.ts";
import { generateScenario } from "./plan/generate-scenario.ts";
import { simulate } from "./simulate.ts";

export interface SeedFailure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

/** Sums over the seeds run; a large number of them says that the simulation really did something. */
export interface Tally {
  readonly seeds: number;
  readonly backups: number;
  readonly invocations: number;
  readonly effects: number;
  readonly faults: number;
  readonly failures: readonly SeedFailure[];
}

export const nothing: Tally = { seeds: 0, backups: 0, invocations: 0, effects: 0, faults: 0, failures: [] };

export function together(a: Tally, b: Tally): Tally {
  return {
    seeds: a.seeds + b.seeds,
    backups: a.backups + b.backups,
    invocations: a.invocations + b.invocations,
    effects: a.effects + b.effects,
    faults: a.faults + b.faults,
    failures: [...a.failures, ...b.failures],
  };
}

export async function runSeed(seed: number): Promise<Tally> {
  const outcome = await simulate(generateScenario(seed));
  return {
    seeds: 1,
    backups: outcome.backups,
    invocations: outcome.invocations,
    effects: outcome.effects,
    faults: outcome.world.faults.used().length,
    failures: outcome.violations.length === 0 ? [] : [{ seed, violations: outcome.violations }],
  };
}

export async function runSeeds(seeds: { from: number; count: number }, each?: (seed: number) => void): Promise<Tally> {
  let tally = nothing;
  for (let seed = seeds.from; seed < seeds.from + seeds.count; seed += 1) {
    tally = together(tally, await runSeed(seed));
    each?.(seed);
  }
  return tally;
}
