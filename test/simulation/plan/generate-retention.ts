// From a seed to days of retention: one to three policies with a history, rows that change, holds that come and go, strangers
// beside ours, and faults around the hours in which something is marked or deleted.

import { SeededChance } from "../engine/chance.ts";
import type { OtcInstance } from "../otc/otc-world.ts";
import { drawFault, type FaultGround } from "./draw-faults.ts";
import type { Fault, FunctionName, NightFaultKind } from "./fault.ts";
import { type Night, nightly, type PlannedHold, type Stranger } from "./retention-story.ts";
import type { Edit, Scenario } from "./scenario.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const startAt = Date.UTC(2026, 10, 24, 12);
const firstSlotAt = Date.UTC(2026, 10, 24, 2, 30);
/** Marks of the first hours fall due before this, and so do those that a hold or a doubt put off for some hours. */
const faultyForMs = 34 * hourMs;

interface Place {
  readonly policyId: string;
  readonly instanceId: string;
  readonly account: string;
}

/** How much stands when the story begins, and how much of it the rules keep. */
interface Past {
  readonly databases: readonly number[];
  /** The account of the third database. */
  readonly thirdAccount: string;
  readonly nights: readonly [number, number];
  readonly goodShare: number;
  readonly kept: readonly number[];
}

const days: Past = {
  databases: [1, 1, 2, 3],
  thirdAccount: "beta",
  nights: [3, 6],
  goodShare: 0.75,
  kept: [1, 1, 2, 3],
};
/** More than the caps let go in one tick or one day, of one account. */
const weeks: Past = {
  databases: [6],
  thirdAccount: "alpha",
  nights: [35, 38],
  goodShare: 0.96,
  kept: [28, 29, 30],
};
const weeksEvery = 72;

export function generateRetention(seed: number): Scenario {
  const past = SeededChance.of(seed, "past").happens(1 / weeksEvery) ? weeks : days;
  const chance = SeededChance.of(seed, "retention");
  const instances: OtcInstance[] = Array.from({ length: chance.pick(past.databases) }, (_, index) => ({
    id: `${(0xa0e0001 + index * 0x1111).toString(16).padStart(8, "0")}54844b18a0e9d2f8d85fa29bin03`,
    name: `db-${index + 1}`,
    account: index === 2 ? past.thirdAccount : "alpha",
    isReplica: false,
  }));
  const places = instances.map(({ id, account }, index) => ({
    policyId: `nightly-${index + 1}`,
    instanceId: id,
    account,
  }));
  const nights = places.flatMap((place) => drawNights(chance, place, past));
  const endAt = startAt + faultyForMs;
  return {
    seed,
    startAt,
    endAt,
    instances,
    edits: places.flatMap((place) => drawRows(chance, place, past)),
    faults: drawDoubts(SeededChance.of(seed, "faults"), { startAt, endAt, slots: [], instances: instances.length }),
    retention: { nights, holds: drawHolds(chance, nights), strangers: places.flatMap((p) => drawStrangers(chance, p)) },
  };
}

function drawNights(chance: SeededChance, place: Place, past: Past): Night[] {
  const behind = chance.between(...past.nights);
  const ahead = chance.pick([3, 3, 3, 0, 1]);
  return Array.from({ length: behind + ahead }, (_, index) => ({
    ...place,
    slotAt: firstSlotAt + (index - behind + 1) * dayMs,
    outcome: chance.happens(past.goodShare) ? "good" : chance.pick(["failed", "not-good"] as const),
    ...(chance.happens(0.01) ? { tampered: true as const } : {}),
  }));
}

function drawRows(chance: SeededChance, { policyId, instanceId, account }: Place, past: Past): Edit[] {
  const row = () => ({
    policyId,
    account,
    instanceIds: [instanceId],
    schedule: nightly,
    // The nights are laid, not run; retention judges a policy that is switched off like any other.
    enabled: false,
    maxAgeHours: chance.pick([30, 240, 240]),
    ...(chance.happens(0.9) ? { retention: drawRules(chance, past.kept) } : {}),
  });
  const first = row();
  const edits: Edit[] = [{ at: startAt, policyId, row: first }];
  if (chance.happens(0.35)) {
    const at = startAt + chance.between(1, 33 * 60) * minuteMs;
    const next = chance.pick(["rules", "rules", "wrong", "gone", "back"] as const);
    if (next === "rules") edits.push({ at, policyId, row: row() });
    if (next === "gone") edits.push({ at, policyId });
    if (next === "wrong" || next === "back") edits.push({ at, policyId, row: { ...first, schedule: "every night" } });
    if (next === "back") edits.push({ at: at + chance.between(1, 9) * hourMs, policyId, row: first });
  }
  return edits;
}

function drawRules(chance: SeededChance, kept: readonly number[]): Record<string, number> {
  const rule = chance.pick(["keepLast", "keepLast", "keepDaily"]);
  return { [rule]: chance.pick(kept), ...(chance.happens(0.6) ? { minimum: chance.pick([1, 1, 2]) } : {}) };
}

function drawHolds(chance: SeededChance, nights: readonly Night[]): PlannedHold[] {
  return chance.some(nights, 0.12).map(({ policyId, instanceId, slotAt }) => {
    const fromAt = chance.happens(0.4) ? startAt : startAt + chance.between(1, 33 * 3600) * 1000;
    const end = chance.happens(0.5) ? { toAt: fromAt + chance.between(1, 30) * hourMs } : {};
    return { policyId, instanceId, slotAt, fromAt, ...end };
  });
}

/** A colleague's, one that looks like ours under a wrong hash, and one under a name of ours on the wrong day. */
function drawStrangers(chance: SeededChance, { policyId, instanceId }: Place): Stranger[] {
  const start = instanceId.slice(0, 8);
  const names = ["before-the-release", `otcbk-${policyId}-${start}-20261001T0230Z-abcdef`, `otcbk-${policyId}-old`];
  return chance.some(names, 0.4).map((name) => ({ instanceId, name, createdAt: startAt - 20 * dayMs }));
}

const kinds: readonly NightFaultKind[] = [
  "kill",
  "kill",
  "freeze",
  "ticks-lost",
  "ticks-doubled",
  "ticks-late",
  "clock-off",
  "table-refuses",
  "table-hides-write",
  "table-outage",
  "index-lag",
  "small-pages",
  "ledger-restored",
  "otc-outage",
  "list-lag",
  "otc-refuses",
];

function drawDoubts(chance: SeededChance, ground: FaultGround): Fault[] {
  const count = chance.pick([0, 1, 2, 4, 8]);
  return Array.from({ length: count }, () => {
    // Marking happens in the first hours, deleting a day later.
    const around = chance.pick([0, 24 * hourMs, 24 * hourMs, 28 * hourMs]);
    const at = ground.startAt + around + chance.between(0, 6 * 60) * minuteMs;
    return chance.happens(0.35) ? drawDoubt(chance, at, ground) : forRetention(chance, at, ground);
  });
}

function forRetention(chance: SeededChance, at: number, ground: FaultGround): Fault {
  const fault = drawFault(chance.pick(kinds), { chance, at, ground });
  const fn = chance.pick<FunctionName>(["prune-backups", "prune-backups", "prune-backups", "audit-backups"]);
  if (fault.kind === "kill" || fault.kind === "freeze") return { ...fault, fn };
  if (fault.kind === "otc-refuses" && chance.happens(0.5))
    return {
      ...fault,
      operation: "delete-backup",
      code: chance.pick(["throttled", "provider-unavailable", "instance-busy", "permission-denied"]),
    };
  // Ticks come once an hour here: what lasts minutes would meet none.
  return "forMs" in fault ? { ...fault, forMs: fault.forMs * chance.pick([1, 10]) } : fault;
}

function drawDoubt(chance: SeededChance, at: number, ground: FaultGround): Fault {
  const instance = chance.between(0, ground.instances - 1);
  const forMs = chance.between(1, 12) * hourMs;
  switch (chance.pick(["hides", "gone", "lost", "removed"] as const)) {
    case "hides":
      return { kind: "list-hides", at, forMs, instance, parity: chance.happens(0.5) ? 0 : 1 };
    case "gone":
      return { kind: "instance-hidden", at, forMs, instance };
    case "lost":
      return {
        kind: "delete-answer-lost",
        at,
        effect: chance.pick(["none", "done", "late"]),
        lateMs: chance.between(1, 90) * 1000,
      };
    case "removed":
      return { kind: "backup-removed", at, instance, fromNewest: chance.between(0, 3) };
  }
}
