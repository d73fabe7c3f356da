// Runs that nobody moves on: longer in a state than its limit allows, or with a step or an alert that somebody should have
// taken up long ago. A backup that merely takes long is not stuck: it is followed, and its own alert has told of it.

import { type InstanceLook, lookWantedSince } from "./plan-looks.ts";
import type { Run } from "./run.ts";

const minuteMs = 60_000;

/** So long the tick that is responsible may be late before a person is asked. */
const stuckAfterMs = 15 * minuteMs;

/** One look at every building backup of a very large account may take this long at OTC's pace. */
const lookLagMs = 30 * minuteMs;

/** What is not being done for this run, as a person would say it; nothing when all is in hand. `last`: of the run's account. */
export function whyStuck(run: Run, now: number, last?: InstanceLook): string | undefined {
  if (run.alerts.some((alert) => alert.sentAt === undefined && now > alert.leaseUntilAt + stuckAfterMs))
    return "its alert has not been sent";
  switch (run.state) {
    case "waiting":
      return now > run.terms.startByAt + stuckAfterMs ? "waits although its start window is over" : undefined;
    case "requested":
      return now > run.dueAt + lookLagMs ? "its request is not being looked up" : undefined;
    case "building":
      return whyBuildingIsStuck(run, now, last);
    case "completed":
    case "failed":
    case "missed":
    case "lost":
    case "skipped":
      return undefined;
  }
}

function whyBuildingIsStuck(run: Run, now: number, last: InstanceLook | undefined): string | undefined {
  if (now > lookWantedSince(run, last) + lookLagMs) return "its backup is not being looked at";
  const told = run.alerts.some((alert) => alert.kind === "backup-overdue");
  return !told && now > run.terms.completeByAt + lookLagMs
    ? "is past its completion window and nobody was told"
    : undefined;
}
