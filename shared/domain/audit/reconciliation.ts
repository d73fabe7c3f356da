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

/** A policy to be visited once more. Absent of both: all its databases, to look a second time for a backup. */
export interface SecondLook {
  readonly policyId: string;
  /** Only these could not be listed. */
  readonly instanceIds?: readonly string[];
  /** All of them, as soon as this one can be listed: the account could not be. */
  readonly onceListed?: string;
}

export interface Reconciliation {
  readonly beganAt: number;
  /** Every policy up to this one, in the order of their ids, has been visited in this round; absent when the round is over. */
  readonly afterPolicyId?: string;
  /** When everything had been compared for the last time; before that, since when somebody tries. */
  readonly doneAt: number;
  readonly again: readonly SecondLook[];
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

/** Which policies to visit now, the second looks first. What the round itself still has to visit is visited whole. */
export function visitsOf(round: Reconciliation, policyIds: readonly string[]): SecondLook[] {
  const known = new Set(policyIds);
  const { afterPolicyId } = round;
  const isDue = (policyId: string) => afterPolicyId !== undefined && policyId > afterPolicyId;
  const second = round.again.filter(({ policyId }) => known.has(policyId));
  const seconds = new Set(second.map(({ policyId }) => policyId));
  const rest = policyIds.filter((policyId) => isDue(policyId) && !seconds.has(policyId)).toSorted();
  return [
    ...second.map((look) => (isDue(look.policyId) ? { policyId: look.policyId } : look)),
    ...rest.map((policyId) => ({ policyId })),
  ];
}

/** More databases than these are not remembered one by one: of a policy, and of all, since a checkpoint is one item. */
const mostSingleLooks = 50;
const mostSingleLooksOfAll = 1000;
/** More policies than these are not visited again: the next round sees them. */
const mostSecondLooks = 2000;

/** What of a visit is left to do; nothing when all could be listed. `unlisted` in the order in which they were tried. */
export function lookAgain(
  policyId: string,
  { unlisted, databases }: { unlisted: readonly string[]; databases: number },
): SecondLook | undefined {
  const [first] = unlisted;
  if (first === undefined) return undefined;
  const isFew = unlisted.length < databases && unlisted.length <= mostSingleLooks;
  return isFew ? { policyId, instanceIds: unlisted } : { policyId, onceListed: first };
}

/** As many as a checkpoint holds. */
export function boundedLooks(looks: readonly SecondLook[]): SecondLook[] {
  let single = 0;
  return looks.slice(0, mostSecondLooks).map((look) => {
    single += look.instanceIds?.length ?? 0;
    const [first] = look.instanceIds ?? [];
    if (first === undefined || single <= mostSingleLooksOfAll) return look;
    return { policyId: look.policyId, onceListed: first };
  });
}

/** A note with what a second look at databases found of which it says nothing yet. */
export function addToNote(before: ReconciliationNote | undefined, found: ReconciliationNote): ReconciliationNote {
  if (before === undefined) return found;
  return {
    ...before,
    orphans: [...before.orphans, ...found.orphans],
    phantoms: before.phantoms + found.phantoms,
    oddSizes: [...new Set([...before.oddSizes, ...found.oddSizes])],
  };
}
