// What the answer to a POST means for the run that sent it.

import { type Failure, failureKinds, type Result } from "../failure.ts";
import type { RemoteBackup } from "../remote.ts";
import type { Run } from "./run.ts";
import { accept, doubt, postpone, refuse, skip } from "./run-machine.ts";

const minuteMs = 60_000;

/** Failures of the POST that say something about the instance itself: the slot is skipped with that reason. */
const skips: ReadonlySet<Failure["code"]> = new Set([
  "instance-gone",
  "instance-frozen",
  "storage-full",
  "instance-stopped",
  "instance-replica",
]);

/**
 * Accepted: follow it. No effect and worth waiting: wait inside the start window. No effect and hopeless: end, tell a
 * human. Anything that may have had its effect, and "name exists", stays requested until a look-up by name decides.
 */
export function afterRequest(run: Run, answer: Result<RemoteBackup>, now: number): Run {
  if (answer.ok) return accept(run, { id: answer.value.id, name: answer.value.name }, { now, reason: "accepted" });
  const why = answer.failure;
  if (why.effect === "unknown" || why.code === "name-taken") return doubt(run, why, now);
  if (skips.has(why.code)) return skip(run, why, now);
  if (failureKinds[why.code].retry === "never" && !failureKinds[why.code].accountWide) return refuse(run, why, now);
  return postpone(run, why, { now, retryAt: now + retryDelayMs(run, why) });
}

/** Busy is asked again every minute, later every five; what OTC asked us to wait is honoured. */
export function retryDelayMs(run: Run, why: Failure): number {
  // Nothing stands in the way but the end of a tick: whoever waits a minute for that misses the next one.
  if (why.code === "held-by-pace") return 0;
  const tries = run.events.filter((e) => e.reason === why.code).reduce((sum, e) => sum + e.times, 0);
  const patient = Math.min(5, 1 + Math.floor(tries / 5)) * minuteMs;
  return Math.max(patient, why.afterMs ?? 0);
}

/** Nothing is wrong with the account, its calls have only to wait for a later tick: who waits with them is due as before. */
export function isForLater(why: Failure): boolean {
  return why.code === "held-by-pace" || why.code === "throttled";
}

/** Whether the run's record says already what it waits for. Then it is left due: thousands that wait cost no write per minute. */
export function isKnownToWaitFor(run: Run, why: Failure): boolean {
  return run.lastFailure?.code === why.code && (why.afterMs ?? 0) <= minuteMs;
}

/** An account that cannot be used right now: the run waits, the account's own alert tells the human. */
export function afterAccountFailure(run: Run, why: Failure, now: number): Run {
  return postpone(run, why, { now, retryAt: now + Math.max(minuteMs, why.afterMs ?? 0) });
}
