// From a seed to a scenario: a small site, what its people do to the rows, and the faults of one or two nights. Each seed
// switches most kinds of faults off, since a few at a time find more than all at once.

import { SeededChance } from "../engine/chance.ts";
import type { OtcInstance } from "../otc/otc-world.ts";
import { drawFaults } from "./draw-faults.ts";
import { withSelectors } from "./draw-inventory.ts";
import { overTheWire } from "./draw-wire-faults.ts";
import { generateRetention } from "./generate-retention.ts";
import { hostileRows } from "./hostile-rows.ts";
import {
  keepingRows,
  withDeployment,
  withLongBuilds,
  withLongOutage,
  withLostRuns,
  withRacyNames,
} from "./rarer-nights.ts";
import type { Edit, PolicyMeaning, Scenario } from "./scenario.ts";
import { firstNoons, schedules, slotsAround, zones } from "./schedules.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** One seed in so many is days of retention, and one nights over the real client; the others are nights behind its port. */
const storiesInTurn = 8;

export function generateScenario(seed: number): Scenario {
  if (seed % storiesInTurn === 0) return generateRetention(seed);
  const rarer = [withSelectors, withDeployment, withLongOutage, withRacyNames, withLostRuns, withLongBuilds];
  const nights = rarer.reduce((sofar, add) => add(sofar), generateNights(seed));
  return keepingRows(seed % storiesInTurn === storiesInTurn / 2 ? overTheWire(nights) : nights);
}

function generateNights(seed: number): Scenario {
  const chance = SeededChance.of(seed, "scenario");
  const startAt = chance.pick(firstNoons);
  const endAt = startAt + chance.between(16, 34) * hourMs;
  const instances = drawInstances(chance);
  const edits = drawEdits(chance, { startAt, endAt, instances });
  const slots = edits.flatMap(({ meaning }) =>
    meaning === undefined ? [] : slotsAround(startAt, meaning.schedule, meaning.timeZone).filter((at) => at < endAt),
  );
  const faults = drawFaults(SeededChance.of(seed, "faults"), { startAt, endAt, slots, instances: instances.length });
  const ended = [...new Set(edits.map((edit) => edit.policyId))].map((policyId) => ({ at: endAt, policyId }));
  return { seed, startAt, endAt, instances, edits: [...edits, ...ended], faults, ...drawShards(seed) };
}

/** One seed of six may have several shards at some time, and most of those another number of them later. */
function drawShards(seed: number): Pick<Scenario, "shards"> {
  const chance = SeededChance.of(seed, "shards");
  return chance.happens(1 / 6) ? { shards: { first: chance.between(1, 3), later: chance.between(1, 3) } } : {};
}

function drawInstances(chance: SeededChance): OtcInstance[] {
  return Array.from({ length: chance.between(1, 5) }, (_, index) => ({
    id: `${(0xa0e0001 + index * 0x1111).toString(16).padStart(8, "0")}54844b18a0e9d2f8d85fa29bin03`,
    name: `db-${index + 1}`,
    account: index % 3 === 2 ? "beta" : "alpha",
    isReplica: chance.happens(0.05),
  }));
}

interface Stretch {
  readonly startAt: number;
  readonly endAt: number;
  readonly instances: readonly OtcInstance[];
}

function drawEdits(chance: SeededChance, stretch: Stretch): Edit[] {
  const { startAt, endAt } = stretch;
  const edits: Edit[] = [];
  const count = chance.between(1, 4);
  for (let index = 0; index < count; index += 1) {
    const policyId = `nightly-${index + 1}`;
    const meaning = drawMeaning(chance, stretch);
    const bornAt = chance.happens(0.85) ? startAt : startAt + chance.between(1, 20) * hourMs;
    edits.push({ at: bornAt, policyId, meaning, row: rowOf(policyId, meaning) });
    if (chance.happens(0.25)) edits.push(laterEdit(chance, { stretch, policyId, meaning, bornAt }));
  }
  if (chance.happens(0.3)) {
    const { policyId, row } = chance.pick(hostileRows);
    edits.push({ at: chance.happens(0.5) ? startAt : startAt + chance.between(1, 20) * hourMs, policyId, row });
  }
  return edits.filter((edit) => edit.at < endAt);
}

function drawMeaning(chance: SeededChance, { instances, startAt }: Stretch): PolicyMeaning {
  const account = chance.pick(instances).account;
  const own = instances.filter((instance) => instance.account === account).map((instance) => instance.id);
  const some = chance.some(own, 0.6);
  const startWindowMinutes = chance.pick([30, 60, 120, 240]);
  return {
    account,
    instanceIds: some.length === 0 ? [chance.pick(own)] : some,
    schedule: chance.pick(schedules),
    timeZone: chance.pick(zones),
    enabled: chance.happens(0.95),
    ...(chance.happens(0.07) ? { pausedUntilAt: startAt + chance.between(8, 30) * hourMs } : {}),
    startWindowMinutes,
    completionWindowMinutes: startWindowMinutes + chance.pick([30, 60, 180]),
    maxAttempts: chance.pick([1, 2, 2, 3]),
    catchUp: chance.happens(0.8) ? "latest" : "none",
  };
}

function rowOf(policyId: string, meaning: PolicyMeaning): Record<string, unknown> {
  const { schedule, timeZone, pausedUntilAt, ...same } = meaning;
  return {
    policyId,
    ...same,
    schedule: schedule.text,
    timezone: timeZone,
    ...(pausedUntilAt === undefined
      ? {}
      : { pausedUntil: new Date(pausedUntilAt).toISOString(), pauseReason: "maintenance of the simulated site" }),
  };
}

/** Somebody changes, breaks, switches off or removes a row in the middle of it all. */
function laterEdit(
  chance: SeededChance,
  of: { stretch: Stretch; policyId: string; meaning: PolicyMeaning; bornAt: number },
): Edit {
  const { policyId, meaning, bornAt, stretch } = of;
  const at = bornAt + chance.between(1, 30 * 60) * minuteMs + chance.between(0, 59_999);
  const next = chance.pick(["schedule", "invalid", "disabled", "deleted", "terms"] as const);
  switch (next) {
    case "schedule": {
      const changed = { ...meaning, schedule: chance.pick(schedules), timeZone: chance.pick(zones) };
      return { at, policyId, meaning: changed, row: rowOf(policyId, changed) };
    }
    case "terms": {
      const changed = { ...drawMeaning(chance, stretch), schedule: meaning.schedule, timeZone: meaning.timeZone };
      return { at, policyId, meaning: changed, row: rowOf(policyId, changed) };
    }
    case "disabled": {
      const changed = { ...meaning, enabled: false };
      return { at, policyId, meaning: changed, row: rowOf(policyId, changed) };
    }
    case "invalid":
      return { at, policyId, row: { ...rowOf(policyId, meaning), schedule: "every night" } };
    case "deleted":
      return { at, policyId };
  }
}
