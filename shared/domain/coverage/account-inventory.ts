// What a survey of one account leaves in the ledger: whether its databases are covered, and what it takes to notice at the
// next survey that one is gone or is no longer what it was.

import type { Coverage } from "./coverage.ts";
import type { GoneDatabase, KnownDatabase, UnwellDatabase } from "./instance-life.ts";
import type { PolicyStock } from "./limit-forecast.ts";

export interface AccountInventory {
  readonly account: string;
  /** When the account's complete listing was read. */
  readonly checkedAt: number;
  readonly coverage: Coverage;
  readonly known: readonly KnownDatabase[];
  readonly gone: readonly GoneDatabase[];
  readonly unwell: readonly UnwellDatabase[];
  /** How many backups each policy has at OTC; absent before the first daily comparison. */
  readonly stocks?: readonly PolicyStock[];
}

/** An account is surveyed about once an hour: long before the day within which a new database has to be found. */
export const surveyEveryMs = 55 * 60_000;

/** Twice an hour somebody looks which accounts are due; the rows need not be read for that at every audit. */
export const surveyTimesMs = 30 * 60_000;

export function isSurveyTime(now: number, lastAuditAt: number | undefined): boolean {
  const halfHour = (at: number) => Math.floor(at / surveyTimesMs);
  return lastAuditAt === undefined || halfHour(now) > halfHour(lastAuditAt);
}

export function isSurveyDue(last: AccountInventory | undefined, now: number): boolean {
  return last === undefined || now - last.checkedAt >= surveyEveryMs;
}
