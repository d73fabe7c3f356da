// Starts an AWS emulator that nobody here wrote: moto's server, installed from its own registry into an environment below
// node_modules/.cache. Says why when that is not possible on this machine.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));
const environment = fileURLToPath(new URL("../../node_modules/.cache/otc-backup-moto", import.meta.url));

export type Emulator =
  | { readonly kind: "running"; readonly url: string; stop(): Promise<void> }
  | { readonly kind: "impossible"; readonly reason: string };

/** Installs (once) and starts the emulator on a free loopback port. Never throws for what the machine lacks. */
export async function startMoto(): Promise<Emulator> {
  const python = await run("python3", ["--version"]).catch(() => undefined);
  if (python === undefined) return { kind: "impossible", reason: "python3 is not on this machine" };
  const server = `${environment}/bin/moto_server`;
  if (!existsSync(server)) {
    process.stdout.write("installing the AWS emulator (once)\n");
    const failed = await install().catch((error: unknown) =>
      error instanceof Error ? error.message : "unknown error",
    );
    if (failed !== undefined)
      return { kind: "impossible", reason: `moto cannot be installed: ${failed.slice(0, 500)}` };
  }
  const port = await freePort();
  const child = spawn(server, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  if (!(await answers(url, child))) {
    child.kill();
    return { kind: "impossible", reason: "moto's server does not answer within a minute" };
  }
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
  };
  return { kind: "running", url, stop };
}

async function install(): Promise<undefined> {
  await run("python3", ["-m", "venv", environment]);
  await run(`${environment}/bin/pip`, ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  return undefined;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const giveUpAt = Date.now() + 60_000;
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
