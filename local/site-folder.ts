// The folder a local site keeps its state in: made where there is none, refused with a reason where it cannot hold a site, and
// used by one process at a time. The lock is LevelDB's, which the system takes away from a process that dies.

import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ClassicLevel } from "classic-level";
import { CannotStart } from "./cannot-start.ts";
import { isRunning, readSiteFile } from "./site-files.ts";

const anotherPlace = "--folder names another place";
/** Verbs that look into the tables of a site that stands still hold its folder for some moments only. */
const patienceMs = 10_000;

/** Holds the folder until it is released, and has seen that its tables can be opened. Throws CannotStart. */
export async function takeFolder(folder: string): Promise<{ release(): Promise<void> }> {
  await makeFolder(folder);
  const lock = new ClassicLevel(`${folder}/lock`);
  await openLock(lock, folder);
  const tables = new ClassicLevel(`${folder}/tables`);
  const trouble = await opened(tables);
  if (trouble !== undefined) {
    await lock.close();
    throw unusable(folder, trouble);
  }
  await tables.close();
  return { release: () => lock.close() };
}

async function openLock(lock: ClassicLevel, folder: string): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const trouble = await opened(lock);
    if (trouble === undefined) return;
    if (trouble.code !== "LEVEL_LOCKED") throw unusable(folder, trouble);
    const site = await readSiteFile(folder);
    const isSite = site !== undefined && (await isRunning(site));
    if (isSite || Date.now() > giveUpAt) {
      const who = isSite ? `a site runs in ${folder} already (process ${site.pid})` : `another process uses ${folder}`;
      throw new CannotStart(who, `stop it with Ctrl-C first; ${anotherPlace}`);
    }
    await delay(50);
  }
}

/** Makes the folder and those above it. Not `recursive`, which never ends inside /proc. */
async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  const found = await stat(path).catch((error: unknown) => codeOf(error));
  if (typeof found === "object" && found.isDirectory()) return;
  if (typeof found === "object") throw new CannotStart(`${folder} is not a folder`, anotherPlace);
  if (found !== "ENOENT") throw notMade(folder, found);
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw notMade(folder, codeOf(error));
  });
}

interface Trouble {
  readonly code: string | undefined;
  readonly message: string;
}

async function opened(store: ClassicLevel): Promise<Trouble | undefined> {
  try {
    await store.open();
    return undefined;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { code: codeOf(cause), message: cause instanceof Error ? cause.message : String(cause) };
  }
}

function unusable(folder: string, { code, message }: Trouble): CannotStart {
  if (code === "LEVEL_LOCKED")
    return new CannotStart(`another program uses the tables in ${folder}`, `stop it first; ${anotherPlace}`);
  if (code === "LEVEL_CORRUPTION")
    return new CannotStart(
      `the tables in ${folder} are damaged (${message})`,
      `put back a copy of ${folder}, or move ${folder}/tables away to begin anew`,
    );
  const remedy = /no space|quota/i.test(message) ? "free some space" : "you need the right to write there";
  return new CannotStart(`the tables in ${folder} cannot be opened: ${message}`, `${remedy}; ${anotherPlace}`);
}

function notMade(folder: string, code: string | undefined): CannotStart {
  return new CannotStart(`the folder ${folder} cannot be made (${code ?? "unknown error"})`, anotherPlace);
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
