// A local site that runs for as long as a verb needs it: the one that runs already, or one started here, quietly, with the
// same loop as `npm start`.

import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { runLive } from "../local/run-live.ts";
import { isRunning, readSiteFile } from "../local/site-files.ts";
import { remark } from "./output.ts";
import { fleetNamed } from "./simulator-fleet.ts";
import type { WhereOptions } from "./tables-access.ts";

/** As `npm start` without options, but for the page and what it prints. */
const quiet = { speed: 60, page: undefined, print: () => {} };

/** In AWS the functions run anyway. A site that was started here is stopped after its tick, whatever `work` did. */
export async function withRunningSite(where: WhereOptions, work: () => Promise<void>): Promise<void> {
  if (where.local !== true || !existsSync(`${where.folder}/tables`) || (await runs(where.folder))) return work();
  remark("the local site does not run; it is started for as long as this takes");
  const site = await readSiteFile(where.folder);
  const account = site?.accountFile === undefined ? {} : { accountFile: site.accountFile };
  const fleet = site?.fleet === undefined ? {} : { fleet: { named: site.fleet, seed: fleetNamed(site.fleet) } };
  const stop = new AbortController();
  let ended = false;
  const live = runLive({ ...quiet, folder: where.folder, signal: stop.signal, ...account, ...fleet }).finally(() => {
    ended = true;
  });
  try {
    while (!ended && !(await runs(where.folder))) await delay(50);
    if (ended) return await live;
    await work();
  } finally {
    stop.abort();
    await live;
  }
}

async function runs(folder: string): Promise<boolean> {
  const site = await readSiteFile(folder);
  return site !== undefined && (await isRunning(site));
}
