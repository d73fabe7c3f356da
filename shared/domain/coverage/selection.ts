// What a policy's selector has picked, and what is made of a change. A database that falls out of a selector loses its
// backups without anyone deleting anything, so a sudden drop is told first and becomes a fact a day later.

import type { Selector } from "../policy.ts";
import type { Instance } from "../remote.ts";
import { selectInstances } from "./selector.ts";

/**
 * Stands where a run names its database, for a slot whose databases could not be worked out: the run that holds the slot
 * until they can, and the one that says that there were none.
 */
export const wholeSelector = "selector";

/** So long a database that fell out in a sudden drop is still backed up, counted from the drop. */
export const dropGraceMs = 24 * 3_600_000;

export interface Member {
  readonly id: string;
  readonly name: string;
}

/** What stands in the ledger for one policy: the databases it has, and those about to be dropped. */
export interface Selection {
  readonly policyId: string;
  readonly account: string;
  /** Of the policy whose selector was resolved. */
  readonly policyVersion: number;
  readonly resolvedAt: number;
  readonly members: readonly Member[];
  readonly replicas: number;
  /** A drop that was told and is not yet a fact. */
  readonly drop?: { readonly sinceAt: number; readonly fallen: readonly Member[] };
}

/**
 * The databases a selector had at the newest slot for which they are known, from the policy's runs. When no slot is, the
 * stand-in is all there is to speak of, so that nothing looks well that was never resolved.
 */
export function databasesOfRuns(runs: readonly { readonly instanceId: string; readonly slotAt: number }[]): string[] {
  const resolved = runs.filter((run) => run.instanceId !== wholeSelector);
  const newestAt = resolved.reduce((at, run) => Math.max(at, run.slotAt), 0);
  if (resolved.length === 0) return runs.length === 0 ? [] : [wholeSelector];
  return [...new Set(resolved.filter((run) => run.slotAt === newestAt).map((run) => run.instanceId))].toSorted();
}

export interface SelectionFacts {
  readonly policyId: string;
  readonly account: string;
  readonly policyVersion: number;
  readonly selector: Selector;
  /** The account's complete listing. */
  readonly instances: readonly Instance[];
  readonly now: number;
  /** A drop of more than so many per cent is sudden. */
  readonly dropPercent: number;
  readonly before: Selection | undefined;
}

export interface SelectionDecision {
  readonly selection: Selection;
  /** Databases that fell out in a sudden drop, to be told by name. Some may still be backed up for a day. */
  readonly fallen: readonly Member[];
  /** How many there were before, for the sentence. */
  readonly countBefore: number;
  /** How many databases the selector matches as it stands. */
  readonly matched: number;
}

/**
 * `selection.members` are the databases that a slot due now is for.
 * Databases that were all deleted are no drop: that they are gone is told by the survey, and nothing of them could be backed up.
 * A drop without an edit of the policy: those that fell out and still exist stay members for a day. After an edit the new
 * choice counts at once, since somebody has just made it; a sudden drop is told all the same.
 */
export function decideSelection(facts: SelectionFacts): SelectionDecision {
  const { policyId, account, policyVersion, now, before } = facts;
  const { matched, replicas } = selectInstances(facts.selector, facts.instances);
  const matchedMembers = matched.map(({ id, name }) => ({ id, name }));
  const settled = { policyId, account, policyVersion, resolvedAt: now, members: matchedMembers, replicas };
  const counts = { countBefore: before?.members.length ?? 0, matched: matched.length };
  const existing = new Set(facts.instances.filter((i) => !i.isReplica).map((i) => i.id));
  const lost = fallenOut(before, matchedMembers);
  const fallen = lost.some((member) => existing.has(member.id)) ? lost : [];
  if (before === undefined || !isSudden(fallen.length, counts.countBefore, facts.dropPercent))
    return { selection: settled, fallen: [], ...counts };
  if (before.policyVersion !== policyVersion) return { selection: settled, fallen, ...counts };
  const sinceAt = before.drop?.sinceAt ?? now;
  if (now - sinceAt >= dropGraceMs) return { selection: settled, fallen: [], ...counts };
  const staying = fallen.filter((member) => existing.has(member.id));
  const members = [...matchedMembers, ...staying].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { selection: { ...settled, members, drop: { sinceAt, fallen } }, fallen, ...counts };
}

/** Members of before, and those of a drop under way that are gone, that are not matched now. */
function fallenOut(before: Selection | undefined, matched: readonly Member[]): Member[] {
  const now = new Set(matched.map((member) => member.id));
  const known = new Map([...(before?.drop?.fallen ?? []), ...(before?.members ?? [])].map((m) => [m.id, m]));
  return [...known.values()].filter((member) => !now.has(member.id)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function isSudden(fallen: number, before: number, dropPercent: number): boolean {
  return fallen > 0 && fallen * 100 > before * dropPercent;
}
