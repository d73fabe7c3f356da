// create-backups, one tick: every slot that is due becomes a run, and runs that wait are requested at OTC. Level
// triggered: it asks what is due and not done, never which event woke it.

import { daysLeft } from "../domain/audit/credential-expiry.ts";
import { isSurveyTime } from "../domain/coverage/account-inventory.ts";
import { sharedLines } from "../domain/coverage/shared-databases.ts";
import { saysTheSame } from "../domain/observed.ts";
import { runId } from "../domain/runs/naming.ts";
import type { Run } from "../domain/runs/run.ts";
import { wholeSite } from "../domain/shard.ts";
import type { Site, Tick } from "../ports.ts";
import { deliverAlerts, takeOverUnsent } from "./deliver-alerts.ts";
import { dispatchAccounts } from "./dispatch-accounts.ts";
import { inParallel } from "./in-parallel.ts";
import { noteTick } from "./note-tick.ts";
import { type Opened, openDueRuns } from "./open-due-runs.ts";
import { throwIfAny } from "./tick-errors.ts";
import { TickJournal } from "./tick-journal.ts";

const dueLimit = 20_000;
/** Of one account no more are read than a tick can request. */
const longestTickSeconds = 60;
/** From so many slots of one policy on it is worth asking which of them an earlier tick has written. */
const manySlots = 10;
const writers = 16;

export interface CreateSummary {
  readonly policies: number;
  readonly invalidPolicies: number;
  readonly requested: number;
  readonly waiting: number;
  readonly missed: number;
  readonly skipped: number;
  readonly alerts: number;
}

/** Throws after everything else is done when a part of the tick failed, so that the function's error alarm sees it. */
export async function createBackups(site: Site, tick: Tick): Promise<CreateSummary> {
  const now = site.clock.now();
  const journal = new TickJournal(site);
  const { shard = wholeSite } = tick;
  const accounted = await site.accounting.accounted();
  const open = await site.standingAlerts.open();
  const looks = isSurveyTime(now, accounted.through(shard)) ? { sharedIn: sharedDatabases(site) } : {};
  const opened = await openDueRuns(site, { now, accounted, open, shard, ...looks });
  const perAccount = Math.ceil(site.settings.otcRatePerSecond * longestTickSeconds);
  const beyond = new Map<string, number>();
  const passedOver = (account: string, runs: number) => void beyond.set(account, runs);
  const due = await site.runs.due("create", { now, limit: dueLimit, perAccount, shard, passedOver });
  const toStart = due.filter((run) => run.dueAt <= now);
  const dispatched = await dispatchAccounts(site, { opened, due: toStart, beyond, tick, journal, open });
  const over = await writeOver(site, [...opened.over, ...dispatched.over], { journal, tick });
  const errors = [...opened.errors, ...dispatched.errors, ...over.errors];
  const isWhole = errors.length === 0 && dispatched.unwritten + over.unwritten === 0;
  if (isWhole) await site.accounting.advance(now, { shard, since: accounted });
  const unforgotten = await inParallel([site.runs], 1, (runs) => runs.forgetUsedUp());
  const observedErrors = await writeObserved(site, opened, isWhole);
  const rescued = await takeOverUnsent(journal, due, now);
  const delivery = await deliverAlerts(site, {
    journal,
    rescued,
    standing: [...opened.standing, ...dispatched.standing],
  });
  const summary: CreateSummary = {
    policies: opened.policyCount,
    invalidPolicies: opened.invalidPolicies,
    requested: journal.entered("building"),
    waiting: journal.entered("waiting"),
    missed: journal.entered("missed"),
    skipped: journal.entered("skipped"),
    alerts: delivery.sent,
  };
  site.telemetry.emit({
    CreateHeartbeat: 1,
    PolicyCount: summary.policies,
    InvalidPolicies: summary.invalidPolicies,
    TickLagSeconds: Math.max(
      0,
      Math.round((site.clock.now() - (isWhole ? now : (accounted.through(shard) ?? now))) / 1000),
    ),
    RunsOpened: opened.candidates.length,
    BackupsRequested: summary.requested,
    RunsPostponed: summary.waiting,
    RequestQueueSeconds: Math.max(0, Math.round(((dispatched.queueEndsAt ?? 0) - site.clock.now()) / 1000)),
    AmbiguousCreates: dispatched.ambiguous,
    ...(dispatched.passwordEndsAt === undefined
      ? {}
      : { CredentialDaysLeft: Math.floor(daysLeft(dispatched.passwordEndsAt, now)) }),
    NewFailures: journal.newFailures,
    AlertsSent: delivery.sent,
    AlertDeliveryFailures: delivery.failed,
  });
  await noteTick(site, "create-backups", tick);
  throwIfAny("create-backups", [...errors, ...unforgotten, ...observedErrors, ...delivery.errors]);
  return summary;
}

/** Each account's inventory is read once, when the first of its rows is. */
function sharedDatabases({ inventories }: Site): (account: string) => Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const read = async (account: string) => sharedLines((await inventories.read(account))?.coverage.shared ?? []);
  return (account) => {
    const lines = found.get(account) ?? read(account);
    found.set(account, lines);
    return lines;
  };
}

/** After the requests, which have their windows: what is over can wait, also for the next tick. */
async function writeOver(
  site: Site,
  runs: readonly Run[],
  { journal, tick }: { journal: TickJournal; tick: Tick },
): Promise<{ errors: unknown[]; unwritten: number }> {
  let unwritten = 0;
  const left: Run[] = [];
  const unread = await inParallel([...Map.groupBy(runs, (run) => run.policyId)], writers, async ([policyId, its]) => {
    left.push(...(its.length < manySlots ? its : await withoutWritten(site, policyId, its)));
  });
  const errors = await inParallel(left, writers, async (run) => {
    if (site.clock.now() >= (tick.leaveAt ?? Number.POSITIVE_INFINITY)) unwritten += 1;
    else await journal.insert(run);
  });
  return { errors: [...unread, ...errors], unwritten };
}

/** After a long outage there may be more than one tick can write: what it has written is not tried again by the next. */
async function withoutWritten(site: Site, policyId: string, runs: readonly Run[]): Promise<readonly Run[]> {
  const slots = runs.map((run) => run.slotAt);
  const range = { fromAt: slots.reduce((a, b) => Math.min(a, b)), toAt: slots.reduce((a, b) => Math.max(a, b)) };
  const written = new Set((await site.runs.ofPolicy(policyId, range)).map(runId));
  return runs.filter((run) => !written.has(runId(run)));
}

/** A row whose slots may not all be in the ledger is left as it is, so that a policy that is new is still new at the next tick. */
async function writeObserved(site: Site, opened: Opened, accounted: boolean): Promise<unknown[]> {
  const pending = [...opened.candidates, ...opened.over, ...opened.selectors].map((one) => one.policyId);
  const held = accounted ? new Set() : new Set([...pending, ...opened.newPolicies]);
  const changed = [...opened.observed].filter(([id, { seen, next }]) => !held.has(id) && !saysTheSame(seen, next));
  return inParallel(changed, writers, ([policyId, { next }]) => site.policies.writeObserved(policyId, next));
}
