// Starts an AWS emulator that nobody here wrote: moto's server, installed from its own registry into an environment below
// node_modules/.cache. Says why when that is not possible on this machine.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));
const environment = fileURLToPath(new URL("../../node_modules/.cache/otc-backup-moto", import.meta.url));

/** It starts in about five; a machine that builds something else meanwhile gets its time. */
const startSeconds = 180;

export type Emulator =
  | { readonly kind: "running"; readonly url: string; stop(): Promise<void> }
  | { readonly kind: "impossible"; readonly reason: string };

/** Installs (once) and starts the emulator on a free loopback port. Never throws for what the machine lacks. */
export async function startMoto(): Promise<Emulator> {
  const python = await run("python3", ["--version"]).catch(() => undefined);
  if (python === undefined) return { kind: "impossible", reason: "python3 is not on this machine" };
  const problem = isInstalled() ? undefined : await install();
  if (problem !== undefined) return { kind: "impossible", reason: problem };
  const port = await freePort();
  const child = spawn(`${environment}/bin/moto_server`, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
  };
  if (await answers(url, child)) return { kind: "running", url, stop };
  await stop();
  return { kind: "impossible", reason: `moto's server does not answer within ${startSeconds} seconds` };
}

/** Written last, so that an installation that was cut off is made anew, and one of older requirements too. */
const installed = `${environment}/installed.txt`;

function isInstalled(): boolean {
  try {
    return readFileSync(installed, "utf8") === readFileSync(requirements, "utf8");
  } catch {
    return false;
  }
}

/** Why it could not be installed; nothing when it was. */
async function install(): Promise<string | undefined> {
  process.stdout.write("installing the AWS emulator (once)\n");
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-compile",
    "--retries",
    "5",
    "-r",
    requirements,
  ];
  try {
    rmSync(environment, { recursive: true, force: true });
    await run("python3", ["-m", "venv", environment]);
    await run(`${environment}/bin/python3`, pip);
    writeFileSync(installed, readFileSync(requirements, "utf8"));
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : "unknown error";
    return `moto cannot be installed from the Python package index: ${text.slice(0, 800)}`;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const giveUpAt = Date.now() + startSeconds * 1000;
  while (Date.now() < giveUpAt && child.exitCode === null) {
    const up = await fetch(`${url}/moto-api/data.json`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
