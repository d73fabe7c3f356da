// Three accounts in two of three shards: germany in shard 0, holland and swiss in shard 1, nobody in shard 2. Each works its own;
// one that is dead is told of; and another number of shards loses and doubles nothing.

import { expect, test } from "vitest";
import { entry as auditBackups } from "../../functions/audit-backups.ts";
import { entry as createBackups } from "../../functions/create-backups.ts";
import { entry as pollBackups } from "../../functions/poll-backups.ts";
import { nextTickAt, openRuns } from "../../local/next-tick.ts";
import type { MetricValues } from "../../shared/domain/metric.ts";
import { accounts, firstSlotAt, type ThreeAccounts, threeAccounts } from "../support/three-accounts.ts";

const minuteMs = 60_000;
const context = { getRemainingTimeInMillis: () => 120_000 };

/** The minutes in which there is something to do, with ticks of these shards of so many. */
async function minutes(at: ThreeAccounts, count: number, [shards, alive]: [number, readonly number[]]): Promise<void> {
  const endAt = at.clock.now() + count * minuteMs;
  const site = at.process(shards);
  for (let next: number | undefined = at.clock.now() + minuteMs; next !== undefined && next <= endAt; ) {
    // An account that waits for its turn moves the clock, too.
    at.clock.set(Math.max(at.clock.now(), next));
    for (const shard of alive) await createBackups.run({ shard }, context, site);
    for (const shard of alive) await pollBackups.run({ shard }, context, site);
    next = await nextTickAt(site, at.clock.now(), await openRuns(site));
  }
  at.clock.set(Math.max(at.clock.now(), endAt));
}

const backupsOf = ({ simulator }: ThreeAccounts) => simulator.control.backups();
const namesOf = (at: ThreeAccounts) => backupsOf(at).map((backup) => backup.name);
const projectsOf = (at: ThreeAccounts) =>
  [...new Set(backupsOf(at).map((backup) => backup.projectId.replace(/0+$/, "")))].toSorted();
const stateOfAll = async ({ site }: ThreeAccounts) =>
  (
    await Promise.all(accounts.map((one) => site.runs.ofPolicy(one, { fromAt: 0, toAt: firstSlotAt + 86_400_000 })))
  ).flatMap((runs) => runs.map((run) => run.state));

test("each shard works its own accounts, and all of them every account once", async () => {
  const at = await threeAccounts(3);
  await minutes(at, 1, [3, [0]]);
  expect(projectsOf(at)).toEqual(["germany"]);
  await minutes(at, 1, [3, [2]]);
  expect(projectsOf(at)).toEqual(["germany"]);
  await minutes(at, 1, [3, [0, 1, 2]]);
  expect(projectsOf(at)).toEqual(["germany", "holland", "swiss"]);
  await minutes(at, 30, [3, [0, 1, 2]]);
  expect(await stateOfAll(at)).toEqual(Array.from({ length: 9 }, () => "completed"));
  expect(new Set(namesOf(at)).size).toBe(9);
  expect(namesOf(at)).toHaveLength(9);
});

test("a dead shard stops its own accounts only, is told of, and makes good on return", async () => {
  const at = await threeAccounts(2);
  await minutes(at, 2, [3, [0, 1, 2]]);
  const beforeDeath = at.clock.now();
  at.clock.set(Date.UTC(2026, 10, 25, 2, 28));
  const seen: MetricValues[] = [];
  let pings = 0;
  const audit = () =>
    auditBackups.run({}, context, {
      ...at.process(3),
      telemetry: { emit: (values) => void seen.push(values) },
      deadManSwitch: {
        ping: async () => {
          pings += 1;
          return { ok: true, value: undefined };
        },
      },
    });
  await minutes(at, 15, [3, [0, 2]]);
  expect(
    backupsOf(at)
      .filter((backup) => backup.beginAt > beforeDeath)
      .map((b) => b.projectId),
  ).toEqual([expect.stringContaining("germany"), expect.stringContaining("germany")]);
  await audit();
  expect(seen.at(-1)?.SilentShards).toBe(2);
  expect(pings).toBe(0);
  const told = at.notices.map((notice) => `${notice.subject}\n${notice.body}`).filter((text) => text.includes("shard"));
  expect(told.some((text) => text.includes("create-backups, shard 1"))).toBe(true);
  expect(told.some((text) => text.includes("poll-backups, shard 1"))).toBe(true);
  await minutes(at, 30, [3, [0, 1, 2]]);
  const states = await stateOfAll(at);
  expect(states.filter((state) => state === "completed")).toHaveLength(12);
  await minutes(at, 1, [3, [0, 1, 2]]);
  await audit();
  expect(seen.at(-1)?.SilentShards).toBe(0);
});

test.each([
  { from: 1, to: 3 },
  { from: 3, to: 2 },
  { from: 3, to: 1 },
])("a night that begins with $from shards and ends with $to loses and doubles nothing", async ({ from, to }) => {
  const at = await threeAccounts(4);
  const all = (count: number): [number, number[]] => [count, Array.from({ length: count }, (_, index) => index)];
  // Two databases are busy at first: their runs wait in the lanes of before.
  for (const instance of at.simulator.control.instances().slice(0, 6))
    at.simulator.control.changeInstance(instance.id, { status: "MODIFYING" });
  await minutes(at, 2, all(from));
  for (const instance of at.simulator.control.instances())
    at.simulator.control.changeInstance(instance.id, { status: "ACTIVE" });
  await minutes(at, 40, all(to));
  expect(await stateOfAll(at)).toEqual(Array.from({ length: 12 }, () => "completed"));
  expect(namesOf(at)).toHaveLength(12);
  expect(new Set(backupsOf(at).map((backup) => backup.instanceId)).size).toBe(12);
});

test("an event without a number is the first shard's; a number that is none is refused", async () => {
  const at = await threeAccounts(1);
  at.clock.set(firstSlotAt);
  await createBackups.run({}, context, at.process(3));
  expect(projectsOf(at)).toEqual(["germany"]);
  await expect(createBackups.run({ shard: 1.5 }, context, at.process(3))).rejects.toThrow("the event's shard is 1.5");
});
