// What one tick of prune-backups has done and may still do, shared by its accounts and databases: figures for the metrics,
// doubts for the alerts, leftovers for the log.

import type { BlockedDatabase } from "../domain/retention/prune-alerts.ts";

export interface PruneTally {
  marked: number;
  keptAgain: number;
  deleted: number;
  leftovers: number;
  /** Databases that the tick had no time for. */
  notReached: number;
  readonly blocked: BlockedDatabase[];
  readonly errors: unknown[];
}

export function newTally(): PruneTally {
  return { marked: 0, keptAgain: 0, deleted: 0, leftovers: 0, notReached: 0, blocked: [], errors: [] };
}
