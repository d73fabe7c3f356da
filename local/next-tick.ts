// When a local site next has something to do, so that simulated time may leap over the hours in between.

import { nextAction, type Run } from "../shared/domain/runs/run.ts";
import type { Site } from "../shared/ports.ts";

const minuteMs = 60_000;
const farFuture = Date.UTC(2200, 0);
const allRuns = 1_000_000;

/** Runs that still wait for something. */
export async function openRuns(site: Site): Promise<Run[]> {
  const lanes = await Promise.all(
    (["create", "poll", "alert"] as const).map((lane) => site.runs.due(lane, { now: farFuture, limit: allRuns })),
  );
  return lanes.flat();
}

/** The next whole minute at which a tick finds work: an open run's next step, or a policy's next slot. */
export async function nextTickAt(site: Site, nowAt: number, open: readonly Run[]): Promise<number | undefined> {
  const steps = open.flatMap((run) => nextAction(run)?.at ?? []);
  const slots: number[] = [];
  // A row that no tick has accounted for yet says nothing of its slots: then the next tick is due at once.
  for await (const page of site.policies.pages())
    slots.push(...page.flatMap((row) => (row.observed === undefined ? nowAt : (row.observed.nextSlots[0] ?? []))));
  const at = Math.min(...steps, ...slots);
  if (!Number.isFinite(at)) return undefined;
  const soonest = (Math.floor(nowAt / minuteMs) + 1) * minuteMs;
  return Math.max(soonest, Math.ceil(at / minuteMs) * minuteMs);
}
