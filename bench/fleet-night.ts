// One night of a whole fleet: every database due at the same slot, on a clock that runs faster than the machine's and leaps
// over the time in which nobody works. create-backups and poll-backups run side by side as in AWS.

import { entry as createBackups } from "../functions/create-backups.ts";
import { entry as pollBackups } from "../functions/poll-backups.ts";
import { RunningClock } from "../local/local-clock.ts";
import type { Figure } from "./figure.ts";
import { type FleetOptions, type FleetSite, openFleetSite } from "./fleet-site.ts";
import { nightFigures } from "./night-figures.ts";
import { ScheduledProcesses } from "./scheduled-processes.ts";

const minuteMs = 60_000;
/** Outside of the hours in which OTC backs up or maintains the fleet's databases, which would be waited for. */
const slotAt = Date.UTC(2026, 10, 24, 22, 30);
/** A night that takes longer has gone wrong. */
const longestNightMs = 24 * 60 * minuteMs;

export interface NightOptions extends FleetOptions {
  /** Simulated seconds per second of this machine. */
  readonly speed: number;
  readonly progress: (text: string) => void;
}

/** Runs the night until every backup has ended and been told of, and returns its figures. Throws when a tick failed. */
export async function fleetNight(options: NightOptions): Promise<Figure[]> {
  const clock = new RunningClock(slotAt - minuteMs, options.speed);
  const fleet = await openFleetSite(options, clock);
  const functions = [createBackups, pollBackups].map(
    (entry) => new ScheduledProcesses(entry, clock, () => fleet.newSite(entry.name)),
  );
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }, 250);
  try {
    await watchOver(clock, functions, () => isOver(fleet, options, clock.now()));
    const errors = functions.flatMap((one) => one.errors);
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} ticks failed`);
    return nightFigures({ ...options, slotAt, fleet, functions, peakBytes });
  } finally {
    clearInterval(watch);
    await Promise.all(functions.map((one) => one.settled()));
    await fleet.close();
  }
}

/** Wakes every function at every full minute; where none is at work any more, the rest of the minute is left out. */
async function watchOver(
  clock: RunningClock,
  functions: readonly ScheduledProcesses[],
  over: () => boolean,
): Promise<void> {
  let minuteAt = slotAt - minuteMs;
  while (!over() && minuteAt < slotAt + longestNightMs) {
    for (const one of functions) one.wake();
    minuteAt += minuteMs;
    const settled = Promise.all(functions.map((one) => one.settled()));
    await Promise.race([settled, clock.sleep(minuteAt - clock.now())]);
    if (functions.every((one) => one.isIdle)) clock.leapTo(minuteAt);
    else await clock.sleep(Math.max(0, minuteAt - clock.now()));
  }
}

function isOver(
  { simulator, namePrefix }: FleetSite,
  { databases, pollBoundSeconds, progress }: NightOptions,
  now: number,
): boolean {
  const ours = simulator.control.backups().filter((backup) => backup.name.startsWith(`${namePrefix}-`));
  const ended = ours.filter((backup) => backup.status !== "BUILDING");
  progress(`${databases} databases: ${ours.length} requested, ${ended.length} ended`);
  // Longer than the bound within which the last end must be seen and told.
  const aftermathMs = 2 * pollBoundSeconds * 1000 + 2 * minuteMs;
  const lastEndAt = Math.max(...ended.map((backup) => backup.endAt ?? now));
  return ended.length >= databases && now > lastEndAt + aftermathMs;
}
