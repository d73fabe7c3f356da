// An answer to a POST is lost, OTC's list lags behind both looks, and our own backup keeps the database busy for the rest of the
// start window: what stands in the way is what was asked for. Once seed 2012 of the simulation, made small.

import { expect, test } from "vitest";
import type { Fault } from "./plan/fault.ts";
import { instanceId, oneNight, slotAt } from "./plan/one-night.ts";
import { simulate } from "./simulate.ts";

const minutes = (count: number) => count * 60_000;
const windows = { startWindowMinutes: 30, completionWindowMinutes: 600 };

const lost = (effect: "done" | "none"): Fault => ({ kind: "post-answer-lost", at: slotAt, effect, lateMs: 0 });
const lags = (forMs: number): Fault => ({ kind: "list-lag", at: slotAt, forMs, lagMs: minutes(4) });
const builds: Fault = { kind: "backup-fate", at: slotAt, fate: "slow" };

async function theNight(faults: readonly Fault[]) {
  const { world, violations } = await simulate(oneNight(faults, windows, { hours: 12 }));
  const [run] = [...world.ledger.items.values()].filter(({ pk }) => pk?.S?.startsWith("run#") === true);
  const told = world.inbox.delivered.map(({ notice }) => notice.subject);
  return { world, violations, run, told };
}

test("the list shows our backup only later: it is adopted inside the window, and nobody is paged", async () => {
  const { world, violations, run, told } = await theNight([lost("done"), lags(minutes(120)), builds]);
  expect(violations).toEqual([]);
  expect(told).toEqual([]);
  expect(world.otc.backups).toHaveLength(1);
  expect(run).toMatchObject({ state: { S: "completed" }, backupId: { S: world.otc.backups[0]?.id } });
});

test("the database is busy with somebody else's work, and our POST had no effect: missed and told when the window is over", async () => {
  const busy: Fault = { kind: "instance-busy", at: slotAt + minutes(1.5), forMs: minutes(180), instance: 0 };
  const { world, violations, run, told } = await theNight([lost("none"), busy]);
  expect(violations).toEqual([]);
  expect(told).toEqual([`PAGE backup-missed: nightly ${instanceId}`]);
  expect(world.otc.backups).toEqual([]);
  expect(run).toMatchObject({ state: { S: "missed" }, lastFailure: { M: { code: { S: "instance-busy" } } } });
});

test("the same, and the work ends inside the window: the same name is sent again", async () => {
  const busy: Fault = { kind: "instance-busy", at: slotAt + minutes(1.5), forMs: minutes(10), instance: 0 };
  const { world, violations, told } = await theNight([lost("none"), busy]);
  expect(violations).toEqual([]);
  expect(told).toEqual([]);
  expect(world.otc.backups).toHaveLength(1);
});
