// One simulated stretch of time as data: the accounts, the rows and their edits, and every fault. The same scenario gives
// the same world, whoever runs it.

import type { OtcInstance } from "../otc/otc-world.ts";
import type { Fault } from "./fault.ts";
import type { RetentionStory } from "./retention-story.ts";
import type { NamedSchedule } from "./schedules.ts";

/** A row as ops put it into the table, or took it out. */
export interface Edit {
  readonly at: number;
  readonly policyId: string;
  /** Absent: the row is deleted. */
  readonly row?: Readonly<Record<string, unknown>>;
  /** What a valid row means; absent for a row that is invalid. */
  readonly meaning?: PolicyMeaning;
}

/** A selector of the kinds that scenarios use; a name ends with its only `*`. */
export interface PlannedSelector {
  readonly tags?: Readonly<Record<string, string>>;
  readonly name?: string;
}

/** What the checker takes from a valid row, without the parser. */
export interface PolicyMeaning {
  readonly account: string;
  /** Those that the row names; where it has a selector, that counts instead. */
  readonly instanceIds: readonly string[];
  readonly selector?: PlannedSelector;
  readonly schedule: NamedSchedule;
  readonly timeZone: string;
  readonly enabled: boolean;
  readonly pausedUntilAt?: number;
  readonly startWindowMinutes: number;
  readonly completionWindowMinutes: number;
  readonly maxAttempts: number;
  readonly catchUp: "latest" | "none";
}

export interface Scenario {
  readonly seed: number;
  readonly startAt: number;
  /** Until then rows are edited and faults begin. */
  readonly endAt: number;
  readonly instances: readonly OtcInstance[];
  readonly edits: readonly Edit[];
  readonly faults: readonly Fault[];
  /** Present and true: OTC is reached through the real client, whose requests and answers are simulated one by one. */
  readonly isWired?: boolean;
  /** Schedules that share the accounts, and the number they are changed to half-way; one where it is absent. */
  readonly shards?: { readonly first: number; readonly later: number };
  /** Present: a stretch of days on which retention is at work, over nights that lie behind. */
  readonly retention?: RetentionStory;
}
