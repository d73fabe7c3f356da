// What a status is judged from: rows as they were understood, runs as the ledger holds them, and the few records beside.

import type { StandingAlert } from "../domain/messages/alert.ts";
import type { Policy } from "../domain/policy.ts";
import type { Run } from "../domain/runs/run.ts";
import type { PolicyVersion } from "../domain/slots/owed-time.ts";

/** One policy row as it was understood, with what the ledger holds of it. */
export interface PolicyFacts {
  /** What the row calls itself; rows without a usable id come with a name made for them. */
  readonly policyId: string;
  /** The last valid version; absent when none is known. */
  readonly inForce?: Policy;
  /** When the version in force was first seen. Needed only where slots seem to be missing or nothing has ended yet. */
  readonly sinceAt?: number;
  /** All its versions. Needed only where a target seems to be missed. */
  readonly versions?: readonly PolicyVersion[];
  /** One line each: field, value, what is wrong, what to do. Empty when the row is valid. */
  readonly problems: readonly string[];
  /** The databases meant: as listed, or as the selector found them the last time. */
  readonly instanceIds: readonly string[];
  readonly runs: readonly Run[];
}

export interface SiteFacts {
  readonly now: number;
  /** How many nights of runs are shown. */
  readonly nights: number;
  readonly policies: readonly PolicyFacts[];
  readonly standing: readonly StandingAlert[];
  /** Names of databases by id, as the surveys of their accounts found them. */
  readonly names?: ReadonlyMap<string, string>;
  /** Every slot up to here has its run; absent before the first tick ever. */
  readonly accountedThroughAt?: number;
  /** Later than this after the last tick, something is broken. */
  readonly tickLateMs: number;
}
