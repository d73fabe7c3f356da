// The driven site inside the test's own process, with tables in memory: the same control API, the same passing of time and the
// same verbs as the process that `npm run fleet` drives, at a fraction of its cost.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConsoleNotifier } from "../../local/console-log.ts";
import { liveThrough } from "../../local/live-through.ts";
import { type LocalSite, openLocalSite } from "../../local/local-site.ts";
import { parseFleet } from "../../local/simulator/fleet-seed.ts";
import { writeClockFile, writeSiteFile } from "../../local/site-files.ts";
import { StandingClock } from "../../local/standing-clock.ts";
import type { Notice } from "../../shared/domain/messages/alert-text.ts";
import { cli } from "../cli/a-cli.ts";
import { type DrivenSite, type DrivenSiteOptions, driven } from "./driven-site.ts";

const silent = { info: () => {}, warn: () => {}, error: () => {} };

export interface SiteInProcess extends DrivenSite {
  readonly notices: readonly Notice[];
  readonly local: LocalSite;
}

/** `startAt`: what the clock shows at first. Throws when a tick fails. */
export async function siteInProcess(options: DrivenSiteOptions & { startAt: number }): Promise<SiteInProcess> {
  const folder = join(options.folder, "site");
  // Verbs look for it, and reach the tables by their address.
  mkdirSync(join(folder, "tables"), { recursive: true });
  const clock = new StandingClock(options.startAt);
  const notifier = new ConsoleNotifier(clock, () => {});
  const moveClock = async (toAt: number) => {
    const minuteEnded = async (errors: readonly string[]) => {
      if (errors.length > 0) throw new Error(errors.join("; "));
    };
    await liveThrough({ site: local.site, clock, toAt, signal: new AbortController().signal, minuteEnded });
    await writeClockFile(folder, { now: () => clock.now(), speed: 0 });
  };
  const seed = parseFleet(JSON.parse(readFileSync(options.fleetFile, "utf8")));
  const local: LocalSite = await openLocalSite({
    ...{ clock, log: silent, notifier, policiesFile: options.policiesFile, moveClock },
    fleet: { named: options.fleetFile, seed },
  });
  const { url: simulatorUrl = "", controlUrl = "" } = local.simulator ?? {};
  await writeSiteFile(folder, {
    ...{ tablesUrl: local.tables.url, pid: process.pid, simulatorUrl, fleet: options.fleetFile },
  });
  await moveClock(clock.now());
  const run = async (words: string[]) => {
    const { code, out, err } = await cli(...words);
    if (code === 0 || code === 3) return out;
    throw new Error(`${words.join(" ")}: ${code} ${err}`);
  };
  const site = driven({ controlUrl, folder, call: callControl, run, close: () => local.close() });
  return { ...site, notices: notifier.delivered, local };
}

/** With `fetch`, which is no call of the site's: for those its time stands still. */
async function callControl(url: string, method: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (answer.ok) return answer.json();
  throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
}
