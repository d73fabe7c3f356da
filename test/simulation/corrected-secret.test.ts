// A password is changed at OTC and its secret only later: one try with the old one, and the new one is used when it is there, though the
// old one rests for an hour. Once seed 30,788 of the simulation, made small.

import { expect, test } from "vitest";
import { oneNight, slotAt } from "./plan/one-night.ts";
import { simulate } from "./simulate.ts";

const minuteMs = 60_000;

test("a corrected secret is used within minutes, for a backup that waits and for one that is followed", async () => {
  const storedAfterMs = 20 * minuteMs;
  for (const at of [slotAt - minuteMs, slotAt + minuteMs / 2]) {
    const change = { kind: "password-changed", at, account: "alpha", storedAfterMs } as const;
    const night = oneNight([change], { startWindowMinutes: 120 }, { isWired: true });
    const { world, violations } = await simulate(night);
    expect(violations).toEqual([]);
    const [run] = [...world.ledger.items.values()].filter(({ pk }) => pk?.S?.startsWith("run#") === true);
    expect(run?.state?.S).toBe("completed");
    const next = world.identity.tried.filter((login) => login.at > at);
    expect(next.map(({ isRight }) => isRight).slice(0, 2)).toEqual([false, true]);
    const correctedAt = at + storedAfterMs;
    expect((next[1]?.at ?? 0) - correctedAt).toBeLessThan(7 * minuteMs);
  }
});
