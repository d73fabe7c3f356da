// The first half of create-backups: reads every policy row, and turns each slot that is due into a run. Writes slots
// that are over (missed, paused) at once; those to be started are handed on, so that claim and birth can be one write.

import { createHash } from "node:crypto";
import { alertLeaseMs, type StandingAlert } from "../domain/alert.ts";
import { type DueSlot, dueSlots } from "../domain/due-slots.ts";
import type { Observed } from "../domain/observed.ts";
import { problemLine } from "../domain/policy.ts";
import type { Run, RunTerms } from "../domain/run.ts";
import { missAtBirth, openRun, pauseAtBirth } from "../domain/run-machine.ts";
import type { PolicyRow, Site } from "../ports.ts";
import type { TickJournal } from "./tick-journal.ts";
import { type InForce, observedUpdate, type Understood, understandRow } from "./understand-row.ts";

export interface Opened {
  /** Runs to be started that are not in the ledger yet. */
  readonly candidates: Run[];
  /** What has to be written back onto rows once the candidates are in the ledger. */
  readonly observed: { policyId: string; observed: Observed }[];
  readonly policyCount: number;
  readonly invalidPolicies: number;
  readonly standing: StandingAlert[];
  /** Rows whose slots could not be worked out: the accounting may not move on. */
  readonly errors: unknown[];
}

interface Gathering {
  candidates: Run[];
  observed: { policyId: string; observed: Observed }[];
  policyCount: number;
  invalidPolicies: number;
  standing: StandingAlert[];
  errors: unknown[];
}

interface OpeningFacts {
  readonly now: number;
  readonly accountedThroughAt: number | undefined;
  /** Standing alerts that are open now. */
  readonly open: readonly StandingAlert[];
}

/** Every row is read alone: whatever one does, the others go on. */
export async function openDueRuns(site: Site, journal: TickJournal, facts: OpeningFacts): Promise<Opened> {
  const found: Gathering = {
    candidates: [],
    observed: [],
    policyCount: 0,
    invalidPolicies: 0,
    standing: [],
    errors: [],
  };
  const seen = new Set<string>();
  for await (const page of site.policies.pages()) {
    for (const row of page) {
      found.policyCount += 1;
      seen.add(policySubject(row));
      try {
        await openRow(site, { row, journal, facts, found });
      } catch (error) {
        found.errors.push(error);
      }
    }
  }
  await closeForRemovedRows(site, facts.open, seen);
  return found;
}

/** A row that was removed while it was invalid is no open problem any more. */
async function closeForRemovedRows(
  site: Site,
  open: readonly StandingAlert[],
  seen: ReadonlySet<string>,
): Promise<void> {
  for (const { kind, subject } of open)
    if (kind === "policy-invalid" && !seen.has(subject)) await site.standingAlerts.clear(subject, kind);
}

const policySubject = (row: PolicyRow): string => `policy ${row.policyId ?? "without an id"}`;

const isOpen = (open: readonly StandingAlert[], subject: string): boolean =>
  open.some((alert) => alert.kind === "policy-invalid" && alert.subject === subject);

interface RowWork {
  readonly row: PolicyRow;
  readonly journal: TickJournal;
  readonly facts: OpeningFacts;
  readonly found: Gathering;
}

async function openRow(site: Site, { row, journal, facts, found }: RowWork): Promise<void> {
  const understood = await understandRow(row, site.versions, facts);
  if (understood.problems.length > 0) found.invalidPolicies += 1;
  await tellAboutRow(site, { row, understood, facts, found });
  const { inForce } = understood;
  if (inForce !== undefined) {
    for (const due of dueSlots(inForce.policy, { ...facts, isNew: inForce.isNew })) {
      await openSlot(inForce, due, { now: facts.now, journal, found });
    }
  }
  const observed = observedUpdate(row, understood, facts.now);
  if (observed !== undefined && row.policyId !== undefined) found.observed.push({ policyId: row.policyId, observed });
}

async function openSlot(
  inForce: InForce,
  due: DueSlot,
  at: { now: number; journal: TickJournal; found: Gathering },
): Promise<void> {
  const { policy } = inForce;
  if (policy.target.kind !== "instances") return;
  const terms = termsOf(inForce, due);
  for (const instanceId of policy.target.instanceIds) {
    const key = { policyId: policy.policyId, instanceId, slotAt: due.slotAt, account: policy.account };
    if (due.fate === "start") at.found.candidates.push(openRun(key, terms, at.now));
    else if (due.fate === "missed") await at.journal.insert(missAtBirth(key, terms, at.now));
    else
      await at.journal.insert(
        pauseAtBirth(key, terms, { now: at.now, detail: policy.pauseReason ?? "no reason given" }),
      );
  }
}

function termsOf(inForce: InForce, due: DueSlot): RunTerms {
  const { policy, version } = inForce;
  return {
    policyVersion: version,
    startByAt: due.startByAt,
    completeByAt: due.completeByAt,
    maxAttempts: policy.maxAttempts,
    sizeFloorKb: policy.sizeFloorKb,
    severity: policy.severity,
    ...(policy.databases === undefined ? {} : { databases: policy.databases }),
    ...(policy.description === undefined ? {} : { description: policy.description }),
    ...(policy.owner === undefined ? {} : { owner: policy.owner }),
  };
}

/** One ticket per invalid edit; it ends when the row is valid again. */
async function tellAboutRow(
  site: Site,
  at: { row: PolicyRow; understood: Understood; facts: OpeningFacts; found: Gathering },
): Promise<void> {
  const { row, understood, facts } = at;
  const { now } = facts;
  const subject = policySubject(row);
  if (understood.problems.length === 0) {
    // What is open decides, not what the row says: a row that was replaced as a whole has lost what we wrote onto it.
    if (isOpen(facts.open, subject)) await site.standingAlerts.clear(subject, "policy-invalid");
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
