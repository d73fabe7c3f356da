// May a backup be requested now? Decided from the account's listing before any call is spent on it.

import { type Failure, failure } from "../failure.ts";
import type { Instance } from "../remote.ts";
import { canWaitFor, openWindows } from "../slots/daily-window.ts";
import type { Run } from "./run.ts";

export type StartDecision =
  | { readonly kind: "start" }
  | { readonly kind: "wait"; readonly why: Failure; readonly retryAt: number }
  | { readonly kind: "skip"; readonly why: Failure };

const retryMs = 60_000;

/** OTC's instance statuses that no waiting heals (RDS API, "Querying DB Instances"; status table of the user manual). */
const hopeless: Readonly<Record<string, Failure["code"]>> = {
  FROZEN: "instance-frozen",
  "STORAGE FULL": "storage-full",
  SHUTDOWN: "instance-stopped",
  FAILED: "instance-broken",
  "CREATE FAIL": "instance-broken",
};

/** Why a database in this status cannot be backed up until somebody acts; nothing where waiting may help. */
export function hopelessStatus(status: string): Failure["code"] | undefined {
  return hopeless[status];
}

/** A run that has the time lets OTC's own work on the database pass; one that has not takes its chance. */
function outsideWindows(run: Run, instance: Instance, now: number): StartDecision {
  const times = { openedAt: run.createdAt, startByAt: run.terms.startByAt };
  const window = openWindows(instance, now).find((open) => canWaitFor(open, times));
  if (window === undefined) return { kind: "start" };
  const why = failure("instance-in-window", `database ${instance.name} is in ${window.what}`);
  return { kind: "wait", why, retryAt: window.untilAt };
}

/**
 * `instance` is what a complete listing shows under the run's id, `undefined` when it is not there. A database must be
 * missing from two listings a minute apart before its slot is skipped: one odd answer must not cost a night.
 */
export function decideStart(run: Run, instance: Instance | undefined, now: number): StartDecision {
  if (instance === undefined) {
    const why = failure("instance-gone", `database ${run.instanceId} is not in account ${run.account}`);
    return run.lastFailure?.code === "instance-gone"
      ? { kind: "skip", why }
      : { kind: "wait", why, retryAt: now + retryMs };
  }
  if (instance.isReplica)
    return { kind: "skip", why: failure("instance-replica", `database ${instance.name} is a read replica`) };
  if (instance.status === "ACTIVE") return outsideWindows(run, instance, now);
  const code = hopelessStatus(instance.status);
  if (code !== undefined)
    return { kind: "skip", why: failure(code, `database ${instance.name} is ${instance.status}`) };
  return {
    kind: "wait",
    why: failure("instance-busy", `database ${instance.name} is ${instance.status}`),
    retryAt: now + retryMs,
  };
}
