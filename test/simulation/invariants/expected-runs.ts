// Which runs there have to be, worked out from what ops wrote into the table and from the brute-force slots: the promise
// as the ops people understand it. Slots around which the row changed before any tick saw it may go either way.

import type { World } from "../engine/world.ts";
import { isThere, type OtcInstance } from "../otc/otc-world.ts";
import type { Edit, PlannedSelector, PolicyMeaning } from "../plan/scenario.ts";
import { slotsAround } from "../plan/schedules.ts";
import { type RunName, runName } from "./names.ts";

const minuteMs = 60_000;

export interface ExpectedRun {
  readonly name: RunName;
  readonly policyId: string;
  readonly instanceId: string;
  readonly slotAt: number;
  readonly meaning: PolicyMeaning;
  /** Whether it must end good or be told; the others may as well not exist. */
  readonly isDue: boolean;
}

/** A policy row from one edit to the next. */
interface Reign {
  readonly fromAt: number;
  readonly toAt: number;
  readonly meaning: PolicyMeaning;
  /** False for an invalid row over a valid one that no tick saw: nobody can know any more what it was, and people are told. */
  readonly isKnown: boolean;
}

export function expectedRuns(world: World): ExpectedRun[] {
  const byPolicy = Map.groupBy(world.scenario.edits, (edit) => edit.policyId);
  const ticks = completedCreates(world);
  return [...byPolicy].flatMap(([policyId, edits]) =>
    reignsOf(edits, ticks, world.scenario.endAt).flatMap((reign) => runsOf(world, { policyId, edits, reign, ticks })),
  );
}

function reignsOf(edits: readonly Edit[], ticks: readonly Creates[], endAt: number): Reign[] {
  const ordered = edits.toSorted((a, b) => a.at - b.at);
  const reigns: Reign[] = [];
  let valid: { meaning: PolicyMeaning; sinceAt: number } | undefined;
  for (const [index, edit] of ordered.entries()) {
    // An invalid edit leaves the last valid version in force; a deleted row leaves nothing.
    if (edit.row === undefined) valid = undefined;
    else if (edit.meaning !== undefined) valid = { meaning: edit.meaning, sinceAt: edit.at };
    if (valid === undefined) continue;
    const { meaning, sinceAt } = valid;
    const isKnown =
      edit.meaning !== undefined || ticks.some((tick) => tick.startedAt >= sinceAt && tick.endedAt <= edit.at);
    reigns.push({ fromAt: edit.at, toAt: ordered[index + 1]?.at ?? endAt, meaning, isKnown });
  }
  return reigns;
}

interface Creates {
  readonly startedAt: number;
  /** A tick whose clock is behind cannot know of a slot that lies ahead of it. */
  readonly knowsSlotsUntil: number;
  readonly endedAt: number;
}

/** A tick has been when all its shards have: which of them an account is in is nothing that people know. */
function completedCreates({ invocations }: World): Creates[] {
  const creates = invocations.filter(({ fn }) => fn === "create-backups");
  return [...Map.groupBy(creates, ({ process }) => process.startedAt).values()].flatMap((shards) => {
    const ends = shards.flatMap(({ process, error }) => (error === undefined ? (process.endedAt ?? []) : []));
    const [first] = shards;
    if (first === undefined || ends.length < shards.length) return [];
    const { startedAt, startedAtByItsClock } = first.process;
    return [{ startedAt, knowsSlotsUntil: startedAtByItsClock, endedAt: Math.max(...ends) }];
  });
}

function runsOf(
  world: World,
  of: { policyId: string; edits: readonly Edit[]; reign: Reign; ticks: readonly Creates[] },
): ExpectedRun[] {
  const { policyId, reign, ticks, edits } = of;
  const { meaning, toAt } = reign;
  const slots = slotsAround(world.scenario.startAt, meaning.schedule, meaning.timeZone);
  return slots
    .filter((slotAt) => slotAt >= earliestSlotAt(world, reign, ticks) && slotAt < toAt)
    .flatMap((slotAt) => {
      // What was written down before the ledger was put back has to be found again by a tick after that.
      const knownAt = Math.max(slotAt, world.restoredAt ?? 0);
      const isDue =
        meaning.enabled && !isPaused(meaning, slotAt) && isSettled({ slotAt, knownAt, reign, ticks, edits });
      return databasesOf(world, meaning, { slotAt, ticks }).map(({ instanceId, isSure }) => ({
        name: runName(policyId, instanceId, slotAt),
        policyId,
        instanceId,
        slotAt,
        meaning,
        isDue: isDue && isSure,
      }));
    });
}

/** A selector means those that match and can be backed up; one that comes or goes around the slot may be meant or not. */
function databasesOf(
  world: World,
  { account, instanceIds, selector, startWindowMinutes }: PolicyMeaning,
  { slotAt, ticks }: { slotAt: number; ticks: readonly Creates[] },
) {
  if (selector === undefined) return instanceIds.map((instanceId) => ({ instanceId, isSure: true }));
  const own = world.otc.instances.filter((one) => one.account === account && !one.isReplica);
  const meant = own.filter((one) => isMeant(one, selector));
  // Whom it means is worked out when the first tick comes.
  const seenAt = ticks.find((tick) => tick.startedAt > slotAt)?.endedAt ?? slotAt;
  const untilAt = Math.max(slotAt, seenAt) + (startWindowMinutes + 30) * minuteMs;
  return meant.map((one) => ({
    instanceId: one.id,
    isSure: isThere(one, slotAt - 30 * minuteMs) && isThere(one, untilAt) && world.restoredAt === undefined,
  }));
}

function isMeant({ name, tags = [] }: OtcInstance, selector: PlannedSelector): boolean {
  const hasTag = ([key, value]: [string, string]) => tags.some((tag) => tag.key === key && tag.value === value);
  const start = selector.name?.slice(0, -1) ?? "";
  return name.startsWith(start) && Object.entries(selector.tags ?? {}).every(hasTag);
}

/**
 * A row that nobody saw being written counts from the last tick before it: where ticks failed to come for hours, it is taken for
 * what stood there all the time.
 */
function earliestSlotAt(world: World, { fromAt, meaning }: Reign, ticks: readonly Creates[]): number {
  if (world.restoredAt !== undefined) return Number.NEGATIVE_INFINITY;
  const seenUntil = ticks.flatMap((tick) => (tick.endedAt <= fromAt ? [tick.knowsSlotsUntil] : []));
  return Math.min(fromAt - meaning.startWindowMinutes * minuteMs, Math.max(...seenUntil, world.scenario.startAt));
}

function isPaused(meaning: PolicyMeaning, slotAt: number): boolean {
  return meaning.pausedUntilAt !== undefined && slotAt < meaning.pausedUntilAt;
}

/** The row was seen by a tick before the slot, and by one after it, and was not changed in between. */
function isSettled(of: {
  slotAt: number;
  knownAt: number;
  reign: Reign;
  ticks: readonly Creates[];
  edits: readonly Edit[];
}): boolean {
  const { slotAt, knownAt, reign, ticks, edits } = of;
  if (slotAt < reign.fromAt || !reign.isKnown) return false;
  const seenBefore = ticks.some((tick) => tick.startedAt >= reign.fromAt && tick.endedAt < slotAt);
  const seenAfter = ticks.find((tick) => tick.startedAt > knownAt && tick.knowsSlotsUntil > slotAt);
  if (!seenBefore || seenAfter === undefined) return false;
  return !edits.some((edit) => edit.at > slotAt && edit.at <= seenAfter.endedAt) && seenAfter.endedAt < reign.toAt;
}
