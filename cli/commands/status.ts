// `otc-backup status`: is the data at risk, and what to type. One line per policy, worst first.

import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { harmless } from "../../shared/domain/messages/terminal-text.ts";
import { readStatus } from "../../shared/status/read-status.ts";
import type { SiteStatus } from "../../shared/status/status-model.ts";
import { verdict } from "../../shared/status/verdict.ts";
import { addWhereOptions, print, printJson } from "../output.ts";
import { statusText } from "../status-text.ts";
import { openTables, siteFlags, type WhereOptions } from "../tables-access.ts";

interface Options extends WhereOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
}

const repaintMs = 2000;
/** Enough for the last outcome; the heat map of thirty nights is the page's. */
const nights = 7;

export function statusCommand(): Command {
  return addWhereOptions(new Command("status"))
    .description("how every policy stands, worst first; exit code 3 when data is at risk")
    .option("--watch", "show it anew every two seconds until Ctrl-C")
    .action(status);
}

async function status(options: Options): Promise<void> {
  if (options.watch === true) return watch(options);
  const seen = await look(options);
  if (options.json === true) printJson({ verdict: verdict(seen), ...forPrograms(seen) });
  else print(statusText(seen, siteFlags(options)));
  if (verdict(seen).level === "bad") process.exitCode = 3;
}

/** Opened anew each time, since a simulated site's clock may have leapt. */
async function look(options: Options): Promise<SiteStatus> {
  const tables = await openTables(options);
  try {
    return await readStatus(tables, { now: tables.clock.now(), nights });
  } finally {
    await tables.close();
  }
}

/** Ends with the process, or when nobody reads any more: nothing is under way that could be left half done. */
async function watch(options: Options): Promise<void> {
  while (!process.stdout.destroyed) {
    const text = harmless(statusText(await look(options), siteFlags(options)));
    process.stdout.write(process.stdout.isTTY ? `\u001b[H\u001b[2J${fitting(text, process.stdout.rows)}` : `${text}\n`);
    await delay(repaintMs);
  }
}

/** The verdict and the worst stand first, so what has no room on the screen is cut off at the end. */
function fitting(text: string, rows: number): string {
  const lines = text.split("\n");
  return lines.length < rows ? lines.join("\n") : [...lines.slice(0, rows - 2), "…"].join("\n");
}

/** Without the runs, which `runs list` has, and with ages that JSON can hold. */
function forPrograms({ databases, running, problems, ...rest }: SiteStatus) {
  return {
    ...rest,
    problems: problems.map(({ since, ...problem }) => ({
      ...problem,
      ...(since === undefined ? {} : { sinceAt: since }),
    })),
    databases: databases.map(({ runs: _runs, lastRun, freshness, ...one }) => ({
      ...one,
      ...(freshness === undefined
        ? {}
        : {
            newestGoodAt: freshness.newestGoodAt,
            ageSeconds: Number.isFinite(freshness.ageMs) ? Math.round(freshness.ageMs / 1000) : null,
            maxAgeSeconds: freshness.maxAgeMs / 1000,
          }),
      ...(lastRun === undefined
        ? {}
        : { lastRun: { slotAt: lastRun.slotAt, state: lastRun.state, reason: lastRun.reason } }),
    })),
    running: running.map(({ run, ...one }) => ({
      policyId: run.policyId,
      instanceId: run.instanceId,
      slotAt: run.slotAt,
      state: run.state,
      ...one,
    })),
  };
}
