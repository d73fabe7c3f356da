// What few nights see, drawn apart from the common faults: an outage of many hours, a deployment, an OTC that lets a name in twice,
// a ledger that loses a slot, backups that take hours.

import { SeededChance } from "../engine/chance.ts";
import type { Fault } from "./fault.ts";
import type { Edit, Scenario } from "./scenario.ts";
import { slotsAround } from "./schedules.ts";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** In one night of so many no tick comes for so long that several slots may pass. */
const longOutageEvery = 24;

export function withLongOutage(nights: Scenario): Scenario {
  const chance = SeededChance.of(nights.seed, "long outage");
  if (!chance.happens(1 / longOutageEvery)) return nights;
  const at = nights.startAt + chance.between(60, 600) * minuteMs;
  return withFaults(nights, [{ kind: "ticks-lost", at, forMs: chance.between(7, 14) * hourMs }]);
}

/** One night in so many sees a deployment, and one of three of those is rolled back before it is made again. */
const deploymentEvery = 12;

export function withDeployment(nights: Scenario): Scenario {
  const chance = SeededChance.of(nights.seed, "deployment night");
  if (!chance.happens(1 / deploymentEvery)) return nights;
  const at = slotOf(nights, chance) + chance.between(-20, 40) * minuteMs;
  const forMs = chance.pick([1, 5, 20]) * minuteMs;
  const back = chance.happens(1 / 3) ? { backForMs: chance.pick([5, 30, 120]) * minuteMs } : {};
  return withFaults(nights, [{ kind: "deployment", at, forMs, ...back }]);
}

/** In one night of so many OTC's unique names are none for a while; what leads to a second POST of a name comes with it. */
const racyNamesEvery = 24;

export function withRacyNames(nights: Scenario): Scenario {
  const chance = SeededChance.of(nights.seed, "racy names");
  if (!chance.happens(1 / racyNamesEvery)) return nights;
  const at = slotOf(nights, chance) - minuteMs;
  const blindMs = chance.pick([1, 5, 15]) * minuteMs;
  const racy: Fault = { kind: "names-racy", at, forMs: 4 * hourMs, blindMs };
  const lost = Array.from({ length: chance.between(1, 3) }, (): Fault => {
    return {
      kind: "post-answer-lost",
      at,
      effect: chance.pick(["done", "late"]),
      lateMs: chance.between(1, 240) * secondMs,
    };
  });
  const lag: Fault = { kind: "list-lag", at, forMs: 2 * hourMs, lagMs: chance.pick([20, 90, 240]) * secondMs };
  return withFaults(nights, [racy, ...lost, lag]);
}

/** In one night of so many the ledger loses the runs of a slot, and cannot simply make them again. */
const lostRunsEvery = 30;

export function withLostRuns(nights: Scenario): Scenario {
  const chance = SeededChance.of(nights.seed, "lost runs");
  if (!chance.happens(1 / lostRunsEvery)) return nights;
  const slotAt = slotOf(nights, chance);
  const at = slotAt + chance.between(1, 90) * minuteMs;
  const restored: Fault = { kind: "ledger-restored", at, backMs: at - slotAt + chance.between(1, 60) * minuteMs };
  const status = chance.pick(["FROZEN", "FAILED"]);
  const inTheWay = chance.pick<Fault>([
    { kind: "instance-status", at, forMs: chance.pick([5, 60]) * minuteMs, instance: 0, status },
    { kind: "backup-fate", at: slotAt - minuteMs, fate: "fails-late" },
    { kind: "ticks-lost", at: at - minuteMs, forMs: 5 * hourMs },
  ]);
  return withFaults(nights, [restored, inTheWay]);
}

/** In one night of so many every backup of a slot builds for hours. */
const longBuildsEvery = 25;
const atOnce = 6;

export function withLongBuilds(nights: Scenario): Scenario {
  const chance = SeededChance.of(nights.seed, "long builds");
  if (!chance.happens(1 / longBuildsEvery)) return nights;
  const slow: Fault = { kind: "backup-fate", at: slotOf(nights, chance) - minuteMs, fate: "slow" };
  return withFaults(
    nights,
    Array.from({ length: atOnce }, () => ({ ...slow })),
  );
}

/**
 * Nights in which the auditor works, and after which it has something to find. Their rows end switched off and not deleted, since it compares the
 * databases of rows.
 */
export function isForTheAuditor({ faults, retention }: Scenario): boolean {
  const slow = faults.filter((fault) => fault.kind === "backup-fate" && fault.fate === "slow");
  const isOfInterest = faults.some(({ kind }) => kind === "names-racy" || kind === "ledger-restored");
  return retention === undefined && (isOfInterest || slow.length >= atOnce);
}

export function keepingRows(nights: Scenario): Scenario {
  return isForTheAuditor(nights) ? { ...nights, edits: nights.edits.map((edit) => switchedOff(edit, nights)) } : nights;
}

function switchedOff(edit: Edit, { edits, endAt }: Scenario): Edit {
  if (edit.at !== endAt || edit.row !== undefined) return edit;
  const valid = edits.filter(({ policyId, meaning }) => policyId === edit.policyId && meaning !== undefined);
  const { row, meaning } = valid.toSorted((a, b) => a.at - b.at).at(-1) ?? {};
  if (row === undefined || meaning === undefined) return edit;
  return { ...edit, row: { ...row, enabled: false }, meaning: { ...meaning, enabled: false } };
}

/** Some slot of the nights; their beginning where there is none. */
function slotOf({ startAt, edits }: Scenario, chance: SeededChance): number {
  const slots = edits.flatMap(({ meaning }) =>
    meaning === undefined ? [] : slotsAround(startAt, meaning.schedule, meaning.timeZone),
  );
  return slots.length === 0 ? startAt : chance.pick(slots);
}

function withFaults(nights: Scenario, more: readonly Fault[]): Scenario {
  return { ...nights, faults: [...nights.faults, ...more] };
}
