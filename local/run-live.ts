// The local site for people: runs until Ctrl-C, prints what happens as it happens, and goes on at the next start from
// where it stopped.

import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../shared/adapters/system-clock.ts";
import type { Clock, Site } from "../shared/ports.ts";
import { ConsoleLog, ConsoleNotifier, timeOf } from "./console-log.ts";
import { RunningClock } from "./local-clock.ts";
import { tickAll } from "./local-scheduler.ts";
import { type LocalFleet, type LocalSite, openLocalSite } from "./local-site.ts";
import { nextTickAt, openRuns } from "./next-tick.ts";
import { openSitePage, type SitePage } from "./page/site-page.ts";
import { readClockFile, writeClockFile } from "./site-files.ts";

const minuteMs = 60_000;
/** Idle time is leapt over when the next work lies further away than this. */
const leapMs = 5 * minuteMs;

export interface LiveOptions {
  readonly folder: string;
  /** Simulated seconds per second; real accounts always run in real time. */
  readonly speed: number;
  readonly accountFile?: string;
  readonly fleet?: LocalFleet;
  readonly policiesFile?: string;
  /** The status page: on a port of one's own, on the usual one, or not at all. */
  readonly page: { readonly port?: number } | undefined;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Resolves when the signal is raised and the tick under way has ended. Throws CannotStart before the first tick. */
export async function runLive(options: LiveOptions): Promise<void> {
  const { folder, signal, print } = options;
  const simulated = options.accountFile === undefined;
  const running = new RunningClock((await readClockFile(folder))?.at ?? Date.now(), options.speed);
  const clock = simulated ? running : systemClock;
  const files = {
    ...(simulated ? {} : { accountFile: options.accountFile }),
    ...(options.fleet === undefined ? {} : { fleet: options.fleet }),
    ...(options.policiesFile === undefined ? {} : { policiesFile: options.policiesFile }),
  };
  const told = { log: new ConsoleLog(clock, print), notifier: new ConsoleNotifier(clock, print) };
  const local = await openLocalSite({ clock, ...told, folder, ...files });
  let page: SitePage | undefined;
  try {
    // Only now the folder is ours: whoever had it before may have stopped a moment ago, with a later time.
    running.leapTo((await readClockFile(folder))?.at ?? 0);
    if (simulated) await writeClockFile(folder, running);
    greet(local, clock, options);
    page = await openPage(local.site, options, simulated ? options.speed : 1);
    if (page !== undefined) print(`${timeOf(clock)}  status page: ${page.url}`);
    while (!signal.aborted) {
      running.startWork();
      if (simulated) await writeClockFile(folder, running);
      const { errors } = await tickAll(local.site);
      for (const error of errors) print(`${timeOf(clock)}  a tick failed and will be tried again: ${error}`);
      page?.tickEnded();
      running.endWork();
      if (simulated) await writeClockFile(folder, running);
      await waitForNextTick({ local, clock, folder, running: simulated ? running : undefined, page, signal, print });
    }
  } finally {
    await page?.close();
    await local.close();
  }
  print(`${timeOf(clock)}  the site has stopped; the next start goes on from here`);
}

function greet({ simulator }: LocalSite, clock: Clock, { folder, speed, print }: LiveOptions): void {
  const otc =
    simulator === undefined ? "real accounts" : `OTC simulator at ${simulator.url}, control at ${simulator.controlUrl}`;
  const pace = simulator === undefined ? "" : `time runs ${speed}-fold between the ticks and leaps over idle hours; `;
  print(`${timeOf(clock)}  the site runs; tables under ${folder}, ${otc}`);
  print(`${timeOf(clock)}  ${pace}Ctrl-C stops, the next start goes on from there`);
}

async function openPage(site: Site, { page, folder }: LiveOptions, speed: number): Promise<SitePage | undefined> {
  return page === undefined ? undefined : openSitePage(site, { ...page, folder, speed });
}

interface Waiting {
  readonly local: LocalSite;
  readonly clock: Clock;
  readonly folder: string;
  readonly running: RunningClock | undefined;
  readonly page: SitePage | undefined;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

async function waitForNextTick({ local, clock, folder, running, page, signal, print }: Waiting): Promise<void> {
  const now = clock.now();
  const nextWorkAt = async () => nextTickAt(local.site, clock.now(), await openRuns(local.site));
  const next = running === undefined ? undefined : await nextWorkAt();
  if (running !== undefined && next !== undefined && next - now > leapMs) {
    print(
      `${timeOf(clock)}  nothing to do until ${new Date(next).toISOString().slice(0, 16).replace("T", " ")}Z; leaping`,
    );
    await delay(1500, undefined, { signal }).catch(() => undefined);
    // Somebody may have asked for a backup meanwhile: then there is no idle time to leap over.
    // And one who stops the site must not find it hours later than it was.
    if (!signal.aborted && (await nextWorkAt()) === next) {
      page?.beforeLeap();
      running.leapTo(next - 1000);
    }
    await writeClockFile(folder, running);
  }
  const untilMinute = minuteMs - (clock.now() % minuteMs);
  await delay(untilMinute / (running?.speed ?? 1), undefined, { signal }).catch(() => undefined);
}
