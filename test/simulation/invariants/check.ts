// The checker: every promise of docs/architecture.md, one function each, applied to a finished world.

import type { World } from "../engine/world.ts";
import { type Facts, gatherFacts } from "./facts.ts";
import { i1AtMostOneBackupPerRun, i3NoPhantomNoOrphan, i10NoStormOfCalls } from "./promises-about-backups.ts";
import { i7ConvergesAfterFaults, i9EndsStayAndVersionsRise } from "./promises-about-time.ts";
import { i2GoodOrToldInTime, i4ToldPromptlyAndOnce, i8HostileRowsHarmOnlyThemselves } from "./promises-to-people.ts";

export const invariants = {
  I1: i1AtMostOneBackupPerRun,
  I2: i2GoodOrToldInTime,
  I3: i3NoPhantomNoOrphan,
  I4: i4ToldPromptlyAndOnce,
  I7: i7ConvergesAfterFaults,
  I8: i8HostileRowsHarmOnlyThemselves,
  I9: i9EndsStayAndVersionsRise,
  I10: i10NoStormOfCalls,
} as const satisfies Record<string, (facts: Facts) => string[]>;

export interface Violation {
  readonly invariant: keyof typeof invariants;
  readonly what: string;
}

export function check(world: World): Violation[] {
  const facts = gatherFacts(world);
  return [
    ...violations("I1", facts),
    ...violations("I2", facts),
    ...violations("I3", facts),
    ...violations("I4", facts),
    ...violations("I7", facts),
    ...violations("I8", facts),
    ...violations("I9", facts),
    ...violations("I10", facts),
  ];
}

function violations(invariant: keyof typeof invariants, facts: Facts): Violation[] {
  return invariants[invariant](facts).map((what) => ({ invariant, what }));
}
