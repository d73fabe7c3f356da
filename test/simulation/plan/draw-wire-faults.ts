// Nights over the real client: the same site and the same faults, and some that only the client meets.

import { SeededChance } from "../engine/chance.ts";
import type { Fault, WireFault } from "./fault.ts";
import type { Scenario } from "./scenario.ts";

const minuteMs = 60_000;

type Draw = (chance: SeededChance, at: number) => WireFault;

const accounts = ["alpha", "alpha", "beta"] as const;
const while_ = (chance: SeededChance) => chance.pick([2, 10, 60, 180]) * minuteMs;

const draws: readonly Draw[] = [
  (chance, at) => ({
    kind: "password-changed",
    at,
    account: chance.pick(accounts),
    storedAfterMs: chance.pick([-1, 2, 20, 90]) * minuteMs,
  }),
  (_, at) => ({ kind: "tokens-die", at }),
  (chance, at) => ({ kind: "user-locked", at, forMs: while_(chance), account: chance.pick(accounts) }),
  (chance, at) => ({ kind: "rate-limit", at, forMs: while_(chance), perSecond: chance.pick([1, 1, 2]) }),
];

export function overTheWire(nights: Scenario): Scenario {
  const chance = SeededChance.of(nights.seed, "wire");
  const { startAt, endAt, faults } = nights;
  const kinds = chance.some(draws, 0.5);
  const instants = faults.length === 0 ? [startAt] : faults.map(({ at }) => at);
  const more = kinds.map((draw) => draw(chance, chance.pick(instants) + chance.between(-10, 30) * minuteMs));
  const echo: Fault = { kind: "answers-echo", at: startAt, forMs: endAt - startAt };
  return { ...nights, isWired: true, faults: [...faults, ...more, ...(chance.happens(0.7) ? [echo] : [])] };
}
