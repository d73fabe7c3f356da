// What is happening now: every run that has not ended, how long it has been under way, and how long such a backup usually
// takes on that database.

import type { Run } from "../domain/runs/run.ts";

export interface RunningNow {
  readonly run: Run;
  /** Since the slot was opened (waiting), the request was written down, or OTC accepted the backup. */
  readonly underWayMs: number;
  /** Of the backup at OTC: 0 to 0.99 by the usual duration; absent while nothing is building, or nothing is known. */
  readonly progress?: number;
  /** By the usual duration; in the past when the backup takes longer than usual. */
  readonly expectedEndAt?: number;
  /** The completion window is over. */
  readonly overdue: boolean;
}

/** Never complete before OTC says so. */
const mostProgress = 0.99;

export function runningNow(
  open: readonly Run[],
  facts: { now: number; typicalMs: (run: Run) => number | undefined },
): RunningNow[] {
  const { now } = facts;
  const all = open.map((run) => {
    const underWayMs = Math.max(0, now - beganAt(run));
    const building = run.state === "building" && run.acceptedAt !== undefined;
    return {
      run,
      underWayMs,
      ...(building ? expectation(underWayMs, facts.typicalMs(run), now) : {}),
      overdue: now > run.terms.completeByAt,
    };
  });
  return all.toSorted((a, b) => b.underWayMs - a.underWayMs);
}

function beganAt(run: Run): number {
  switch (run.state) {
    case "building":
      return run.acceptedAt ?? run.createdAt;
    case "requested":
      return run.requestedAt ?? run.createdAt;
    default:
      return run.createdAt;
  }
}

function expectation(underWayMs: number, typicalMs: number | undefined, now: number) {
  if (typicalMs === undefined || typicalMs <= 0) return {};
  const progress = Math.min(mostProgress, underWayMs / typicalMs);
  return { progress, expectedEndAt: now - underWayMs + typicalMs };
}
