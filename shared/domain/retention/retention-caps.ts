// How much may go at once, whatever the rules say. Caps belong to applying and take the oldest first; a plan that would
// mark too much of an account is no plan to follow but a question to a person.

/** Deletions of one database in one tick. */
export const perDatabaseAndTick = 2;

const fewestPerDay = 20;
const partPerDay = 0.05;

/** `good`: so many good backups the account has. */
export function perAccountAndTick(good: number): number {
  return Math.max(10, Math.floor(good * 0.02));
}

export function perAccountAndDay(good: number): number {
  return Math.max(fewestPerDay, Math.floor(good * partPerDay));
}

/**
 * What an account comes to at least, whatever less its rules keep, when so many backups a day become too many: only with so many is
 * the day's cap as large as that. 0 where the rules alone decide.
 */
export function levelsOffAt(perDay: number): number {
  return perDay <= fewestPerDay ? 0 : Math.ceil(perDay / partPerDay);
}

/** The day a deletion counts for: UTC, `2026-11-24`. */
export function deletionDay(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** More than a fifth of the account's good backups, and more than ten: an edit nobody meant, until somebody says so. */
export function isBulkChange(newMarks: number, good: number): boolean {
  return newMarks > 10 && newMarks > good * 0.2;
}

/** A person's word that a bulk change is meant: so many marks, until then. */
export interface BulkApproval {
  readonly planId: string;
  readonly marks: number;
  readonly untilAt: number;
}

export function isApproved(newMarks: number, approval: BulkApproval | undefined, now: number): boolean {
  return approval !== undefined && now < approval.untilAt && newMarks <= approval.marks;
}
