// The schedule of a site on which retention is at work: prune-backups once an hour, audit-backups often enough for its daily
// round and its second looks. Goes on without faults until everything that may go had its time.

import { SeededChance } from "./chance.ts";
import { wake } from "./drive.ts";
import { graceMs, type World } from "./world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** After the faults so long until two audits have cleared what they left. */
export const restMs = 3 * hourMs;
/** A hold may end, and a doubt be cleared, at the end of the faults; then the grace, and some hours for caps and looks. */
const settleMs = restMs + graceMs + 6 * hourMs;

export async function driveRetention(world: World): Promise<void> {
  const { scenario, timeline } = world;
  const chance = SeededChance.of(scenario.seed, "ticks");
  const wakes: number[] = [];
  let quietFor = 0;
  // create-backups takes up the rows, and finds nothing to make: their policies are switched off.
  for (const edit of scenario.edits) wake(world, { fn: "create-backups", at: edit.at + minuteMs, wakes });
  for (let at = scenario.startAt + hourMs; at < scenario.endAt + settleMs; at += hourMs) {
    await timeline.runUntil(at - 1);
    const deletions = world.otc.deletions.length;
    // A tick that can find nothing is mostly left out: it costs time here and shows nothing.
    const isOver = at > scenario.endAt;
    const mayAct = hasDueMark(world)
      ? isOver || quietFor < 4 || chance.happens(0.5)
      : isFaulty(world) || chance.happens(0.15);
    if (quietFor === 0 || mayAct) wake(world, { fn: "prune-backups", at: at + chance.between(0, 60_000), wakes });
    for (const minutes of auditMinutes(world, chance))
      wake(world, { fn: "audit-backups", at: at + minutes * minuteMs, wakes });
    await timeline.runUntil(at + 40 * minuteMs);
    quietFor = world.otc.deletions.length > deletions || isFaulty(world) ? 0 : quietFor + 1;
  }
}

/**
 * Now and then in the middle of it, and once after the end: a round, and a second look at what it doubts. An auditor that was
 * away for an hour begins a round at once, so the last one comes after a pause.
 */
function auditMinutes({ scenario, timeline }: World, chance: SeededChance): number[] {
  const sinceEnd = timeline.now() - scenario.endAt;
  const isLast = sinceEnd > 0 && sinceEnd < hourMs;
  return isLast || (sinceEnd < -2 * hourMs && chance.happens(0.05)) ? [10, 20] : [];
}

function hasDueMark({ ledger, timeline }: World): boolean {
  const now = timeline.now() + minuteMs;
  return [...ledger.items.values()].some(
    ({ lane, dueAt }) => lane?.S === "prune" && dueAt?.S !== undefined && Date.parse(dueAt.S) <= now,
  );
}

/** Some fault or edit of the last hours may have left something to do. */
function isFaulty({ scenario, timeline }: World): boolean {
  const now = timeline.now();
  const recent = (at: number) => at <= now && now < at + 2 * hourMs;
  const ends = (scenario.retention?.holds ?? []).flatMap(({ fromAt, toAt }) => [fromAt, toAt ?? fromAt]);
  // What the last audit cleared is marked in the next ticks.
  const cleared = scenario.endAt + hourMs;
  return [cleared, ...scenario.faults.map(({ at }) => at), ...scenario.edits.map(({ at }) => at), ...ends].some(recent);
}
