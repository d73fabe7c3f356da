// The schedule of a simulated site: wakes both functions once a minute, on time, late, twice or not at all, and leaps
// over minutes in which nothing can happen. After the scenario's end it goes on, without faults, until all is at rest.

import type { Fault, FunctionName } from "../plan/fault.ts";
import { isForTheAuditor } from "../plan/rarer-nights.ts";
import { slotsAround } from "../plan/schedules.ts";
import type { StoredItem } from "../tables/expression.ts";
import { SeededChance } from "./chance.ts";
import type { World } from "./world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** However quiet it is, so often a tick comes at least. */
const longestLeapMs = 3 * hourMs;
/** Work that is still not at rest so long after the end never will be; the checker says what it is. */
const settleMs = 12 * hourMs;

type NightFunction = "create-backups" | "poll-backups";
const functions: readonly NightFunction[] = ["create-backups", "poll-backups"];

/** `fromAt`: later than the beginning when something has to come to rest anew. */
export async function drive(world: World, fromAt = world.scenario.startAt + minuteMs): Promise<void> {
  const { scenario, timeline } = world;
  const chance = SeededChance.of(scenario.seed, "ticks");
  const known = knownInstants(world);
  const wakes: number[] = [];
  const isAudited = isForTheAuditor(scenario);
  for (let at = fromAt; at < Math.max(scenario.endAt, fromAt) + settleMs; ) {
    await timeline.runUntil(at - 1);
    for (const fn of functions) {
      // A tick that can find nothing is mostly left out: it costs time here and shows nothing.
      if (hasWork(world, fn, [...wakes, ...known]) || chance.happens(0.25))
        wake(world, { fn, at: at + chance.between(0, 25_000), wakes });
    }
    if (isAudited && chance.happens(0.1))
      wake(world, { fn: "audit-backups", at: at + chance.between(0, 50_000), wakes });
    await timeline.runUntil(at + minuteMs - 1);
    const next = nextInstant(world, [...wakes, ...known]);
    if (at > scenario.endAt && next === undefined) return;
    const soonest = at + minuteMs;
    const wanted = Math.min(next ?? Number.POSITIVE_INFINITY, at + longestLeapMs);
    at = Math.max(soonest, Math.ceil(wanted / minuteMs) * minuteMs);
  }
}

const lanesOf: Readonly<Record<NightFunction, readonly string[]>> = {
  "create-backups": ["create"],
  "poll-backups": ["poll", "alert"],
};

/** Whether this function's minute may matter: a step of its lane, a known instant just past, or trouble lately. */
function hasWork(world: World, fn: NightFunction, known: readonly number[]): boolean {
  const now = world.timeline.now();
  if (known.some((at) => at > now - 4 * minuteMs && at <= now + 25_000)) return true;
  if (isUnsettled(world, now) || now >= world.scenario.endAt) return true;
  const isDue = (item: StoredItem) => dueAtOf(world, item).some((at) => at <= now + 25_000);
  return [...world.ledger.items.values()].some(
    (item) => (item.lane?.S === undefined || lanesOf[fn].includes(item.lane.S.split("#")[0] ?? "")) && isDue(item),
  );
}

interface Wake {
  readonly fn: FunctionName;
  readonly at: number;
  /** When invocations that were put off begin and should have ended. */
  readonly wakes: number[];
}

export function wake(world: World, { fn, at, wakes }: Wake): void {
  const { timeline, faults } = world;
  timeline.schedule(at, () => {
    const lost = faults.lasting("ticks-lost", (fault) => fault.fn === undefined || fault.fn === fn);
    if (lost !== undefined) return;
    const late = faults.lasting("ticks-late");
    const doubled = faults.lasting("ticks-doubled");
    const startAt = at + (late?.byMs ?? 0);
    if (late !== undefined) wakes.push(startAt, startAt + minuteMs);
    for (let shard = 0; shard < world.shards; shard += 1) {
      timeline.schedule(startAt, () => void world.invoke(fn, [], shard));
      if (doubled !== undefined) timeline.schedule(startAt + doubled.apartMs, () => void world.invoke(fn, [], shard));
    }
  });
}

/** Instants at which something may become due, from the scenario alone. */
function knownInstants({ scenario }: World): number[] {
  const { startAt, endAt, edits } = scenario;
  const slots = edits.flatMap(({ meaning }) =>
    meaning === undefined ? [] : slotsAround(startAt, meaning.schedule, meaning.timeZone),
  );
  const edges = scenario.faults.flatMap(edgesOf);
  // A clock that is behind comes to a slot later than the world does.
  const later = scenario.faults.flatMap((fault) =>
    fault.kind === "clock-off" && fault.byMs < 0 ? slots.map((at) => at - fault.byMs) : [],
  );
  const all = [...slots, ...later, ...edges, ...edits.map((edit) => edit.at)];
  return [...new Set(all)].filter((at) => at >= startAt && at <= endAt);
}

function edgesOf(fault: Fault): number[] {
  return "forMs" in fault ? [fault.at, fault.at + fault.forMs] : [fault.at];
}

/** When something is due next: known beforehand, written in the ledger, or left over from an invocation that failed. */
function nextInstant(world: World, known: readonly number[]): number | undefined {
  const now = world.timeline.now();
  // An edit in the second half of a minute is past already, and no tick has seen it yet.
  const ahead = known.filter((at) => at > now - minuteMs);
  const written = [...world.ledger.items.values()].flatMap((item) => dueAtOf(world, item));
  const all = [...ahead, ...written, ...(isUnsettled(world, now) ? [now] : [])];
  return all.length === 0 ? undefined : Math.min(...all);
}

/** A backup that never ends is looked at for ever; once it is overdue, half-hourly will do for the simulation. */
function dueAtOf(world: World, item: StoredItem): number[] {
  const now = world.timeline.now();
  if (item.lane !== undefined && item.dueAt?.S !== undefined) {
    const isHopeless = item.reason?.S === "overdue" && world.otc.isBuildingForEver(item.backupId?.S);
    return [isHopeless ? now + 30 * minuteMs : Date.parse(item.dueAt.S.slice(0, instantLength))];
  }
  const isUnsent = item.pk?.S === "alert#open" && item.sentAt === undefined;
  return isUnsent && item.leaseUntilAt?.S !== undefined ? [Date.parse(item.leaseUntilAt.S)] : [];
}

/** Behind the instant the index may say whose run it is. */
const instantLength = "2026-11-24T02:30:00.000Z".length;

/** Some recent invocation is not through, or did not get through: the next one has its work. */
function isUnsettled(world: World, now: number): boolean {
  return world.invocations
    .slice(-12)
    .some(
      ({ process, error }) =>
        (process.endedAt === undefined && (!process.isDead || now - process.startedAt < 2 * minuteMs)) ||
        (error !== undefined && now - (process.endedAt ?? now) < 2 * minuteMs),
    );
}
