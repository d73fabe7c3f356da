// Turns a selector into databases: for slots that are due, and for a selector nobody has seen resolved yet. One complete
// listing of the account serves all its policies. A drop is told before it is followed; a selector without a match is told.

import {
  decideSelection,
  type Member,
  type Selection,
  type SelectionDecision,
  wholeSelector,
} from "../domain/coverage/selection.ts";
import { selectorFromJson, selectorText } from "../domain/coverage/selector.ts";
import { dropAlert, emptyAlert } from "../domain/coverage/selector-alert.ts";
import { failure } from "../domain/failure.ts";
import type { AlertLevel, StandingAlert } from "../domain/messages/alert.ts";
import type { Selector } from "../domain/policy.ts";
import type { Instance } from "../domain/remote.ts";
import type { RunKey } from "../domain/runs/naming.ts";
import type { Run, RunTerms } from "../domain/runs/run.ts";
import { missAtBirth, openRun, skip } from "../domain/runs/run-machine.ts";
import type { Site } from "../ports.ts";

/** A slot whose databases are to be worked out; `standIn` is the run that has held it since a tick that could not. */
export interface SelectorSlot {
  readonly slotAt: number;
  readonly terms: RunTerms;
  /** Missed before any tick came: whom it was for is to be found out and told, and nothing is started. */
  readonly isOver: boolean;
  readonly standIn?: Run;
}

/** One policy's selector, and the slots that wait for it; none when only the choice itself is asked for. */
export interface SelectorWork {
  readonly policyId: string;
  readonly account: string;
  readonly policyVersion: number;
  readonly selector: Selector;
  readonly severity: AlertLevel;
  readonly owner?: string;
  readonly slots: readonly SelectorSlot[];
}

export interface Resolved {
  /** One run per database and slot, not in the ledger yet. */
  readonly runs: Run[];
  /** The same for slots that are over. */
  readonly over: Run[];
  /** Slots without a database: to be written as they are, over the stand-in where there is one. */
  readonly without: { run: Run; standIn: Run | undefined }[];
  /** Stand-ins that have done their duty once `runs` are in the ledger. */
  readonly replaced: { standIn: Run; count: number }[];
  /** Databases per policy, as they count now. */
  readonly members: Map<string, readonly Member[]>;
  readonly choices: { policyId: string; version: number; matched: number; replicas: number }[];
  readonly standing: StandingAlert[];
}

/** The stand-in for a slot: a run that waits, or that is missed as it is born. */
export function openStandIn(work: SelectorWork, slot: SelectorSlot, now: number): Run {
  const { policyId, account } = work;
  const key = { policyId, account, instanceId: wholeSelector, slotAt: slot.slotAt };
  if (slot.isOver) return missAtBirth(key, slot.terms, now);
  return slot.standIn ?? openRun(key, slot.terms, now);
}

/** The work a stand-in asks for, with the selector of its own night. Nothing when that cannot be read. */
export function workOfStandIn(standIn: Run): SelectorWork | undefined {
  const { policyId, account, slotAt, terms } = standIn;
  const selector = terms.selector === undefined ? undefined : selectorFromJson(terms.selector);
  if (selector === undefined) return undefined;
  const { policyVersion, severity, owner } = terms;
  const slots = [{ slotAt, terms, isOver: false, standIn }];
  return { policyId, account, policyVersion, selector, severity, ...(owner === undefined ? {} : { owner }), slots };
}

/** `instances` is the account's complete listing. Throws FailureError when the ledger cannot be read or written. */
export async function resolveSelectors(
  site: Site,
  facts: { works: readonly SelectorWork[]; instances: readonly Instance[]; open: readonly StandingAlert[] },
): Promise<Resolved> {
  const resolved: Resolved = {
    runs: [],
    over: [],
    without: [],
    replaced: [],
    members: new Map(),
    choices: [],
    standing: [],
  };
  // Oldest version first, so that what stays in the ledger is the choice of the newest.
  for (const work of facts.works.toSorted((a, b) => a.policyVersion - b.policyVersion)) {
    const decision = await choose(site, work, facts.instances);
    addRuns(resolved, { work, decision, instances: facts.instances, now: site.clock.now() });
    await tell(site, { work, decision, open: facts.open, resolved });
  }
  return resolved;
}

async function choose(site: Site, work: SelectorWork, instances: readonly Instance[]): Promise<SelectionDecision> {
  const stored = await site.selections.read(work);
  const isOutdated = stored !== undefined && stored.policyVersion > work.policyVersion;
  const now = site.clock.now();
  const { selectorDropPercent: dropPercent } = site.settings;
  const before = isOutdated ? undefined : stored;
  const decision = decideSelection({ ...work, instances, now, dropPercent, before });
  // Losing the race means that another tick has just written the same choice.
  if (!isOutdated && isWorthWriting(stored, decision.selection))
    await site.selections.write(decision.selection, stored);
  return decision;
}

/** How old a choice may look before it is written again although nothing changed. */
const refreshMs = 3_600_000;

function isWorthWriting(before: Selection | undefined, next: Selection): boolean {
  const content = ({ resolvedAt: _at, ...rest }: Selection) => JSON.stringify(rest);
  return before === undefined || content(before) !== content(next) || next.resolvedAt - before.resolvedAt >= refreshMs;
}

interface Choice {
  readonly work: SelectorWork;
  readonly decision: SelectionDecision;
  readonly instances: readonly Instance[];
  readonly now: number;
}

function addRuns(resolved: Resolved, choice: Choice): void {
  const { work, decision, now } = choice;
  const { policyId } = work;
  const { members, replicas } = decision.selection;
  resolved.members.set(policyId, members);
  resolved.choices.push({ policyId, version: work.policyVersion, matched: decision.matched, replicas });
  for (const slot of work.slots) {
    const { standIn } = slot;
    if (slot.isOver) resolved.over.push(...missedRuns(slot, choice));
    else if (members.length === 0) {
      const why = failure("selector-empty", `the selector (${selectorText(work.selector)}) matches no database`);
      resolved.without.push({ run: skip(openStandIn(work, slot, now), why, now), standIn });
    } else {
      resolved.runs.push(...members.map((member) => openRun(...birthOf(member, work, slot), now)));
      if (standIn !== undefined) resolved.replaced.push({ standIn, count: members.length });
    }
  }
}

/** A database that was made after the slot was not meant by it. With nobody left to name, the selector as a whole missed it. */
function missedRuns(slot: SelectorSlot, { work, decision, instances, now }: Choice): Run[] {
  const later = new Set(instances.filter(({ createdAt = 0 }) => createdAt > slot.slotAt).map(({ id }) => id));
  const meant = decision.selection.members.filter(({ id }) => !later.has(id));
  if (meant.length === 0) return [openStandIn(work, slot, now)];
  return meant.map((member) => missAtBirth(...birthOf(member, work, slot), now));
}

function birthOf(
  { id, name }: Member,
  { policyId, account }: SelectorWork,
  { slotAt, terms }: SelectorSlot,
): [RunKey & { account: string }, RunTerms] {
  return [
    { policyId, account, instanceId: id, slotAt },
    { ...terms, instanceName: name },
  ];
}

interface Telling {
  readonly work: SelectorWork;
  readonly decision: SelectionDecision;
  readonly open: readonly StandingAlert[];
  readonly resolved: Resolved;
}

/** A slot without databases has an alert of its own; without a slot the row's alert tells in time for the next one. */
async function tell(site: Site, { work, decision, open, resolved }: Telling): Promise<void> {
  const subject = `policy ${work.policyId}`;
  const isOpen = (kind: StandingAlert["kind"]) => open.some((a) => a.subject === subject && a.kind === kind);
  if (decision.matched > 0 && isOpen("selector-empty")) await site.standingAlerts.clear(subject, "selector-empty");
  if (decision.fallen.length === 0 && isOpen("selector-drop"))
    await site.standingAlerts.clear(subject, "selector-drop");
  const alerts = [
    ...(decision.matched === 0 && work.slots.length === 0 ? [emptyAlert(work, site.clock.now())] : []),
    ...(decision.fallen.length > 0 ? [dropAlert(work, decision, site.clock.now())] : []),
  ];
  for (const alert of alerts) if (await site.standingAlerts.raise(alert)) resolved.standing.push(alert);
}
