// Runs a script on another Node as if it ran in this process: what is sent to this process is meant for that one, and its end, by
// code or by signal, becomes ours.

import { spawn } from "node:child_process";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** `args`: the script and its arguments. The other process learns whose end is its own (cli/stop-signal.ts). */
export function runOn(node, args) {
  const env = { ...process.env, OTC_BACKUP_STARTER: String(process.pid) };
  const child = spawn(node, args, { stdio: "inherit", env });
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`error: ${node} cannot be started (${error.code})\nhint: run npm ci, or install Node 24\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    for (const each of signals) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}
