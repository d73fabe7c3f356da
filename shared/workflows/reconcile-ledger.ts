// The auditor's daily round over all policies, a piece at every audit: goes on where the last one stopped, and visits once more
// what could not be settled at once.

import {
  addToNote,
  boundedLooks,
  type Reconciliation,
  type ReconciliationNote,
  type SecondLook,
  visitsOf,
} from "../domain/audit/reconciliation.ts";
import type { Policy } from "../domain/policy.ts";
import type { Site, Tick } from "../ports.ts";
import type { CountedStock } from "./note-stocks.ts";
import { reconcilePolicy } from "./reconcile-policy.ts";
import type { TickJournal } from "./tick-journal.ts";

const mostNotes = 500;

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
  const unusable = new Set<string>();
  const errors: unknown[] = [];
  let { afterPolicyId } = round;
  const stocks: CountedStock[] = [];
  let adopted = 0;
  for (const look of visitsOf(round, [...policies.keys()])) {
    if (site.clock.now() >= tick.stopAt)
      return { next: { ...round, ...rest(afterPolicyId, again, notes) }, adopted, stocks, errors };
    const { policyId } = look;
    const isSecond = again.has(policyId);
    const visit = await visitOne(site, { look, policies, tick, journal, unusable, errors });
    const left = visit === undefined ? look : visit.again;
    if (left === undefined) again.delete(policyId);
    else again.set(policyId, left);
    if (visit?.note !== undefined)
      notes.set(policyId, look.instanceIds === undefined ? visit.note : addToNote(notes.get(policyId), visit.note));
    adopted += visit?.adopted ?? 0;
    if (visit?.stock !== undefined) stocks.push(visit.stock);
    if (afterPolicyId !== undefined && policyId > afterPolicyId && !isSecond) afterPolicyId = policyId;
  }
  const { afterPolicyId: _over, ...done } = { ...round, ...rest(undefined, again, notes) };
  return { next: again.size === 0 ? { ...done, doneAt: site.clock.now() } : done, adopted, stocks, errors };
}

function rest(
  afterPolicyId: string | undefined,
  again: ReadonlyMap<string, SecondLook>,
  notes: ReadonlyMap<string, ReconciliationNote>,
) {
  const worthNoting = [...notes.values()].filter((n) => n.orphans.length + n.phantoms + n.oddSizes.length > 0);
  return {
    ...(afterPolicyId === undefined ? {} : { afterPolicyId }),
    again: boundedLooks([...again.values()]),
    notes: worthNoting.slice(0, mostNotes),
  };
}

interface OneVisit extends Omit<RoundFacts, "round"> {
  readonly look: SecondLook;
  /** Accounts that could not be used in this audit: no further call is spent on them. */
  readonly unusable: Set<string>;
  readonly errors: unknown[];
}

async function visitOne(site: Site, { look, policies, tick, journal, unusable, errors }: OneVisit) {
  const found = policies.get(look.policyId);
  if (found === undefined || unusable.has(found.policy.account)) return undefined;
  try {
    const provider = await site.provider.account(found.policy.account, { stopAt: tick.stopAt });
    if (!provider.ok) {
      unusable.add(found.policy.account);
      return undefined;
    }
    const policyIds = new Set(policies.keys());
    const visit = await reconcilePolicy(site, { ...found, look, provider: provider.value, policyIds, journal });
    if (visit.trouble) unusable.add(found.policy.account);
    return visit;
  } catch (error) {
    errors.push(error);
    return undefined;
  }
}
