// The checker: every promise of docs/architecture.md, one function each, applied to a finished world.

import type { World } from "../engine/world.ts";
import { type Facts, gatherFacts } from "./facts.ts";
import { i5RetentionRemovesOnlyWhatMayGo } from "./promise-of-retention.ts";
import { i1AtMostOneBackupPerRun, i3NoPhantomNoOrphan, i10NoStormOfCalls } from "./promises-about-backups.ts";
import { i6NoSecretLeaves, i10NeverFasterThanAllowed, i10OneTryPerPassword } from "./promises-about-calls.ts";
import { i7ConvergesAfterFaults, i9EndsStayAndVersionsRise } from "./promises-about-time.ts";
import { i2GoodOrToldInTime, i4ToldPromptlyAndOnce, i8HostileRowsHarmOnlyThemselves } from "./promises-to-people.ts";
import { i3AfterRetention, i7RetentionGetsThrough } from "./retention-at-rest.ts";

export const invariants = {
  I1: i1AtMostOneBackupPerRun,
  I2: i2GoodOrToldInTime,
  I3: (facts) => (facts.world.scenario.retention === undefined ? i3NoPhantomNoOrphan : i3AfterRetention)(facts),
  I4: i4ToldPromptlyAndOnce,
  I5: i5RetentionRemovesOnlyWhatMayGo,
  I7: (facts) =>
    (facts.world.scenario.retention === undefined ? i7ConvergesAfterFaults : i7RetentionGetsThrough)(facts),
  I8: i8HostileRowsHarmOnlyThemselves,
  I9: i9EndsStayAndVersionsRise,
  I6: i6NoSecretLeaves,
  I10: (facts) => [...i10NoStormOfCalls(facts), ...i10OneTryPerPassword(facts), ...i10NeverFasterThanAllowed(facts)],
} as const satisfies Record<string, (facts: Facts) => string[]>;

export interface Violation {
  readonly invariant: keyof typeof invariants;
  readonly what: string;
}

const nights = ["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10"] as const;
/** In a story of retention the nights are laid: what they promise was not put to the test. */
const retention = ["I1", "I3", "I5", "I6", "I7", "I9"] as const;

export function check(world: World): Violation[] {
  const facts = gatherFacts(world);
  const promises = world.scenario.retention === undefined ? nights : retention;
  return promises.flatMap((invariant) => violations(invariant, facts));
}

function violations(invariant: keyof typeof invariants, facts: Facts): Violation[] {
  return invariants[invariant](facts).map((what) => ({ invariant, what }));
}
