// The command line inside the test's process, on a local site that runs in it too: what it prints, and its exit code.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { onTestFinished } from "vitest";
import { runCli } from "../../cli/run-cli.ts";
import { entry as createBackups } from "../../functions/create-backups.ts";
import { entry as pollBackups } from "../../functions/poll-backups.ts";
import { ConsoleNotifier } from "../../local/console-log.ts";
import { localTableNames } from "../../local/embedded-tables.ts";
import { SteppedClock } from "../../local/local-clock.ts";
import { openLocalSite } from "../../local/local-site.ts";
import { writeClockFile } from "../../local/site-files.ts";
import { slotAt } from "../support/test-site.ts";

const context = { getRemainingTimeInMillis: () => 120_000 };
const silentLog = { info: () => {}, warn: () => {}, error: () => {} };

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line; nothing it prints reaches the terminal. */
export async function cli(...args: string[]): Promise<Said> {
  const kept = { out: process.stdout.write, err: process.stderr.write, code: process.exitCode };
  const said = { out: "", err: "" };
  process.exitCode = undefined;
  process.stdout.write = (text: unknown) => {
    said.out += String(text);
    return true;
  };
  process.stderr.write = (text: unknown) => {
    said.err += String(text);
    return true;
  };
  try {
    const code = await runCli(args);
    return { code, ...said };
  } finally {
    process.stdout.write = kept.out;
    process.stderr.write = kept.err;
    process.exitCode = kept.code;
  }
}

export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "site-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A site in a folder of its own with the samples, whose clock moves when told to: 02:29 UTC, one tick done. */
export async function aSiteInAFolder(policiesFile?: string) {
  const folder = mkdtempSync(join(tmpdir(), "cli-"));
  const clock = new SteppedClock(slotAt - 60_000);
  const notifier = new ConsoleNotifier(clock, () => {});
  const file = policiesFile === undefined ? {} : { policiesFile };
  const local = await openLocalSite({ clock, log: silentLog, notifier, folder, ...file });
  onTestFinished(async () => {
    await local.close();
    rmSync(folder, { recursive: true });
  });
  const tick = async (at = clock.now()) => {
    clock.set(at);
    await writeClockFile(folder, { now: () => at, speed: 1 });
    await createBackups.run({}, context, local.site);
    await pollBackups.run({}, context, local.site);
  };
  const putRow = (row: Record<string, unknown>) =>
    local.tables.client.send(new PutItemCommand({ TableName: localTableNames.policies, Item: marshall(row) }));
  const on = (...args: string[]) => cli(...args, "--local", "--folder", folder);
  await tick();
  return { folder, local, clock, tick, on, putRow };
}
