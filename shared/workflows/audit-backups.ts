// audit-backups, one audit: asks from outside whether everything that should have happened did, and says so even when all is
// well, since its silence is an alarm. Of the ledger it writes its own checkpoint and the alerts it raises.

import { auditAlertKinds, isAuditAlertKind, planStanding, type StandingPlan } from "../domain/audit/audit-alerts.ts";
import {
  auditAdvice,
  dropFinding,
  noteFindings,
  overdueFinding,
  silentFinding,
  stuckFinding,
  unaccountedFinding,
  unreadableFinding,
} from "../domain/audit/audit-findings.ts";
import { daysLeft } from "../domain/audit/credential-expiry.ts";
import { alarmingDropPct, type PolicyDrop, policyDrop } from "../domain/audit/policy-drop.ts";
import { currentRound, type ReconciliationNote } from "../domain/audit/reconciliation.ts";
import { type SilentShard, silentShards } from "../domain/audit/silent-shards.ts";
import { isSurveyTime } from "../domain/coverage/account-inventory.ts";
import type { StandingAlert } from "../domain/messages/alert.ts";
import { runId } from "../domain/runs/naming.ts";
import type { UnreadableRun } from "../domain/runs/run.ts";
import type { AuditCheckpoint, Site, Tick } from "../ports.ts";
import { deliverAlerts } from "./deliver-alerts.ts";
import { noteStocks } from "./note-stocks.ts";
import { reconcileLedger } from "./reconcile-ledger.ts";
import { sendDigest } from "./send-digest.ts";
import { StuckRuns } from "./stuck-runs.ts";
import { surveyAccounts } from "./survey-accounts.ts";
import { type StuckRun, type Survey, surveyPolicies } from "./survey-policies.ts";
import { throwIfAny } from "./tick-errors.ts";
import { TickJournal } from "./tick-journal.ts";

const dueLimit = 20_000;

export interface AuditSummary {
  readonly policies: number;
  readonly overdue: number;
  readonly unaccounted: number;
  readonly stuck: number;
  readonly alerts: number;
}

/** Throws after everything else is done when a part of the audit failed; its heartbeat is then 0. */
export async function auditBackups(site: Site, tick: Tick): Promise<AuditSummary> {
  const now = site.clock.now();
  const journal = new TickJournal(site);
  const before = await site.audits.last();
  const stuckRuns = new StuckRuns(site);
  const survey = await surveyPolicies(site, { now, tick, stuckRuns });
  const lanes = await inspectLanes(site, { now, stuckRuns, known: survey.stuck });
  survey.stuck.push(...lanes.stuck);
  const { unreadable } = lanes;
  const silent = await shardsWithoutTicks(site, now);
  const whole = survey.errors.length === 0;
  const drop = whole ? policyDrop(before?.policies, survey.active, now) : undefined;
  // Before the comparison, which may take every turn that is left of the tick.
  const isTime = isSurveyTime(now, before?.at);
  const accounts = isTime || before?.surveyOwed === true ? await surveyAccounts(site, tick, before?.at) : undefined;
  const compared = await compare(site, { before, survey, whole, tick, journal });
  const notes = compared.next?.notes ?? [];
  const standing = await alertOn(site, { survey, unreadable, silent, drop, notes, whole, now });
  const delivery = await deliverAlerts(site, { journal, rescued: [], standing });
  const policies = [...survey.inForce.values()].map(({ policy }) => policy);
  const limits = await noteStocks(site, { counted: compared.stocks, policies });
  const surveyed = [...(accounts?.standing ?? []), ...limits];
  const told = await deliverAlerts(site, { journal, rescued: [], standing: surveyed });
  const digest = await sendDigest(site, await presentState(site, survey));
  const reconciliation = compared.next === undefined ? {} : { reconciliation: compared.next };
  // Once more only: the comparison needs the turns as well.
  const owed = isTime && accounts?.isOwed === true ? { surveyOwed: true } : {};
  if (drop !== undefined)
    await site.audits.keep({ at: now, policies: drop.baseline, ...owed, ...reconciliation }, before);
  const errors = [
    ...[...survey.errors, ...compared.errors, ...delivery.errors],
    ...[...(accounts?.errors ?? []), ...told.errors, ...digest.errors],
  ];
  const pingFailures = await ping(site, errors.length === 0 && silent.length === 0 && isWell(survey, drop));
  site.telemetry.emit({
    AuditHeartbeat: errors.length === 0 ? 1 : 0,
    OverduePolicies: survey.overduePolicies.size,
    WorstFreshnessRatio: Math.round(survey.worstRatio * 1000) / 1000,
    StuckBackups: survey.stuck.length + unreadable.length,
    SilentShards: silent.length,
    UnaccountedSlots: survey.unaccounted.length,
    PolicyCountDropPct: drop?.pct ?? 0,
    PausedPolicies: survey.paused,
    DisabledPolicies: survey.disabled,
    ...(accounts === undefined ? {} : { UncoveredDatabases: accounts.uncovered }),
    ...(accounts?.passwordEndsAt === undefined
      ? {}
      : { CredentialDaysLeft: Math.floor(daysLeft(accounts.passwordEndsAt, now)) }),
    OrphanBackups: sum(notes, (note) => note.orphans.length),
    PhantomRecords: sum(notes, (note) => note.phantoms),
    SizeAnomalies: sum(notes, (note) => note.oddSizes.length),
    BackupsAdopted: compared.adopted,
    ReconcileAgeHours: hoursSince(compared.next?.doneAt ?? before?.reconciliation?.doneAt ?? now, now),
    NewFailures: journal.newFailures,
    DigestAgeHours: digest.ageHours,
    PingFailures: pingFailures,
    AlertsSent: delivery.sent + told.sent,
    AlertDeliveryFailures: delivery.failed + told.failed,
  });
  throwIfAny("audit-backups", errors);
  return {
    policies: survey.policies,
    overdue: survey.overdue.length,
    unaccounted: survey.unaccounted.length,
    stuck: survey.stuck.length,
    alerts: delivery.sent + told.sent,
  };
}

interface CompareFacts {
  readonly before: AuditCheckpoint | undefined;
  readonly survey: Survey;
  readonly whole: boolean;
  readonly tick: Tick;
  readonly journal: TickJournal;
}

/** A piece of the daily round. Not after a survey with holes: policies it did not see would look like removed ones. */
async function compare(site: Site, { before, survey, whole, tick, journal }: CompareFacts) {
  if (!whole) return { next: before?.reconciliation, adopted: 0, stocks: [], errors: [] };
  const round = currentRound(before?.reconciliation, { now: site.clock.now(), lastAuditAt: before?.at });
  return reconcileLedger(site, { round, policies: survey.inForce, tick, journal });
}

function sum(notes: readonly ReconciliationNote[], figure: (note: ReconciliationNote) => number): number {
  return notes.reduce((total, note) => total + figure(note), 0);
}

function hoursSince(at: number, now: number): number {
  return Math.max(0, Math.round(((now - at) / 3_600_000) * 100) / 100);
}

/** What a digest says about now, beside what became of the night. */
async function presentState(site: Site, { oldest, overdue }: Survey) {
  const openPages = (await site.standingAlerts.open()).filter((alert) => alert.level === "page").length;
  const database = `${oldest?.policyId ?? ""} ${oldest?.instanceId ?? ""}`;
  return {
    overdue: overdue.length,
    openPages,
    ...(oldest === undefined ? {} : { oldest: { ageMs: oldest.ageMs, database } }),
  };
}

function isWell(survey: Survey, drop: PolicyDrop | undefined): boolean {
  const findings = survey.overdue.length + survey.unaccounted.length + survey.stuck.length;
  return findings === 0 && drop !== undefined && drop.pct <= alarmingDropPct;
}

/** Withheld unless all is well, so that the outside rings too; one that fails rings there by itself. Returns how many failed. */
async function ping(site: Site, allIsWell: boolean): Promise<number> {
  if (!allIsWell || site.deadManSwitch === undefined) return 0;
  const answer = await site.deadManSwitch.ping();
  if (answer.ok) return 0;
  site.log.warn({ event: "ping-failed", message: answer.failure.message, failure: answer.failure });
  return 1;
}

/**
 * By the index that leads the functions to their runs: open runs of any policy, also of one whose row is gone, that nobody moves
 * on; and those that no function can understand, which would wait for ever in silence.
 */
async function inspectLanes(
  site: Site,
  { now, stuckRuns, known }: { now: number; stuckRuns: StuckRuns; known: readonly StuckRun[] },
): Promise<{ stuck: StuckRun[]; unreadable: UnreadableRun[] }> {
  const seen = new Set(known.map(({ run }) => runId(run)));
  const found: { stuck: StuckRun[]; unreadable: UnreadableRun[] } = { stuck: [], unreadable: [] };
  for (const lane of ["create", "poll", "alert", "prune"] as const) {
    const { runs, unreadable } = await site.runs.inspect(lane, { now, limit: dueLimit });
    found.unreadable.push(...unreadable);
    for (const run of runs) {
      const why = seen.has(runId(run)) ? undefined : await stuckRuns.why(run, now);
      if (why !== undefined) found.stuck.push({ run, why });
    }
  }
  return found;
}

/** With one shard the function's own heartbeat and the slots tell; with several, one that has never been heard of has as long as any. */
async function shardsWithoutTicks(site: Site, now: number): Promise<SilentShard[]> {
  const { shards } = site.settings;
  if (shards === 1) return [];
  const beats = await site.heartbeats.all();
  for (const name of ["create-backups", "poll-backups"] as const)
    for (let shard = 0; shard < shards; shard += 1)
      if (!beats.some((beat) => beat.name === name && beat.shard === shard))
        await site.heartbeats.expect(name, shard, now);
  return silentShards(beats, { now, shards });
}

interface AlertFacts {
  readonly silent: readonly SilentShard[];
  readonly survey: Survey;
  readonly unreadable: readonly UnreadableRun[];
  readonly drop: PolicyDrop | undefined;
  readonly notes: readonly ReconciliationNote[];
  readonly whole: boolean;
  readonly now: number;
}

/** Brings the standing alerts in line with what was found; returns those to be sent now. */
async function alertOn(
  site: Site,
  { survey, unreadable, silent, drop, notes, whole, now }: AlertFacts,
): Promise<StandingAlert[]> {
  const findings = [
    ...survey.overdue.map(overdueFinding),
    ...survey.unaccounted.map((slot) => unaccountedFinding(slot, survey.accountedThroughAt ?? now)),
    ...survey.stuck.map(({ run, why }) => stuckFinding(run, why)),
    ...unreadable.map(unreadableFinding),
    ...silent.map(silentFinding),
    ...(drop !== undefined && drop.pct > alarmingDropPct ? [dropFinding(drop, survey.active)] : []),
    ...notes.flatMap(noteFindings),
  ];
  const open = (await site.standingAlerts.open()).filter((alert) => isAuditAlertKind(alert.kind));
  // What could not be seen may still be wrong: an audit with holes ends no alert.
  const judged = new Set<string>(whole ? auditAlertKinds : []);
  return applyPlan(site, planStanding({ now, findings, open, judged, advice: auditAdvice }));
}

async function applyPlan(site: Site, plan: StandingPlan): Promise<StandingAlert[]> {
  const mine: StandingAlert[] = [];
  for (const alert of plan.raise) if (await site.standingAlerts.raise(alert)) mine.push(alert);
  for (const alert of plan.revise)
    if (alert.sentAt !== undefined) await site.standingAlerts.markSent(alert, alert.sentAt);
  for (const alert of plan.clear) await site.standingAlerts.clear(alert.subject, alert.kind);
  return mine;
}
