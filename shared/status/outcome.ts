// How one run stands, in one word for people: the machine's state, joined with what good means. Lists, the page and the
// command line show the same words.

import { isLargeEnough } from "../domain/runs/good.ts";
import type { Run } from "../domain/runs/run.ts";

/**
 * good: COMPLETED, ours, large enough (also when retention has removed it since). not-good: COMPLETED, but too small or
 * without a size. vanished: was COMPLETED, and OTC no longer lists it although nobody here deleted it. paused: skipped
 * inside a pause. The others are the run's state.
 */
export const outcomes = [
  "good",
  "not-good",
  "vanished",
  "failed",
  "missed",
  "lost",
  "skipped",
  "paused",
  "waiting",
  "requested",
  "building",
] as const;
export type Outcome = (typeof outcomes)[number];

/** `sizeFloorKb` is the policy's in force; a run carries the one of its own night. */
export function outcomeOf(run: Run, sizeFloorKb = run.terms.sizeFloorKb): Outcome {
  if (run.state === "skipped") return run.reason === "paused" ? "paused" : "skipped";
  if (run.state !== "completed") return run.state;
  if (run.vanishedAt !== undefined) return "vanished";
  return isLargeEnough(run.sizeKb, sizeFloorKb) ? "good" : "not-good";
}

/** Whether a run that ended so leaves its database without the backup it should have. */
export function isBad(outcome: Outcome): boolean {
  switch (outcome) {
    case "not-good":
    case "vanished":
    case "failed":
    case "missed":
    case "lost":
    case "skipped":
      return true;
    case "good":
    case "paused":
    case "waiting":
    case "requested":
    case "building":
      return false;
  }
}

/** How long a completed backup took: by OTC's own times where it gave them, else from its acceptance to our last look. */
export function durationMs(run: Run): number | undefined {
  if (run.state !== "completed") return undefined;
  const from = run.beganAt ?? run.acceptedAt;
  const to = run.endedAt ?? run.finishedAt;
  return from === undefined || to === undefined || to < from ? undefined : to - from;
}

/** The median duration of the completed ones; nothing when there is none. */
export function typicalDurationMs(runs: readonly Run[]): number | undefined {
  const sorted = runs.flatMap((run) => durationMs(run) ?? []).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
