// Whatever ends the process that somebody started ends the one that works, cleanly, and nothing is left running. Small
// processes stand for the site, with the real starter and the real way of hearing of a signal.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const here = (file: string) => fileURLToPath(new URL(`../../cli/${file}`, import.meta.url));

/** Runs until it is told to stop, then says so and ends with a code of its own. Written to standard error is its process id. */
const works = `
  const { stopSignal } = await import(${JSON.stringify(here("stop-signal.ts"))});
  const idle = setInterval(() => {}, 1000);
  stopSignal().addEventListener("abort", () => { clearInterval(idle); console.log("stopped"); process.exitCode = 7; });
  console.log("pid " + process.pid);
`;
const starts = (script: string) => `
  const { runOn } = await import(${JSON.stringify(here("on-pinned-node.js"))});
  runOn(process.execPath, ["--input-type=module", "-e", ${JSON.stringify(script)}]);
`;

async function started(script: string, env: Record<string, string> = {}) {
  // Without what npm leaves in the environment of this test itself.
  const { npm_lifecycle_event: _npm, ...own } = process.env;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { env: { ...own, ...env } });
  const said = { text: "" };
  child.stdout.on("data", (data) => {
    said.text += String(data);
  });
  const pid = await told(child, said, /pid (\d+)/);
  onTestFinished(() => {
    child.kill("SIGKILL");
    if (isAlive(Number(pid))) process.kill(Number(pid), "SIGKILL");
  });
  return { child, said, pid: Number(pid), ended: once(child, "exit"), closed: once(child.stdout, "close") };
}

async function told(child: ChildProcess, said: { text: string }, pattern: RegExp): Promise<string> {
  for (;;) {
    const found = pattern.exec(said.text);
    if (found !== null) return found[1] ?? "";
    if (child.stdout === null) throw new Error("nobody listens");
    await once(child.stdout, "data");
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s to the starter stops the worker, whose code it ends with",
  async (signal) => {
    const { child, said, ended, pid } = await started(starts(works));
    child.kill(signal);
    expect(await ended).toEqual([7, null]);
    expect(said.text).toContain("stopped");
    expect(isAlive(pid)).toBe(false);
  },
);

test("a starter that is killed takes the worker with it", async () => {
  const { child, said, closed } = await started(starts(works));
  child.kill("SIGKILL");
  // The worker holds the other end: it closes when the worker has ended.
  await closed;
  expect(said.text).toContain("stopped");
});

test("a worker that dies of a signal is not a success of the starter", async () => {
  const { ended, pid } = await started(starts(works));
  process.kill(pid, "SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
});

test("under npm the shell in between dies of the signal alone: the worker stops too", async () => {
  const shell = `
    const { spawn } = await import("node:child_process");
    spawn(process.execPath, ["--input-type=module", "-e", ${JSON.stringify(works)}], { stdio: "inherit" });
    setInterval(() => {}, 1000);
  `;
  const { child, said, closed } = await started(shell, { npm_lifecycle_event: "start" });
  child.kill("SIGTERM");
  await closed;
  expect(said.text).toContain("stopped");
});

test("the same Ctrl-C that arrives twice is one", async () => {
  const { child, said, ended } = await started(works);
  child.kill("SIGINT");
  child.kill("SIGINT");
  expect(await ended).toEqual([7, null]);
  expect(said.text).toContain("stopped");
});
