// A stretch of days on which retention is at work, as data: the nights behind and those to come, holds that people set, and
// backups at OTC that are none of ours. What rows say stands in the scenario's edits.

import type { Edit } from "./scenario.ts";

export interface Night {
  readonly policyId: string;
  readonly instanceId: string;
  readonly account: string;
  readonly slotAt: number;
  readonly outcome: "good" | "failed" | "not-good";
  /** Somebody changed the record by hand: it names a backup that is a colleague's. */
  readonly tampered?: true;
}

export interface PlannedHold {
  readonly policyId: string;
  readonly instanceId: string;
  readonly slotAt: number;
  readonly fromAt: number;
  readonly toAt?: number;
}

/** A backup at OTC that no run of ours made. */
export interface Stranger {
  readonly instanceId: string;
  readonly name: string;
  readonly createdAt: number;
}

export interface RetentionStory {
  readonly nights: readonly Night[];
  readonly holds: readonly PlannedHold[];
  readonly strangers: readonly Stranger[];
}

/** A row as the checker reads it, without our parser. */
export interface KeptBy {
  /** So many newest good ones stay; infinite without retention. */
  readonly floor: number;
  readonly maxAgeHours: number;
}

/** What a row means for retention; nothing for one that is gone or wrong. */
export function keptBy({ row }: Edit): KeptBy | undefined {
  if (row === undefined || row.schedule !== nightly) return undefined;
  const maxAgeHours = Number(row.maxAgeHours);
  if (!isRules(row.retention)) return { floor: Number.POSITIVE_INFINITY, maxAgeHours };
  const { keepLast = 0, keepDaily = 0, minimum = 3 } = row.retention;
  return { floor: Math.max(keepLast, keepDaily, minimum), maxAgeHours };
}

export const nightly = "30 2 * * *";

function isRules(value: unknown): value is { keepLast?: number; keepDaily?: number; minimum?: number } {
  return typeof value === "object" && value !== null;
}
