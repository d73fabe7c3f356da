// The first half of create-backups: reads every policy row, page by page, and turns each slot that is due into a run. All of
// them are handed on: those to be started, so that claim and birth can be one write, and those that are over (missed, paused).
// Selectors are handed on too: resolving one needs its account, and no account may hold up the reading of rows.

import { createHash } from "node:crypto";
import { wholeSelector } from "../domain/coverage/selection.ts";
import { selectorJson } from "../domain/coverage/selector.ts";
import { alertLeaseMs, type StandingAlert } from "../domain/messages/alert.ts";
import { type Observed, saysTheSame } from "../domain/observed.ts";
import { type Policy, problemLine } from "../domain/policy.ts";
import type { Run, RunTerms } from "../domain/runs/run.ts";
import { missAtBirth, openRun, pauseAtBirth } from "../domain/runs/run-machine.ts";
import { isMine, type Shard } from "../domain/shard.ts";
import { type DueSlot, dueSlots } from "../domain/slots/due-slots.ts";
import type { PolicyRow, Site } from "../ports.ts";
import type { Accounted } from "../ports-for-accounting.ts";
import type { SelectorWork } from "./resolve-selectors.ts";
import { type InForce, nextObserved, type Understood, understandRow } from "./understand-row.ts";

export interface Opened {
  /** Runs to be started that are not in the ledger yet. */
  readonly candidates: Run[];
  /** Runs of slots that are over (missed, paused): to be written down, and nothing else. What a selector missed is not among them. */
  readonly over: Run[];
  /** Selectors to be resolved, with the slots that wait for them. */
  readonly selectors: SelectorWork[];
  /** What has to be written back onto rows once the candidates are in the ledger. */
  readonly observed: Map<string, ObservedChange>;
  /** Policies that the ledger met after the last accounting. */
  readonly newPolicies: Set<string>;
  readonly policyCount: number;
  readonly invalidPolicies: number;
  readonly standing: StandingAlert[];
  /** Rows whose slots could not be worked out: the accounting may not move on. */
  readonly errors: unknown[];
}

/** What stands on a row and what belongs there. */
export interface ObservedChange {
  readonly seen: Observed | undefined;
  readonly next: Observed;
}

interface Gathering {
  candidates: Run[];
  over: Run[];
  selectors: SelectorWork[];
  observed: Map<string, ObservedChange>;
  newPolicies: Set<string>;
  policyCount: number;
  invalidPolicies: number;
  standing: StandingAlert[];
  errors: unknown[];
}

interface OpeningFacts {
  readonly now: number;
  readonly accounted: Accounted;
  /** Whose accounts; what belongs to no account is the first shard's. */
  readonly shard: Shard;
  /** Standing alerts that are open now. */
  readonly open: readonly StandingAlert[];
  /** Now and then: what the rows of an account have to say about databases of several policies, by policy. */
  readonly sharedIn?: (account: string) => Promise<ReadonlyMap<string, string>>;
}

/** Every row is read alone: whatever one does, the others go on. Rows of other shards' accounts are read and left to them. */
export async function openDueRuns(site: Site, facts: OpeningFacts): Promise<Opened> {
  const found: Gathering = {
    candidates: [],
    over: [],
    selectors: [],
    observed: new Map(),
    newPolicies: new Set(),
    policyCount: 0,
    invalidPolicies: 0,
    standing: [],
    errors: [],
  };
  const alerted = facts.open.filter(({ kind }) => kind === "policy-invalid").map(({ subject }) => subject);
  const told = new Set(alerted);
  const withoutRow = new Set(facts.shard.index === 0 ? alerted : []);
  for await (const page of site.policies.pages()) {
    for (const row of page) {
      found.policyCount += 1;
      withoutRow.delete(policySubject(row));
      try {
        await openRow(site, { row, told, facts, found });
      } catch (error) {
        found.errors.push(error);
      }
    }
  }
  // A row that was removed while it was invalid is no open problem any more.
  for (const subject of withoutRow) await site.standingAlerts.clear(subject, "policy-invalid");
  return found;
}

const policySubject = (row: PolicyRow): string => `policy ${row.policyId ?? "without an id"}`;

interface RowWork {
  readonly row: PolicyRow;
  /** Rows whose alert is open. */
  readonly told: ReadonlySet<string>;
  readonly facts: OpeningFacts;
  readonly found: Gathering;
}

async function openRow(site: Site, { row, told, facts, found }: RowWork): Promise<void> {
  if (row.parse.ok && !isMine(row.parse.policy.account, facts.shard)) return;
  const understood = await understandRow(row, site.versions, facts);
  // A row that cannot be read is the business of the account that its last valid version names.
  if (!row.parse.ok && !isMineWithout(understood.inForce?.policy.account, facts.shard)) return;
  if (understood.problems.length > 0) found.invalidPolicies += 1;
  if (understood.problems.length > 0 || told.size > 0)
    await tellAboutRow(site, { row, told, understood, facts, found });
  const { inForce } = understood;
  const shared = await sharedOf(inForce?.policy, facts);
  const next = nextObserved(row, understood, { now: facts.now, shared });
  if (inForce !== undefined) {
    if (inForce.newSinceAt !== undefined) found.newPolicies.add(inForce.policy.policyId);
    const slots = dueSlots(inForce.policy, {
      ...inForce,
      now: facts.now,
      accountedThroughAt: facts.accounted.of(inForce.policy.account),
    });
    for (const due of slots) await openSlot(site, { inForce, due, now: facts.now, found });
    const work = selectorWork(inForce, slots, row.observed);
    if (work !== undefined) found.selectors.push(work);
    if (work !== undefined) found.observed.set(work.policyId, { seen: row.observed, next });
  }
  if (row.policyId !== undefined && !saysTheSame(row.observed, next))
    found.observed.set(row.policyId, { seen: row.observed, next });
}

/** Nothing when nobody looks in this tick. */
async function sharedOf(policy: Policy | undefined, { sharedIn }: OpeningFacts): Promise<string[] | undefined> {
  if (sharedIn === undefined || policy === undefined) return undefined;
  const line = policy.enabled ? (await sharedIn(policy.account)).get(policy.policyId) : undefined;
  return line === undefined ? [] : [line];
}

function isMineWithout(account: string | undefined, shard: Shard): boolean {
  return account === undefined ? shard.index === 0 : isMine(account, shard);
}

interface SlotWork {
  readonly inForce: InForce;
  readonly due: DueSlot;
  readonly now: number;
  readonly found: Gathering;
}

async function openSlot(site: Site, { inForce, due, now, found }: SlotWork): Promise<void> {
  const { policy } = inForce;
  if (policy.target.kind === "selector" && due.fate !== "paused") return;
  const terms = termsOf(inForce, due);
  for (const instanceId of await databasesOf(site, policy)) {
    const key = { policyId: policy.policyId, instanceId, slotAt: due.slotAt, account: policy.account };
    if (due.fate === "start") found.candidates.push(openRun(key, terms, now));
    else if (due.fate === "missed") found.over.push(missAtBirth(key, terms, now));
    else found.over.push(pauseAtBirth(key, terms, { now, detail: policy.pauseReason ?? "no reason given" }));
  }
}

/** Of a selector in a pause what it matched last; when that is not known one run stands for them all. */
async function databasesOf(site: Site, { policyId, account, target }: Policy): Promise<readonly string[]> {
  if (target.kind === "instances") return target.instanceIds;
  const members = (await site.selections.read({ account, policyId }))?.members ?? [];
  return members.length === 0 ? [wholeSelector] : members.map((member) => member.id);
}

/** A selector is resolved for every slot that is due, and once when this version of it has never been. */
function selectorWork(
  inForce: InForce,
  slots: readonly DueSlot[],
  seen: Observed | undefined,
): SelectorWork | undefined {
  const { policy, version } = inForce;
  if (policy.target.kind !== "selector" || !policy.enabled) return undefined;
  const owed = slots.filter((due) => due.fate !== "paused");
  if (owed.length === 0 && seen?.selection?.version === version) return undefined;
  const { policyId, account, severity, owner, target } = policy;
  return {
    policyId,
    account,
    policyVersion: version,
    selector: target.selector,
    severity,
    ...(owner === undefined ? {} : { owner }),
    slots: owed.map((due) => ({
      slotAt: due.slotAt,
      terms: termsOf(inForce, due),
      isOver: due.fate === "missed",
    })),
  };
}

/** What a run takes from its policy for good: a row edited later changes the next slot, not this run. */
export function termsOf(
  inForce: Pick<InForce, "policy" | "version">,
  due: Pick<DueSlot, "startByAt" | "completeByAt">,
): RunTerms {
  const { policy, version } = inForce;
  return {
    policyVersion: version,
    startByAt: due.startByAt,
    completeByAt: due.completeByAt,
    maxAttempts: policy.maxAttempts,
    sizeFloorKb: policy.sizeFloorKb,
    severity: policy.severity,
    ...(policy.acceptAutomated === true ? { acceptAutomatedHours: policy.maxAgeHours } : {}),
    ...(policy.databases === undefined ? {} : { databases: policy.databases }),
    ...(policy.description === undefined ? {} : { description: policy.description }),
    ...(policy.owner === undefined ? {} : { owner: policy.owner }),
    ...(policy.target.kind === "instances" ? {} : { selector: selectorJson(policy.target.selector) }),
  };
}

/** One ticket per invalid edit; it ends when the row is valid again. */
async function tellAboutRow(
  site: Site,
  at: { row: PolicyRow; told: ReadonlySet<string>; understood: Understood; facts: OpeningFacts; found: Gathering },
): Promise<void> {
  const { row, understood, facts } = at;
  const { now } = facts;
  const subject = policySubject(row);
  if (understood.problems.length === 0) {
    // What is open decides, not what the row says: a row that was replaced as a whole has lost what we wrote onto it.
    if (at.told.has(subject)) await site.standingAlerts.clear(subject, "policy-invalid");
    return;
  }
  const lines = understood.problems.map(problemLine);
  if (row.observed?.status === "INVALID" && row.observed.problems.join("\n") === lines.join("\n")) return;
  const version = understood.inForce?.version;
  const details = [
    ...lines,
    version === undefined
      ? "no valid version is known: NO backups are made for this policy"
      : `version ${version} stays in force`,
  ];
  const fingerprint = createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
  const owner = understood.inForce?.policy.owner;
  const level = version === undefined ? "page" : "ticket";
  const alert: StandingAlert = {
    subject,
    kind: "policy-invalid",
    level,
    fingerprint,
    details,
    raisedAt: now,
    leaseUntilAt: now + alertLeaseMs,
    ...(owner === undefined ? {} : { owner }),
  };
  if (await site.standingAlerts.raise(alert)) at.found.standing.push(alert);
}
