// The auditor's daily round over all policies, a piece at every audit: goes on where the last one stopped, in the
// middle of a policy if need be, and visits once more what could not be settled at once.

import {
  addToNote,
  boundedLooks,
  boundedNotes,
  isDueIn,
  noteMeanwhile,
  type Reconciliation,
  type ReconciliationNote,
  type SecondLook,
  visitsOf,
} from "../domain/audit/reconciliation.ts";
import type { Policy } from "../domain/policy.ts";
import type { Site, Tick } from "../ports.ts";
import type { CountedStock } from "./note-stocks.ts";
import { type PolicyVisit, reconcilePolicy } from "./reconcile-policy.ts";
import type { TickJournal } from "./tick-journal.ts";

export interface PolicyToVisit {
  readonly policy: Policy;
  readonly version: number;
}

export interface RoundFacts {
  readonly round: Reconciliation;
  readonly policies: ReadonlyMap<string, PolicyToVisit>;
  readonly tick: Tick;
  readonly journal: TickJournal;
}

export interface RoundReport {
  readonly next: Reconciliation;
  readonly adopted: number;
  /** Of the policies visited in this audit. */
  readonly stocks: readonly CountedStock[];
  readonly errors: readonly unknown[];
}

/** One policy at a time: it is a background task, and OTC's pace belongs to the backups. */
export async function reconcileLedger(
  site: Site,
  { round, policies, tick, journal }: RoundFacts,
): Promise<RoundReport> {
  const again = new Map(round.again.filter((one) => policies.has(one.policyId)).map((one) => [one.policyId, one]));
  const notes = new Map(round.notes.filter((one) => policies.has(one.policyId)).map((one) => [one.policyId, one]));
  const errors: unknown[] = [];
  let { afterPolicyId } = round;
  const stocks: CountedStock[] = [];
  let adopted = 0;
  const visits = visitsOf(round, [...policies.keys()]);
  const at = {
    policies,
    tick,
    journal,
    unusable: new Set<string>(),
    roomFor: callsByAccount(visits, policies),
    errors,
  };
  for (const look of visits) {
    if (site.clock.now() >= tick.stopAt)
      return { next: { ...round, ...rest(afterPolicyId, again, notes) }, adopted, stocks, errors };
    const { policyId } = look;
    const visit = await visitOne(site, look, at);
    const left = visit === undefined ? look : visit.again;
    // At the end, so that of those that cannot be listed each has its turn.
    again.delete(policyId);
    if (left !== undefined) again.set(policyId, left);
    const note = visit === undefined ? undefined : noteAfter(look, visit, notes.get(policyId));
    if (note !== undefined) notes.set(policyId, note);
    adopted += visit?.adopted ?? 0;
    if (visit?.stock !== undefined) stocks.push(visit.stock);
    if (isDueIn(round, policyId)) afterPolicyId = policyId;
  }
  const { afterPolicyId: _over, ...done } = { ...round, ...rest(undefined, again, notes) };
  return { next: again.size === 0 ? { ...done, doneAt: site.clock.now() } : done, adopted, stocks, errors };
}

function noteAfter(look: SecondLook, { note, again }: PolicyVisit, before: ReconciliationNote | undefined) {
  if (note === undefined) return before;
  if (look.instanceIds !== undefined) return addToNote(before, note);
  return again?.rest === undefined ? note : noteMeanwhile(before, note);
}

function rest(
  afterPolicyId: string | undefined,
  again: ReadonlyMap<string, SecondLook>,
  notes: ReadonlyMap<string, ReconciliationNote>,
) {
  return {
    ...(afterPolicyId === undefined ? {} : { afterPolicyId }),
    again: boundedLooks([...again.values()]),
    notes: boundedNotes([...notes.values()]),
  };
}

/** Of a selector, whose databases are known only when its runs have been read. */
const callsOfSelector = 50;

function callsByAccount(visits: readonly SecondLook[], policies: RoundFacts["policies"]): Map<string, number> {
  const calls = new Map<string, number>();
  for (const { policyId, instanceIds, rest } of visits) {
    const policy = policies.get(policyId)?.policy;
    if (policy === undefined) continue;
    const { account, target } = policy;
    const from = rest?.from ?? "";
    const named = target.kind === "instances" ? target.instanceIds.filter((id) => id >= from) : undefined;
    const own = instanceIds ?? named;
    calls.set(account, (calls.get(account) ?? 0) + (own?.length ?? callsOfSelector));
  }
  return calls;
}

interface AuditFacts extends Omit<RoundFacts, "round"> {
  /** Calls for which room has still to be made at the account's pace: once an audit, since a new claim begins anew. */
  readonly roomFor: Map<string, number>;
  /** Accounts that could not be used in this audit: no further call is spent on them. */
  readonly unusable: Set<string>;
  readonly errors: unknown[];
}

async function visitOne(site: Site, look: SecondLook, facts: AuditFacts): Promise<PolicyVisit | undefined> {
  const { policies, tick, journal, unusable, roomFor, errors } = facts;
  const found = policies.get(look.policyId);
  if (found === undefined || unusable.has(found.policy.account)) return undefined;
  try {
    const provider = await site.provider.account(found.policy.account, { stopAt: tick.stopAt });
    if (!provider.ok) {
      unusable.add(found.policy.account);
      return undefined;
    }
    const calls = roomFor.get(found.policy.account);
    roomFor.delete(found.policy.account);
    if (calls !== undefined) await provider.value.makeRoom(calls);
    const policyIds = new Set(policies.keys());
    const { stopAt } = tick;
    const visit = await reconcilePolicy(site, { ...found, look, provider: provider.value, stopAt, policyIds, journal });
    if (visit.isRefused) unusable.add(found.policy.account);
    return visit;
  } catch (error) {
    errors.push(error);
    return undefined;
  }
}
