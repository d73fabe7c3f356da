// poll-backups, one tick: looks at OTC for every run whose outcome lies there (requested with an unknown answer,
// building), and delivers alerts whose sender died. It only reads at OTC.

import { afterLook } from "../domain/decide-look.ts";
import { type Failure, failureKinds, type Result } from "../domain/failure.ts";
import { isLargeEnough } from "../domain/good.ts";
import type { RemoteBackup } from "../domain/remote.ts";
import type { Run } from "../domain/run.ts";
import type { AccountProvider, Site, Tick } from "../ports.ts";
import { noteAccount } from "./account-trouble.ts";
import { deliverAlerts, takeOverUnsent } from "./deliver-alerts.ts";
import { inParallel } from "./in-parallel.ts";
import { throwIfAny } from "./tick-errors.ts";
import { TickJournal } from "./tick-journal.ts";

const dueLimit = 20_000;
const lookersPerAccount = 8;

export interface PollSummary {
  readonly looked: number;
  readonly completed: number;
  readonly failed: number;
  readonly lost: number;
  readonly building: number;
  readonly alerts: number;
}

/** Throws after everything else is done when a part of the tick failed. */
export async function pollBackups(site: Site, tick: Tick): Promise<PollSummary> {
  const now = site.clock.now();
  const journal = new TickJournal(site);
  const open = await site.standingAlerts.open();
  const due = await site.runs.due("poll", { now, limit: dueLimit });
  const atRest = await site.runs.due("alert", { now, limit: dueLimit });
  const toLook = due.filter((run) => run.dueAt <= now);
  const standing = [];
  const errors: unknown[] = [];
  const accounts = [...Map.groupBy(toLook, (run) => run.account)];
  const failures = await inParallel(accounts, accounts.length, async ([account, runs]) => {
    const looked = await lookAtAccount(site, { account, runs, tick, journal });
    errors.push(...looked.errors);
    const waitingSince = Math.min(...runs.map((run) => run.dueAt));
    const alert = await noteAccount(site, { account, trouble: looked.trouble, waitingSince, open });
    if (alert !== undefined) standing.push(alert);
  });
  const rescued = await takeOverUnsent(journal, [...due, ...atRest], now);
  standing.push(...(await takeOverStanding(site, open, now)));
  const delivery = await deliverAlerts(site, { journal, rescued, standing });
  const summary: PollSummary = {
    looked: toLook.length,
    completed: journal.entered("completed"),
    failed: journal.entered("failed"),
    lost: journal.entered("lost"),
    building: toLook.length - journal.entered("completed") - journal.entered("failed") - journal.entered("lost"),
    alerts: delivery.sent,
  };
  site.telemetry.emit({
    PollHeartbeat: 1,
    BackupsCompleted: summary.completed,
    NewFailures: journal.newFailures,
    AlertsSent: delivery.sent,
    AlertDeliveryFailures: delivery.failed,
  });
  throwIfAny("poll-backups", [...errors, ...failures, ...delivery.errors]);
  return summary;
}

interface AccountLook {
  readonly account: string;
  readonly runs: readonly Run[];
  readonly tick: Tick;
  readonly journal: TickJournal;
}

/** One look per instance, however many of its runs wait for it. What the tick has no time for is still due. */
async function lookAtAccount(
  site: Site,
  { account, runs, tick, journal }: AccountLook,
): Promise<{ trouble: Failure | undefined; errors: unknown[] }> {
  const provider = await site.provider.account(account, { stopAt: tick.stopAt });
  let trouble: Failure | undefined = provider.ok ? undefined : provider.failure;
  const instances = [...Map.groupBy(runs, (run) => run.instanceId)];
  const errors = await inParallel(instances, lookersPerAccount, async ([instanceId, itsRuns]) => {
    if (site.clock.now() >= tick.stopAt) return;
    const listing = await lookOnce(provider, instanceId, trouble);
    if (!listing.ok && failureKinds[listing.failure.code].accountWide) trouble ??= listing.failure;
    // The account's pace left no turn in this tick: nothing was seen, so nothing is written, and the runs stay due.
    if (!listing.ok && listing.failure.code === "held-by-pace") return;
    for (const run of itsRuns) await settleRun(site, { run, listing, journal });
  });
  return { trouble, errors };
}

/** Once the account proved unusable in this tick, no further call is spent on it. */
async function lookOnce(
  provider: Result<AccountProvider>,
  instanceId: string,
  trouble: Failure | undefined,
): Promise<Result<readonly RemoteBackup[]>> {
  if (!provider.ok) return provider;
  if (trouble !== undefined) return { ok: false, failure: trouble };
  return provider.value.listBackups(instanceId);
}

async function settleRun(
  site: Site,
  { run, listing, journal }: { run: Run; listing: Result<readonly RemoteBackup[]>; journal: TickJournal },
): Promise<void> {
  const now = site.clock.now();
  const next = afterLook(run, listing, { now, pollBoundMs: site.settings.pollBoundMs });
  const written = await journal.replace(run, next);
  const good = next.state === "completed" && isLargeEnough(next.sizeKb, next.terms.sizeFloorKb);
  if (written && good) await site.policies.noteGoodBackup(next.policyId, next.slotAt);
}

/** Standing alerts whose sender died before it could mark them sent. */
async function takeOverStanding(site: Site, open: Awaited<ReturnType<Site["standingAlerts"]["open"]>>, now: number) {
  const orphaned = open.filter((alert) => alert.sentAt === undefined && alert.leaseUntilAt <= now);
  const taken = [];
  for (const alert of orphaned) {
    const mine = await site.standingAlerts.takeOver(alert, now);
    if (mine !== undefined) taken.push(mine);
  }
  return taken;
}
