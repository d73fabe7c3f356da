// What a local site leaves in its folder for others on this machine: where its tables answer while it runs, which OTC it
// drives, and what its clock shows. The command line reads them; a site that has stopped leaves them as they were.

import { readFile, rename, writeFile } from "node:fs/promises";
import { systemClock } from "../shared/adapters/system-clock.ts";
import type { Clock } from "../shared/ports.ts";
import { RunningClock, SteppedClock } from "./local-clock.ts";

export interface SiteFile {
  readonly tablesUrl: string;
  readonly pid: number;
  /** Where the OTC simulator answers; absent when the site drives real accounts. */
  readonly simulatorUrl?: string;
  /** The simulator's fleet, as `--fleet` named it. */
  readonly fleet?: string;
  readonly accountFile?: string;
}

export async function writeSiteFile(folder: string, site: SiteFile): Promise<void> {
  await replaceFile(`${folder}/site.json`, JSON.stringify(site));
}

/** The site that was started last in this folder, running or not; nothing when there was none. */
export async function readSiteFile(folder: string): Promise<SiteFile | undefined> {
  const site = await readObject(`${folder}/site.json`);
  const { tablesUrl, pid, simulatorUrl, fleet, accountFile } = site;
  if (typeof tablesUrl !== "string" || typeof pid !== "number") return undefined;
  return {
    tablesUrl,
    pid,
    ...(typeof simulatorUrl === "string" ? { simulatorUrl } : {}),
    ...(typeof fleet === "string" ? { fleet } : {}),
    ...(typeof accountFile === "string" ? { accountFile } : {}),
  };
}

/** Whether the site's process lives and its tables answer: another process may have taken over the port or the number. */
export async function isRunning(site: SiteFile): Promise<boolean> {
  try {
    process.kill(site.pid, 0);
  } catch (error) {
    // One that may not be signalled lives all the same: another user's.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return fetch(site.tablesUrl).then(
    () => true,
    () => false,
  );
}

/** Simulated time only: what the clock shows now and how fast it runs, so that others can go on counting from there. */
export async function writeClockFile(folder: string, clock: { now(): number; readonly speed: number }): Promise<void> {
  const file = { at: iso(clock.now()), realAt: iso(Date.now()), speed: clock.speed };
  await replaceFile(`${folder}/clock.json`, JSON.stringify(file));
}

/** What the simulated clock showed when it was last written down. */
export async function readClockFile(
  folder: string,
): Promise<{ at: number; realAt: number | undefined; speed: number } | undefined> {
  const { at, realAt, speed } = await readObject(`${folder}/clock.json`);
  const instant = typeof at === "string" ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(instant)) return undefined;
  const real = typeof realAt === "string" ? Date.parse(realAt) : Number.NaN;
  return { at: instant, realAt: Number.isNaN(real) ? undefined : real, speed: typeof speed === "number" ? speed : 1 };
}

/** The clock of the site as one looks at it from outside: that of the machine, or simulated time, which stands still while the site does. */
export async function clockOfSite(folder: string, running: boolean): Promise<Clock> {
  const site = await readSiteFile(folder);
  const shown = await readClockFile(folder);
  if (shown === undefined || site?.accountFile !== undefined) return systemClock;
  const passedMs = running && shown.realAt !== undefined ? (Date.now() - shown.realAt) * shown.speed : 0;
  const nowAt = shown.at + Math.max(0, passedMs);
  return running && shown.speed > 0 ? new RunningClock(nowAt, shown.speed) : new SteppedClock(nowAt);
}

/** In one step: a process killed in between leaves the old content, for an empty clock would set the site back to today. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

const iso = (at: number) => new Date(at).toISOString();

async function readObject(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Damaged by a hand or a disk: as if it were not there.
    return {};
  }
}
