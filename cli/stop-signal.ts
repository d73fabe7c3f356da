// When something that runs on and on is to end: Ctrl-C, `kill`, a closed terminal, or the end of the process that started it and
// would have passed the signal on. npm and npx put a shell in between, which dies of a signal and tells nobody.

import { readFileSync } from "node:fs";

/** Ctrl-C reaches the whole terminal, and npm passes it on once more: so soon after the first it is the same one. */
const sameSignalMs = 1000;
const lookEveryMs = 500;

/** Raised by the first signal. A later one ends the process at once, for the person who will not wait for the tick. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAt = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted && Date.now() - firstAt > sameSignalMs) process.exit(numbers[signal] ?? 1);
    if (stop.signal.aborted) return;
    firstAt = Date.now();
    stop.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  whenOrphaned(() => stop.abort());
  return stop.signal;
}

/** What a shell reports of a process that a signal ended. */
const numbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Under npm, npx or our own starter the parent lives as long as it is wanted; anywhere else it may leave us running. */
function whenOrphaned(stop: () => void): void {
  const parent = process.ppid;
  const isTied = process.env.npm_lifecycle_event !== undefined || process.env.OTC_BACKUP_STARTER === String(parent);
  if (!isTied || parent <= 1) return;
  const beforeShell = parentOfShell(parent);
  const look = setInterval(() => {
    if (process.ppid === parent && parentOfShell(parent) === beforeShell) return;
    clearInterval(look);
    stop();
  }, lookEveryMs);
  look.unref();
}

/** Where npm was killed its shell is left waiting for us. Linux tells whose child that is; elsewhere nothing is known. */
function parentOfShell(pid: number): string | undefined {
  if (process.platform !== "linux" || process.env.npm_lifecycle_event === undefined) return undefined;
  try {
    return /\((?:sh|dash|bash|busybox)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
  } catch {
    // It has ended just now, which the next look at our own parent shows.
    return undefined;
  }
}
