// The daily comparison of the ledger with what OTC lists: how far a round has come, and what it noted about each policy.

const hourMs = 3_600_000;
/** A round begins so long after the one before it began: what is wrong is found within a day. */
export const roundEveryMs = 23 * hourMs;
/** An auditor that was away this long may have come back to another ledger: it compares at once. */
const longAbsenceMs = hourMs;

/** What a visit to a policy finds. */
export interface Findings {
  /** Backups with our prefix that no record and no name explains, one line each. */
  readonly orphans: readonly string[];
  /** Recorded as COMPLETED, not deleted by us, and found missing within the last day. */
  readonly phantoms: number;
  /** Databases whose newest backup has an unusual size, one line each. */
  readonly oddSizes: readonly string[];
}

/** What stands about one policy until its next visit has come to its end. */
export interface ReconciliationNote extends Findings {
  readonly policyId: string;
  readonly account: string;
}

/** A policy to be visited once more, or further. Absent of all: all its databases, to look a second time for a backup. */
export interface SecondLook {
  readonly policyId: string;
  /** Only these could not be listed. */
  readonly instanceIds?: readonly string[];
  /** All of them, as soon as this one can be listed: the account could not be. */
  readonly onceListed?: string;
  /** The visit ended before its last database, for want of time or, with `onceListed`, since the account could not be listed. */
  readonly rest?: RestOfVisit;
}

/** Where a visit goes on, its databases in the order of their ids, and what it has come to before. */
export interface RestOfVisit extends VisitSums {
  /** Not compared yet; those before it are. */
  readonly from: string;
  /** Runs of earlier slots have no backup any more: they are not read again. */
  readonly readFromAt: number;
}

export interface VisitSums {
  /** Recorded backups that OTC lists, and how much the good ones of them hold. */
  readonly held: number;
  readonly heldKb: number;
  /** Something was missing that a second look has to find missing as well. */
  readonly hasDoubts: boolean;
  /** Databases that could not be listed, though the account can be. */
  readonly unlisted: readonly string[];
  readonly found: Findings;
}

export const nothingYet: VisitSums = {
  held: 0,
  heldKb: 0,
  hasDoubts: false,
  unlisted: [],
  found: { orphans: [], phantoms: 0, oddSizes: [] },
};

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
  if (!isOver || (!wasAway && now - last.beganAt < roundEveryMs)) return last;
  // What was compared with the ledger of before the absence says nothing about this one.
  const again = wasAway ? last.again.map(({ rest: _old, ...look }) => look) : last.again;
  return { ...last, beganAt: now, afterPolicyId: "", again };
}

/** Whether the round itself still has to visit a policy. */
export function isDueIn({ afterPolicyId }: Pick<Reconciliation, "afterPolicyId">, policyId: string): boolean {
  return afterPolicyId !== undefined && policyId > afterPolicyId;
}

/**
 * Which policies to visit now: first what was begun, then second looks for backups, then what the round still has to visit, in
 * the order of the ids, and last what could not be listed before. That may stay so for days and must keep nobody from a visit;
 * for the same reason the round visits a policy whole, unless it was only time that a visit wanted.
 */
export function visitsOf(round: Reconciliation, policyIds: readonly string[]): SecondLook[] {
  const known = new Set(policyIds);
  const looks = new Map(round.again.map((look) => [look.policyId, look]));
  const second = round.again.filter(({ policyId }) => known.has(policyId) && !isDueIn(round, policyId));
  const due = policyIds.filter((policyId) => isDueIn(round, policyId)).toSorted();
  const begun = second.filter(wantsOnlyTime);
  const unlisted = second.filter((look) => look.instanceIds !== undefined || look.onceListed !== undefined);
  const doubted = second.filter((look) => !begun.includes(look) && !unlisted.includes(look));
  const own = due.map((policyId) => {
    const look = looks.get(policyId);
    return look !== undefined && wantsOnlyTime(look) ? look : { policyId };
  });
  return [...begun, ...doubted, ...own, ...unlisted];
}

function wantsOnlyTime(look: SecondLook): boolean {
  return look.rest !== undefined && look.onceListed === undefined;
}

/** More databases than these are not remembered one by one: of a policy, and of all, since a checkpoint is one item. */
const mostSingleLooks = 50;
const mostSingleLooksOfAll = 1000;
/** Of rests of visits, each as many ids as fill its room: a line is about as long as five. */
const mostOfRests = 1500;
const mostLinesOfAll = 800;
/** More backups than these are not listed by name: somebody has to look at the policy in any case. */
const mostLines = 50;
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

/** The rest of a visit; in trouble it waits until the account can be listed again. */
export function goOn(policyId: string, { rest, inTrouble }: { rest: RestOfVisit; inTrouble: boolean }): SecondLook {
  // One more than are remembered one by one says that there are too many.
  const unlisted = rest.unlisted.slice(0, mostSingleLooks + 1);
  const look = { policyId, rest: { ...rest, unlisted } };
  return inTrouble ? { ...look, onceListed: rest.from } : look;
}

/** As many as a checkpoint holds. A rest that has no room is a visit that begins anew. */
export function boundedLooks(looks: readonly SecondLook[]): SecondLook[] {
  let [single, ofRests] = [0, 0];
  return looks.slice(0, mostSecondLooks).map((look) => {
    const { policyId, instanceIds = [], rest } = look;
    single += instanceIds.length;
    ofRests += rest === undefined ? 0 : weightOf(rest);
    const first = rest?.from ?? instanceIds[0];
    const hasRoom = rest === undefined ? single <= mostSingleLooksOfAll : ofRests <= mostOfRests;
    return first === undefined || hasRoom ? look : { policyId, onceListed: first };
  });
}

function weightOf({ unlisted, found }: RestOfVisit): number {
  return 5 + unlisted.length + 5 * (found.orphans.length + found.oddSizes.length);
}

/** Those that say something, as many as a checkpoint holds. */
export function boundedNotes(notes: readonly ReconciliationNote[]): ReconciliationNote[] {
  let lines = 0;
  return notes.flatMap((note) => {
    if (note.orphans.length + note.phantoms + note.oddSizes.length === 0) return [];
    lines += 1 + note.orphans.length + note.oddSizes.length;
    return lines <= mostLinesOfAll ? [note] : [];
  });
}

/** What a visit has found before, with what it finds at further databases. */
export function addFindings(before: Findings, found: Findings): Findings {
  return {
    orphans: [...before.orphans, ...found.orphans].slice(0, mostLines),
    phantoms: before.phantoms + found.phantoms,
    oddSizes: [...new Set([...before.oddSizes, ...found.oddSizes])].slice(0, mostLines),
  };
}

/** A note with what a second look at databases found of which it says nothing yet. */
export function addToNote(before: ReconciliationNote | undefined, found: ReconciliationNote): ReconciliationNote {
  return before === undefined ? found : { ...before, ...addFindings(before, found) };
}

/** While a visit goes on, what was noted before it stands as well: of the databases it has not come to nothing else is known. */
export function noteMeanwhile(before: ReconciliationNote | undefined, found: ReconciliationNote): ReconciliationNote {
  if (before === undefined) return found;
  const database = (line: string) => line.split(":")[0];
  const isNew = new Set(found.oddSizes.map(database));
  return {
    ...found,
    orphans: [...new Set([...found.orphans, ...before.orphans])],
    phantoms: Math.max(before.phantoms, found.phantoms),
    oddSizes: [...found.oddSizes, ...before.oddSizes.filter((line) => !isNew.has(database(line)))],
  };
}
