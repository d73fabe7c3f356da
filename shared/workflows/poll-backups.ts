// poll-backups, one tick: looks at OTC for every run whose outcome lies there (requested with an unknown answer,
// building), and delivers alerts whose sender died. It only reads at OTC.

import { type InstanceLook, lookWantedSince } from "../domain/runs/plan-looks.ts";
import type { Run } from "../domain/runs/run.ts";
import { troubledSince } from "../domain/runs/trouble-since.ts";
import { wholeSite } from "../domain/shard.ts";
import type { Site, Tick } from "../ports.ts";
import { noteAccount } from "./account-trouble.ts";
import { deliverAlerts, takeOverUnsent } from "./deliver-alerts.ts";
import { inParallel } from "./in-parallel.ts";
import { lookAtAccount } from "./look-at-account.ts";
import { noteTick } from "./note-tick.ts";
import { throwIfAny } from "./tick-errors.ts";
import { TickJournal } from "./tick-journal.ts";

const dueLimit = 20_000;

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
  const { shard = wholeSite } = tick;
  const due = await site.runs.due("poll", { now, limit: dueLimit, shard });
  const atRest = await site.runs.due("alert", { now, limit: dueLimit, shard });
  const toLook = due.filter((run) => run.dueAt <= now);
  const standing = [];
  const errors: unknown[] = [];
  const accounts = [...Map.groupBy(toLook, (run) => run.account)];
  const failures = await inParallel(accounts, accounts.length, async ([account, runs]) => {
    const looked = await lookAtAccount(site, { account, runs, tick, journal });
    errors.push(...looked.errors);
    const { trouble, last } = looked;
    const waitingSince = trouble === undefined ? now : Math.min(...runs.map((run) => wantedSince(run, last)));
    const facts = { account, trouble, waitingSince, waiting: runs, hasPosted: false, open };
    const alert = await noteAccount(site, facts);
    if (alert !== undefined) standing.push(alert);
  });
  const rescued = await takeOverUnsent(journal, [...due, ...atRest], now);
  // Standing alerts are the site's and not an account's.
  if (shard.index === 0) standing.push(...(await takeOverStanding(site, open, now)));
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
  await noteTick(site, "poll-backups", tick);
  throwIfAny("poll-backups", [...errors, ...failures, ...delivery.errors]);
  return summary;
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

/** Since when a look at this run's backup has been due: each look that fails puts the next one off, and not this. */
function wantedSince(run: Run, last: InstanceLook | undefined): number {
  return Math.min(lookWantedSince(run, last), troubledSince(run, { trying: false }) ?? Number.POSITIVE_INFINITY);
}
