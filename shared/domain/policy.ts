// What a policy is once its row has been read: every field present that has a default, every rule of the row checked.
// And what is said about a row that is wrong. How a row becomes a policy is shared/policies/parse-policy.ts.

import type { AlertLevel } from "./messages/alert.ts";
import type { Schedule } from "./slots/slots.ts";

export type DatabaseEngine = "MySQL" | "PostgreSQL" | "SQLServer";

/** Which instances of the account are meant: all criteria given must hold. At least one is given. */
export interface Selector {
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Glob over the instance's name: `*` and `?`. */
  readonly name?: string | undefined;
  readonly engine?: DatabaseEngine | undefined;
}

export type Target =
  | { readonly kind: "instances"; readonly instanceIds: readonly string[] }
  | { readonly kind: "selector"; readonly selector: Selector };

/** Which good backups stay: the union of the rules given, of which there is at least one besides `minimum`. */
export interface Retention {
  readonly keepLast?: number | undefined;
  readonly keepWithinDays?: number | undefined;
  readonly keepDaily?: number | undefined;
  readonly keepWeekly?: number | undefined;
  readonly keepMonthly?: number | undefined;
  readonly keepYearly?: number | undefined;
  /** So many newest good ones stay whatever the other rules say. */
  readonly minimum: number;
}

export interface Policy {
  readonly policyId: string;
  readonly account: string;
  readonly target: Target;
  readonly schedule: Schedule;
  /** The cron expression as written, for people. */
  readonly scheduleText: string;
  readonly timeZone: string;
  readonly enabled: boolean;
  /** First instant after the pause. Given exactly when `pauseReason` is. */
  readonly pausedUntil?: number;
  readonly pauseReason?: string;
  readonly startWindowMinutes: number;
  readonly completionWindowMinutes: number;
  readonly maxAttempts: number;
  readonly catchUp: "latest" | "none";
  readonly databases?: readonly string[];
  readonly description?: string;
  /** Absent: every good backup is kept for ever. */
  readonly retention?: Retention;
  /** Freshness target: the greatest age, counted from the slot, that the newest good backup may reach. */
  readonly maxAgeHours: number;
  readonly sizeFloorKb: number;
  readonly severity: AlertLevel;
  /** A failed backup pages nobody while OTC's own automated one is no older than `maxAgeHours`. */
  readonly acceptAutomated?: true;
  readonly owner?: string;
}

/** One thing wrong (or doubtful) with a row: where, what stands there, why it is wrong and what to do. Fit for any output. */
export interface Problem {
  /** Path of the field, such as `retention.keepLast` or `instanceIds[1]`; `row` when it is about the whole row. */
  readonly field: string;
  /** What stands there, shortened to 80 characters, control characters escaped; text in quotes. */
  readonly value: string;
  readonly message: string;
  readonly remedy: string;
  /** A problem makes the row invalid; a warning does not. */
  readonly level: "problem" | "warning";
}

/** One problem as one line: field, value, what is wrong, what to do. */
export function problemLine(problem: Problem): string {
  return `${problem.field}: ${problem.value}: ${problem.message}; ${problem.remedy}`;
}
