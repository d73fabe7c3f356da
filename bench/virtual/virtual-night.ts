// One night of a whole fleet on a virtual clock: the same functions, stores and client as in a night in real time, and figures
// that are the same on every machine. What it cannot show is how much a machine can do in a second.

import { entry as createBackups } from "../../functions/create-backups.ts";
import { entry as pollBackups } from "../../functions/poll-backups.ts";
import { Timeline } from "../../test/simulation/engine/timeline.ts";
import type { Figure } from "../figure.ts";
import type { FleetOptions, FleetSite } from "../fleet-site.ts";
import { nightFigures } from "../night-figures.ts";
import { ScheduledProcesses } from "../scheduled-processes.ts";
import { TimelineClock } from "./timeline-clock.ts";
import { openVirtualFleet } from "./virtual-fleet.ts";

const minuteMs = 60_000;
/** Outside of the hours in which OTC backs up or maintains the fleet's databases, which would be waited for. */
const slotAt = Date.UTC(2026, 10, 24, 22, 30);
const longestNightMs = 24 * 60 * minuteMs;

export interface VirtualNightOptions extends FleetOptions {
  readonly progress: (text: string) => void;
}

/** Runs the night until every backup has ended and been told of. Throws when a tick failed. */
export async function virtualNight(options: VirtualNightOptions): Promise<Figure[]> {
  const timeline = new Timeline(slotAt - minuteMs);
  const clock = new TimelineClock(timeline);
  const fleet = openVirtualFleet(options, clock);
  const functions = [createBackups, pollBackups].map(
    (entry) => new ScheduledProcesses(entry, clock, () => fleet.newSite(entry.name)),
  );
  const cpuBefore = process.cpuUsage();
  let peakBytes = 0;
  for (let at = slotAt - minuteMs; at < slotAt + longestNightMs && !isOver(fleet, options, at); at += minuteMs) {
    for (const one of functions)
      for (let shard = 0; shard < (options.shards ?? 1); shard += 1) timeline.schedule(at, () => one.wake({ shard }));
    await timeline.runUntil(at + minuteMs - 1);
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }
  const errors = functions.flatMap((one) => one.errors);
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} ticks failed`);
  const { user, system } = process.cpuUsage(cpuBefore);
  const figures = nightFigures({ ...options, slotAt, fleet, functions, peakBytes });
  const group = figures[0]?.group ?? "";
  return [...figures, { group, name: "CPU, simulator and tables included", value: (user + system) / 1e6, unit: "s" }];
}

function isOver({ simulator, namePrefix }: FleetSite, options: VirtualNightOptions, now: number): boolean {
  const ours = simulator.control.backups().filter((backup) => backup.name.startsWith(`${namePrefix}-`));
  const ended = ours.filter((backup) => backup.status !== "BUILDING");
  options.progress(`${options.databases} databases: ${ours.length} requested, ${ended.length} ended`);
  const aftermathMs = 2 * options.pollBoundSeconds * 1000 + 2 * minuteMs;
  const lastEndAt = ended.reduce((last, backup) => Math.max(last, backup.endAt ?? now), 0);
  return ended.length >= options.databases && now > lastEndAt + aftermathMs;
}
