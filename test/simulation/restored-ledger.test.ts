// The ledger is put back to an older copy while a tick is at work: what the tick had seen must not stand for what was lost. Once
// seed 239 of the simulation, made small.

import { expect, test } from "vitest";
import type { Fault } from "./plan/fault.ts";
import { oneNight, slotAt } from "./plan/one-night.ts";
import { simulate } from "./simulate.ts";

test("put back at any moment of the ticks around a slot: every slot has its backup or is told", async () => {
  const busy: Fault = { kind: "instance-busy", at: slotAt - 60_000, forMs: 20 * 60_000, instance: 0 };
  const base = await simulate(oneNight([busy]));
  const ticks = base.world.invocations.filter(
    ({ fn, process }) =>
      fn === "create-backups" && process.startedAt >= slotAt && process.startedAt < slotAt + 4 * 60_000,
  );
  expect(ticks.length).toBeGreaterThan(1);
  const wrong: string[] = [];
  for (const { process } of ticks) {
    for (let at = process.startedAt; at <= (process.endedAt ?? 0); at += 40) {
      const restored: Fault = { kind: "ledger-restored", at, backMs: at - slotAt + 5 * 60_000 };
      const { violations } = await simulate(oneNight([busy, restored]));
      wrong.push(...violations.map(({ invariant, what }) => `${at - process.startedAt} ms in: ${invariant} ${what}`));
    }
  }
  expect(wrong).toEqual([]);
});
