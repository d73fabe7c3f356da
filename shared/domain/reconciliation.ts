// The daily comparison of the ledger with what OTC lists: how far a round has come, and what it noted about each policy.

const hourMs = 3_600_000;
/** A round begins so long after the one before it began: what is wrong is found within a day. */
export const roundEveryMs = 23 * hourMs;
/** An auditor that was away this long may have come back to another ledger: it compares at once. */
const longAbsenceMs = hourMs;

/** What stands about one policy until its next visit. */
export interface ReconciliationNote {
  readonly policyId: string;
  readonly account: string;
  /** Backups with our prefix that no record and no name explains, one line each. */
  readonly orphans: readonly string[];
  /** Recorded as COMPLETED, not deleted by us, and found missing within the last day. */
  readonly phantoms: number;
  /** Databases whose newest backup has an unusual size, one line each. */
  readonly oddSizes: readonly string[];
}

export interface Reconciliation {
  readonly beganAt: number;
  /** Every policy up to this one, in the order of their ids, has been visited in this round; absent when the round is over. */
  readonly afterPolicyId?: string;
  /** When everything had been compared for the last time; before that, since when somebody tries. */
  readonly doneAt: number;
  /** Policies to be visited once more: an account that could not be listed, a backup to be looked for a second time. */
  readonly again: readonly string[];
  readonly notes: readonly ReconciliationNote[];
}

/** The state to work on now: a new round when it is time for one. */
export function currentRound(
  last: Reconciliation | undefined,
  facts: { now: number; lastAuditAt: number | undefined },
): Reconciliation {
  const { now, lastAuditAt } = facts;
  if (last === undefined) return { beganAt: now, afterPolicyId: "", doneAt: now, again: [], notes: [] };
  const wasAway = lastAuditAt !== undefined && now - lastAuditAt > longAbsenceMs;
  const isOver = last.afterPolicyId === undefined;
  return isOver && (wasAway || now - last.beganAt >= roundEveryMs)
    ? { ...last, beganAt: now, afterPolicyId: "" }
    : last;
}

/** Which policies to visit now, the second looks first. */
export function visitsOf(round: Reconciliation, policyIds: readonly string[]): string[] {
  const known = new Set(policyIds);
  const second = round.again.filter((id) => known.has(id));
  const { afterPolicyId } = round;
  if (afterPolicyId === undefined) return second;
  const rest = policyIds.filter((id) => id > afterPolicyId && !second.includes(id)).toSorted();
  return [...second, ...rest];
}
