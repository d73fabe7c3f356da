// EventBridge Scheduler on one machine: invokes the real function entries with the event the schedules send, each as often
// as in AWS, and a context that counts down like Lambda's. An error of one function does not stop the other.

import { entry as auditBackups } from "../functions/audit-backups.ts";
import { entry as createBackups } from "../functions/create-backups.ts";
import { entry as pollBackups } from "../functions/poll-backups.ts";
import { entry as pruneBackups } from "../functions/prune-backups.ts";
import type { Site } from "../shared/ports.ts";

/** Every function and its cadence, in the order in which they run when several are due. */
export const schedule = [
  { entry: createBackups, everyMinutes: 1 },
  { entry: pollBackups, everyMinutes: 1 },
  { entry: auditBackups, everyMinutes: 5 },
  { entry: pruneBackups, everyMinutes: 60 },
] as const;

const minuteMs = 60_000;
/** As in infra/: the functions' timeout in AWS. */
const timeoutMs = 120_000;

export interface TickReport {
  /** One line per function that failed. */
  readonly errors: string[];
}

/** When each function of a site last ran, for as long as the site lives. */
const lastTicks = new WeakMap<Site, Map<string, number>>();

/** One tick of every function that is due, one after the other. */
export async function tickAll(site: Site): Promise<TickReport> {
  const errors: string[] = [];
  for (const { entry, everyMinutes } of schedule) {
    if (!takeTurn(site, entry.name, everyMinutes)) continue;
    for (const shard of shardsOf(site, entry.name)) {
      const error = await runOnce(site, { entry, shard }, () => Date.now());
      if (error !== undefined) errors.push(error);
    }
  }
  return { errors };
}

/** One tick of every function that is due, all at once; each resolves with its error. Time is the site's own. */
export function startDue(site: Site): Promise<string | undefined>[] {
  const due = schedule.filter(({ entry, everyMinutes }) => takeTurn(site, entry.name, everyMinutes));
  return due.flatMap(({ entry }) =>
    shardsOf(site, entry.name).map((shard) => runOnce(site, { entry, shard }, () => site.clock.now())),
  );
}

/** Whether the function's time has come; then it has been used. */
function takeTurn(site: Site, name: string, everyMinutes: number): boolean {
  const lastAt = lastTicks.get(site) ?? new Map<string, number>();
  lastTicks.set(site, lastAt);
  const minute = Math.floor(site.clock.now() / minuteMs);
  if (minute < (lastAt.get(name) ?? Number.NEGATIVE_INFINITY) + everyMinutes) return false;
  lastAt.set(name, minute);
  return true;
}

/** `elapsing` tells how the time passes that the function has. */
async function runOnce(
  site: Site,
  { entry, shard }: { entry: (typeof schedule)[number]["entry"]; shard: { readonly shard?: number } },
  elapsing: () => number,
): Promise<string | undefined> {
  const startedAt = elapsing();
  const context = { getRemainingTimeInMillis: () => timeoutMs - (elapsing() - startedAt) };
  try {
    await entry.run({ ...tickEvent(site, entry.name), ...shard }, context, site);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : `${entry.name} failed`;
  }
}

/** What the event of each of a function's schedules says of its shard; with one schedule nothing. */
function shardsOf(site: Site, name: string): { readonly shard?: number }[] {
  const { shards } = site.settings;
  if (shards === 1 || (name !== createBackups.name && name !== pollBackups.name)) return [{}];
  return Array.from({ length: shards }, (_, shard) => ({ shard }));
}

/** The event as the schedules in AWS are set up to send it. */
function tickEvent(site: Site, name: string): { tick: string; executionId: string; function: string } {
  const at = site.clock.now();
  return { tick: new Date(at).toISOString(), executionId: `local-${name}-${at}`, function: name };
}
