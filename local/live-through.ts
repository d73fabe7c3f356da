// Lets a local site live through a stretch of time that somebody asks for: wakes every function as its schedule in AWS does,
// each in its own minute whatever the others do, and leaps over minutes in which there is nothing to do.

import type { Site } from "../shared/ports.ts";
import { startDue } from "./local-scheduler.ts";
import { nextTickAt, openRuns } from "./next-tick.ts";
import type { StandingClock } from "./standing-clock.ts";

const minuteMs = 60_000;
/** However quiet it is, so often every function comes: a survey of the accounts is due about once an hour. */
const longestLeapMs = 55 * minuteMs;

export interface Passage {
  readonly site: Site;
  readonly clock: StandingClock;
  readonly toAt: number;
  /** Once raised, the passage ends early, with the ticks under way. */
  readonly signal: AbortSignal;
  /** After every minute that was lived through; with what failed in it. */
  readonly minuteEnded: (errors: readonly string[]) => Promise<void>;
}

/** Ends with a tick at `toAt` that has ended, so that the ledger is as it is on a site that ticks every minute. */
export async function liveThrough({ site, clock, toAt, signal, minuteEnded }: Passage): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const errors: string[] = [];
  const wake = () => {
    for (const tick of startDue(site)) {
      const ended: Promise<void> = tick.then((error) => {
        underWay.delete(ended);
        if (error !== undefined) errors.push(error);
      });
      underWay.add(ended);
    }
  };
  const isWorking = () => underWay.size > 0;
  wake();
  while (clock.now() < toAt && !signal.aborted) {
    await clock.passTo(Math.min(toAt, nextMinute(clock.now())), isWorking);
    await minuteEnded(errors.splice(0));
    if (underWay.size === 0 && clock.now() < toAt) clock.leapTo(await nextWorkAt(site, clock.now(), toAt));
    wake();
  }
  while (underWay.size > 0) await clock.passTo(clock.nextWakeAt ?? clock.now(), isWorking);
  await minuteEnded(errors.splice(0));
}

function nextMinute(at: number): number {
  return (Math.floor(at / minuteMs) + 1) * minuteMs;
}

/** Not later than a leap may be long, nor than the end. */
async function nextWorkAt(site: Site, now: number, toAt: number): Promise<number> {
  const at = await nextTickAt(site, now - minuteMs, await openRuns(site));
  return Math.min(at ?? toAt, now + longestLeapMs, toAt);
}
