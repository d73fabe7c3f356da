// Draws the faults of one scenario. Most strike near a slot, where there is something to break.

import type { FailureCode } from "../../../shared/domain/failure.ts";
import type { SeededChance } from "../engine/chance.ts";
import type { BackupFate, Fault, FunctionName, NightFaultKind, OtcOperation } from "./fault.ts";

const secondMs = 1000;
const minuteMs = 60 * secondMs;

export interface FaultGround {
  readonly startAt: number;
  readonly endAt: number;
  readonly slots: readonly number[];
  readonly instances: number;
}

type Draw = (chance: SeededChance, at: number, ground: FaultGround) => Fault;

const fates: readonly BackupFate[] = [
  "fails-early",
  "fails-early",
  "fails-late",
  "vanishes",
  "stays-building",
  "no-size",
  "too-small",
  "slow",
];
const functions: readonly FunctionName[] = ["create-backups", "poll-backups"];
const sides = ["before", "after"] as const;
const operations: readonly OtcOperation[] = ["account", "list-instances", "create-backup", "list-backups"];
const refusals: Readonly<Record<OtcOperation, readonly FailureCode[]>> = {
  account: ["secret-unavailable", "secret-invalid"],
  "list-instances": [
    "throttled",
    "provider-unavailable",
    "provider-unreachable",
    "credentials-refused",
    "answer-unreadable",
  ],
  "create-backup": [
    "throttled",
    "provider-unavailable",
    "quota-reached",
    "permission-denied",
    "instance-busy",
    "request-refused",
    "storage-full",
    "account-locked",
    "answer-unreadable",
  ],
  "delete-backup": ["throttled", "provider-unavailable", "instance-busy"],
  "list-backups": ["throttled", "provider-unavailable", "answer-unreadable", "login-withheld"],
};

/** Short enough that an open start window survives it more often than not. */
const while_ = (chance: SeededChance) => chance.pick([2, 5, 20, 60, 180]) * minuteMs;
/** Ticks that are odd for longer show nothing new, and each of them is simulated. */
const briefly = (chance: SeededChance) => chance.pick([1, 3, 10]) * minuteMs;
const lag = (chance: SeededChance) => chance.pick([2, 20, 90, 240]) * secondMs;
const effectNumber = (chance: SeededChance) => chance.between(1, chance.pick([12, 30]));

const draws: Readonly<Record<NightFaultKind, Draw>> = {
  kill: (chance, at) => ({
    kind: "kill",
    at,
    fn: chance.pick(functions),
    effect: effectNumber(chance),
    side: chance.pick(sides),
  }),
  freeze: (chance, at) => ({
    kind: "freeze",
    at,
    fn: chance.pick(functions),
    effect: effectNumber(chance),
    side: chance.pick(sides),
    frozenMs: chance.pick([1, 3, 10, 20]) * minuteMs,
  }),
  "ticks-lost": (chance, at) => ({
    kind: "ticks-lost",
    at,
    forMs: while_(chance),
    ...(chance.happens(0.5) ? { fn: chance.pick(functions) } : {}),
  }),
  "ticks-doubled": (chance, at) => ({
    kind: "ticks-doubled",
    at,
    forMs: briefly(chance),
    apartMs: chance.pick([0, 0, 50, 2_000, 30_000]),
  }),
  "ticks-late": (chance, at) => ({
    kind: "ticks-late",
    at,
    forMs: briefly(chance),
    byMs: chance.between(1, 90) * minuteMs,
  }),
  "clock-off": (chance, at) => ({
    kind: "clock-off",
    at,
    forMs: while_(chance),
    byMs: chance.pick([-10, -2, 1, 10]) * minuteMs,
  }),
  "table-refuses": (chance, at) => ({ kind: "table-refuses", at, times: chance.between(1, 6) }),
  "table-hides-write": (chance, at) => ({ kind: "table-hides-write", at, as: chance.pick(["error", "condition"]) }),
  "table-outage": (chance, at) => ({ kind: "table-outage", at, forMs: while_(chance) }),
  "index-lag": (chance, at) => ({ kind: "index-lag", at, forMs: while_(chance), lagMs: lag(chance) }),
  "small-pages": (chance, at) => ({ kind: "small-pages", at, forMs: 600 * minuteMs, size: chance.between(1, 3) }),
  "ledger-restored": (chance, at) => ({ kind: "ledger-restored", at, backMs: chance.between(2, 120) * minuteMs }),
  "post-answer-lost": (chance, at) => ({
    kind: "post-answer-lost",
    at,
    effect: chance.pick(["none", "done", "late"]),
    lateMs: chance.between(1, 90) * secondMs,
  }),
  "otc-refuses": (chance, at) => {
    const operation = chance.pick(operations);
    const code = chance.pick(refusals[operation]);
    const wait = code === "throttled" && chance.happens(0.5) ? { afterMs: chance.between(1, 600) * secondMs } : {};
    return { kind: "otc-refuses", at, operation, code, times: chance.between(1, 8), ...wait };
  },
  "otc-outage": (chance, at) => ({
    kind: "otc-outage",
    at,
    forMs: while_(chance),
    code: chance.pick(["provider-unavailable", "provider-unreachable", "throttled", "credentials-refused"]),
  }),
  "list-lag": (chance, at) => ({ kind: "list-lag", at, forMs: while_(chance), lagMs: lag(chance) }),
  "backup-fate": (chance, at) => ({ kind: "backup-fate", at, fate: chance.pick(fates) }),
  "instance-status": (chance, at, ground) => ({
    kind: "instance-status",
    at,
    forMs: while_(chance),
    instance: chance.between(0, ground.instances - 1),
    status: chance.pick(["REBOOTING", "FROZEN", "STORAGE FULL", "FAILED", "MODIFYING", "SHUTDOWN"]),
  }),
  "instance-busy": (chance, at, ground) => ({
    kind: "instance-busy",
    at,
    forMs: while_(chance),
    instance: chance.between(0, ground.instances - 1),
  }),
  "notice-refused": (chance, at) => ({ kind: "notice-refused", at, times: chance.between(1, 5) }),
  "notice-answer-lost": (chance, at) => ({ kind: "notice-answer-lost", at, times: chance.between(1, 2) }),
  "notice-outage": (chance, at) => ({ kind: "notice-outage", at, forMs: while_(chance) }),
};

/** Losing the ledger is a different league: rarely drawn, so that the promises it suspends are checked elsewhere. */
const rareness: Partial<Record<NightFaultKind, number>> = {
  "ledger-restored": 0.03,
  "clock-off": 0.12,
  "small-pages": 0.15,
};

/** One fault of a kind that any scenario may suffer. */
export function drawFault(kind: NightFaultKind, of: { chance: SeededChance; at: number; ground: FaultGround }): Fault {
  return draws[kind](of.chance, of.at, of.ground);
}

export function drawFaults(chance: SeededChance, ground: FaultGround): Fault[] {
  if (chance.happens(0.06)) return [];
  const isKind = (kind: string): kind is NightFaultKind => Object.hasOwn(draws, kind);
  const kinds = Object.keys(draws)
    .filter(isKind)
    .filter((kind) => chance.happens(rareness[kind] ?? 0.3));
  if (kinds.length === 0) return [];
  const count = chance.between(1, chance.pick([3, 6, 12]));
  return Array.from({ length: count }, () => draws[chance.pick(kinds)](chance, drawInstant(chance, ground), ground));
}

function drawInstant(chance: SeededChance, { startAt, endAt, slots }: FaultGround): number {
  if (slots.length === 0 || chance.happens(0.15))
    return startAt + chance.between(0, Math.floor((endAt - startAt) / secondMs)) * secondMs;
  const near = chance.pick([1, 5, 30, 180]);
  return chance.pick(slots) + chance.between(-2 * 60, near * 60) * secondMs;
}
