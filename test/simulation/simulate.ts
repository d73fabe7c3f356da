// Runs one scenario to its end and checks every promise. The whole simulation in one call.

import { auditAtRest } from "./engine/audit-at-rest.ts";
import { drive } from "./engine/drive.ts";
import { driveRetention } from "./engine/drive-retention.ts";
import { type StoryLine, World } from "./engine/world.ts";
import { check, type Violation } from "./invariants/check.ts";
import { isForTheAuditor } from "./plan/rarer-nights.ts";
import type { Scenario } from "./plan/scenario.ts";

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly story: readonly StoryLine[];
  readonly effects: number;
  readonly invocations: number;
  readonly backups: number;
  readonly world: World;
}

export async function simulate(scenario: Scenario, options: { tracing?: boolean } = {}): Promise<Outcome> {
  const world = new World(scenario, options);
  await (scenario.retention === undefined ? drive(world) : driveRetention(world));
  if (isForTheAuditor(scenario)) await auditAtRest(world);
  return {
    violations: check(world),
    story: world.story,
    effects: world.invocations.reduce((sum, { process }) => sum + process.effects, 0),
    invocations: world.invocations.length,
    backups: world.otc.backups.length,
    world,
  };
}
