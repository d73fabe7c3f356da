// Some nights in accelerated time on a site that lasts no longer: a demonstration that adds up, and a check anyone can
// run. Time is stepped from one minute with work to the next.

import type { Notice } from "../shared/domain/messages/alert-text.ts";
import type { Run } from "../shared/domain/runs/run.ts";
import type { Log } from "../shared/ports.ts";
import { ConsoleLog, ConsoleNotifier } from "./console-log.ts";
import { SteppedClock } from "./local-clock.ts";
import { tickAll } from "./local-scheduler.ts";
import { type LocalSite, openLocalSite } from "./local-site.ts";
import { nextTickAt, openRuns } from "./next-tick.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** The figures of a finished stretch of nights. `duplicates` is counted from what the simulator really holds. */
export interface NightsReport {
  readonly nights: number;
  readonly policies: number;
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  readonly missed: number;
  readonly lost: number;
  readonly skipped: number;
  /** Alerts delivered about runs, and about accounts and rows. */
  readonly alerts: number;
  /** Backups at OTC beyond one that did not fail, per run. */
  readonly duplicates: number;
  readonly otcCalls: number;
}

export interface NightsOptions {
  readonly nights: number;
  /** First noon, epoch milliseconds. */
  readonly startAt: number;
  readonly policiesFile?: string;
  readonly print: (line: string) => void;
}

/** Runs from noon to noon, then on until every run has ended. Throws when a tick fails or a run does not come to rest. */
export async function runNights(options: NightsOptions): Promise<NightsReport> {
  const clock = new SteppedClock(options.startAt);
  const log: Log = new ConsoleLog(clock, options.print);
  const notifier = new ConsoleNotifier(clock, options.print);
  const policiesFile = options.policiesFile === undefined ? {} : { policiesFile: options.policiesFile };
  const local = await openLocalSite({ clock, log, notifier, ...policiesFile });
  try {
    const endAt = options.startAt + options.nights * dayMs;
    await drive(local, clock, endAt);
    return await report(local, {
      nights: options.nights,
      startAt: options.startAt,
      endAt,
      delivered: notifier.delivered,
    });
  } finally {
    await local.close();
  }
}

async function drive(local: LocalSite, clock: SteppedClock, endAt: number): Promise<void> {
  const { site } = local;
  const giveUpAt = endAt + 48 * hourMs;
  for (;;) {
    const { errors } = await tickAll(site);
    if (errors.length > 0) throw new Error(errors.join("; "));
    const open = await openRuns(site);
    const at = await nextTickAt(site, clock.now(), open);
    if (at === undefined || (at >= endAt && open.length === 0)) return;
    if (at >= giveUpAt) throw new Error(`${open.length} runs did not come to rest`);
    clock.set(at);
  }
}

interface ReportFacts {
  readonly nights: number;
  readonly startAt: number;
  readonly endAt: number;
  readonly delivered: readonly Notice[];
}

async function report(local: LocalSite, facts: ReportFacts): Promise<NightsReport> {
  const { site, simulator } = local;
  const policyIds: string[] = [];
  for await (const page of site.policies.pages()) policyIds.push(...page.flatMap((row) => row.policyId ?? []));
  const range = { fromAt: facts.startAt - dayMs, toAt: facts.endAt + 3 * dayMs };
  const runs = (await Promise.all(policyIds.map((id) => site.runs.ofPolicy(id, range)))).flat();
  const inState = (state: Run["state"]) => runs.filter((run) => run.state === state).length;
  const standing = (await site.standingAlerts.open()).filter((alert) => alert.sentAt !== undefined).length;
  return {
    nights: facts.nights,
    policies: policyIds.length,
    runs: runs.length,
    completed: inState("completed"),
    failed: inState("failed"),
    missed: inState("missed"),
    lost: inState("lost"),
    skipped: inState("skipped"),
    alerts: runs.flatMap((run) => run.alerts.filter((alert) => alert.sentAt !== undefined)).length + standing,
    duplicates: countDuplicates(simulator?.control.backups() ?? []),
    otcCalls: simulator?.control.calls().total ?? 0,
  };
}

/** Attempts of one run share a name up to the attempt's suffix. */
function countDuplicates(backups: readonly { name: string; status: string }[]): number {
  const live = backups.filter((backup) => backup.name.startsWith("otcbk-") && backup.status !== "FAILED");
  return live.length - new Set(live.map((backup) => backup.name.replace(/-a\d+$/, ""))).size;
}
