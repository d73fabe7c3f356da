// After a tick that could not request all that is due: when the last of an account's queue will have been, at the rate this
// tick has reached, and whether that is in time.

import { lastRequestAt } from "../domain/runs/request-queue.ts";
import type { Run } from "../domain/runs/run.ts";
import type { Site, Tick } from "../ports.ts";

export interface QueueFacts {
  readonly account: string;
  /** What the tick set out to request. */
  readonly runs: readonly Run[];
  /** So many more are due and wait for a later tick. */
  readonly beyond: number;
  /** So many of them OTC has accepted. */
  readonly accepted: number;
  readonly startedAt: number;
  readonly tick: Tick;
}

export interface QueueForecast {
  readonly endsAt: number;
  /** After the end of the last start window. */
  readonly isLate: boolean;
  readonly message: string;
}

/** Says it in the log and returns it; nothing when the tick came to the end of the queue, or got nothing through. */
export function forecastQueue(site: Site, facts: QueueFacts): QueueForecast | undefined {
  const { account, runs, beyond, accepted, startedAt, tick } = facts;
  const now = site.clock.now();
  const waiting = runs.length + beyond - accepted;
  if (waiting <= 0 || accepted === 0 || now < tick.stopAt) return undefined;
  const perSecond = (accepted * 1000) / Math.max(1, now - startedAt);
  const endsAt = lastRequestAt({ waiting, perSecond }, now);
  if (endsAt === undefined) return undefined;
  // The most urgent go first, so the last one is the one with the latest end.
  const lastStartByAt = runs.reduce((latest, run) => Math.max(latest, run.terms.startByAt), 0);
  const isLate = endsAt > lastStartByAt;
  const message = `account ${account}: ${waiting} databases still to be requested at ${perSecond.toFixed(1)} a second, the last at about ${new Date(endsAt).toISOString()}${isLate ? ", after its start window" : ""}`;
  const entry = {
    event: "request-queue",
    message,
    facts: { account, waiting, perSecond: Math.round(perSecond * 10) / 10, endsAt: new Date(endsAt).toISOString() },
  };
  if (isLate) site.log.warn(entry);
  else site.log.info(entry);
  return { endsAt, isLate, message };
}
