// The local site for drivers: its time stands still until the simulator's control is told to move the clock, and then the
// whole site lives through that time. Between two moves the world can be changed and the site be looked at, at any leisure.

import { ConsoleLog, ConsoleNotifier, timeOf } from "./console-log.ts";
import { liveThrough } from "./live-through.ts";
import { type LocalFleet, type LocalSite, openLocalSite } from "./local-site.ts";
import { openSitePage, type SitePage } from "./page/site-page.ts";
import { readClockFile, writeClockFile } from "./site-files.ts";
import { StandingClock } from "./standing-clock.ts";

export interface StandingOptions {
  readonly folder: string;
  readonly fleet?: LocalFleet;
  readonly policiesFile?: string;
  readonly page: { readonly port?: number } | undefined;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Resolves when the signal is raised and the minute under way has ended. Throws CannotStart before the first tick. */
export async function runStanding(options: StandingOptions): Promise<void> {
  const { folder, fleet, policiesFile, signal, print } = options;
  const clock = new StandingClock((await readClockFile(folder))?.at ?? Date.now());
  const moves = new Moves(async (toAt) => {
    await liveThrough({ ...{ site: local.site, clock, toAt, signal }, minuteEnded });
    page?.tickEnded();
    if (signal.aborted) throw new Error("the site is being stopped");
  });
  const local: LocalSite = await openLocalSite({
    ...{ clock, folder, log: new ConsoleLog(clock, print), notifier: new ConsoleNotifier(clock, print) },
    ...(fleet === undefined ? {} : { fleet }),
    ...(policiesFile === undefined ? {} : { policiesFile }),
    moveClock: (toAt) => moves.add(toAt),
  });
  let page: SitePage | undefined;
  const minuteEnded = async (errors: readonly string[]) => {
    for (const error of errors) print(`${timeOf(clock)}  a tick failed and will be tried again: ${error}`);
    await writeClockFile(folder, { now: () => clock.now(), speed: 0 });
  };
  try {
    await writeClockFile(folder, { now: () => clock.now(), speed: 0 });
    if (options.page !== undefined) page = await openSitePage(local.site, { ...options.page, folder, speed: 1 });
    await moves.add(clock.now());
    const { url = "", controlUrl = "" } = local.simulator ?? {};
    print(`${timeOf(clock)}  the site runs; tables under ${folder}, OTC simulator at ${url}, control at ${controlUrl}`);
    print(`${timeOf(clock)}  time stands still; PUT /clock {"advanceMs": 3600000} to the control lets an hour pass`);
    if (page !== undefined) print(`${timeOf(clock)}  status page: ${page.url}`);
    await raised(signal);
    await moves.settled();
  } finally {
    await page?.close();
    await local.close();
  }
}

/** One move of the clock after the other, in the order in which they were asked for. */
class Moves {
  readonly #move: (toAt: number) => Promise<void>;
  #last: Promise<void> = Promise.resolve();

  constructor(move: (toAt: number) => Promise<void>) {
    this.#move = move;
  }

  add(toAt: number): Promise<void> {
    const mine = this.settled().then(() => this.#move(toAt));
    this.#last = mine;
    return mine;
  }

  async settled(): Promise<void> {
    await this.#last.catch(() => undefined);
  }
}

function raised(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
