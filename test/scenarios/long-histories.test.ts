// What a site has behind it costs nothing at every tick: months of nights, and a database that has been stopped for weeks.

import { expect, test } from "vitest";
import { countTables } from "../../bench/counted-tables.ts";
import { plant } from "../support/planted-nights.ts";
import { aRun } from "../support/retention-history.ts";
import { aRow, aSite, slotAt, type TestSite } from "../support/test-site.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const databases = Array.from({ length: 8 }, (_, n) => `${n}b0e0000d3b07384d113edec49eaa623in01`);
const textOf = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
const lastGoodNight = (nights: number) => Math.max(0, nights - 31);
const [stopped = "", ...well] = databases;

/** So many nights lived through, the last an hour ago; the first database was good in the first of the last 31 and is stopped since. */
async function aSiteAfter(nights: number): Promise<TestSite> {
  const on = await aSite([aRow({ policyId: "fleet", instanceIds: databases })]);
  const { simulator, clock, site } = on;
  for (const [n, id] of databases.entries())
    simulator.control.addInstance({ id, name: `db-${n}`, engine: "MySQL", volumeGb: 40, backupSizeKb: 5000 });
  clock.set(slotAt + (nights - 1) * dayMs + hourMs);
  for (let night = 0; night < nights; night += 1)
    for (const instanceId of databases) {
      const slot = textOf(slotAt + night * dayMs);
      const changes = { policyId: "fleet", instanceId, account: "demo" };
      if (instanceId !== stopped || night <= lastGoodNight(nights))
        await plant(on, { slot, policyId: "fleet", instanceId });
      else await site.runs.insert(aRun({ slot, state: "missed", changes }));
    }
  await on.create();
  return on;
}

test.each([5, 40])(
  "an audit after %i nights reads no more than after three, though one database has been stopped for most of them",
  async (nights) => {
    const lastGood = lastGoodNight(nights);
    const { audit, clock, tables, notices, gauges } = await aSiteAfter(nights);
    await audit();
    const counts = countTables(tables.client);
    for (let n = 1; n <= 12; n += 1) {
      clock.set(clock.now() + 5 * minuteMs);
      await audit();
    }
    expect(counts.reads / 12).toBeLessThanOrEqual(4 * databases.length);
    expect(gauges()).toMatchObject({ AuditHeartbeat: 1, OverduePolicies: 1, UnaccountedSlots: 0 });
    expect(gauges().WorstFreshnessRatio).toBeCloseTo(((nights - 1 - lastGood) * 24 + 2) / 36, 2);
    const told = notices.filter(({ subject }) => subject.includes("backups-overdue")).map(({ body }) => body);
    expect(told.join("\n")).toContain(textOf(slotAt + lastGood * dayMs));
    for (const instanceId of well) expect(told.join("\n")).not.toContain(instanceId);
  },
);

test("what an audit remembers of a stopped database ends with its next good backup, and with six hours", async () => {
  const on = await aSiteAfter(5);
  const { audit, clock, gauges, simulator, site } = on;
  await audit();
  const newest = simulator.control.backups().find((backup) => backup.instanceId === stopped);
  const [first] = await site.runs.ofPolicy("fleet", { fromAt: slotAt, toAt: slotAt });
  if (newest === undefined || first === undefined) throw new Error("nothing was planted");
  await site.runs.replace(first, { ...first, version: first.version + 1, vanishedAt: clock.now() });
  clock.set(clock.now() + 7 * hourMs);
  await audit();
  const told = on.notices.filter(({ subject }) => subject.includes("backups-overdue"));
  expect(told.map(({ body }) => body.includes("no good backup yet"))).toEqual([false, true]);
  const slot = textOf(slotAt + 5 * dayMs);
  clock.set(slotAt + 5 * dayMs + hourMs);
  for (const instanceId of databases) await plant(on, { slot, policyId: "fleet", instanceId });
  await audit();
  expect(gauges()).toMatchObject({ OverduePolicies: 0 });
});

test("one tick of prune-backups reads a policy's runs twice, however many of its databases have something to be marked", async () => {
  const on = await aSiteAfter(5);
  for (const instanceId of databases)
    await plant(on, { slot: textOf(slotAt - dayMs), state: "failed", policyId: "fleet", instanceId });
  const runs = (await on.runs("fleet")).length;
  const counts = countTables(on.tables.client);
  expect(await on.prune()).toMatchObject({ marked: databases.length - 1, blocked: 1 });
  expect(counts.reads).toBeLessThanOrEqual(2 * runs + 6 * databases.length);
});

test("a database that cannot be listed is asked for alone, and no run is read for it, until it can be; the others are compared", async () => {
  const on = await aSiteAfter(20);
  const { clock, gauges, simulator, tables, site } = on;
  const warned: string[] = [];
  const log = { ...site.log, warn: ({ message }: { message: string }) => void warned.push(message) };
  const audit = () => on.audit({ ...site, log });
  const [other = ""] = well;
  simulator.control.addFault({
    ...{ operation: "list-backups", instanceId: stopped, times: 1000 },
    action: { kind: "status", status: 404, code: "DBS.200013", message: "The DB instance does not exist." },
  });
  simulator.control.changeBackup(simulator.control.backups().find((one) => one.instanceId === other)?.id ?? "", {
    now: "vanish",
  });
  for (const minutes of [0, 5, 10]) {
    clock.set(clock.now() + minutes * minuteMs);
    await audit();
  }
  expect(gauges()).toMatchObject({ PhantomRecords: 1 });
  const counts = countTables(tables.client);
  const callsBefore = simulator.control.calls().total;
  clock.set(clock.now() + 5 * minuteMs);
  await audit();
  expect(simulator.control.calls().total - callsBefore).toBe(1);
  expect(counts.reads).toBeLessThanOrEqual(4 * databases.length);
  expect(gauges()).toMatchObject({ AuditHeartbeat: 1, PhantomRecords: 1 });
  // Once in the round, and in the second visit of the whole policy for what vanished.
  expect(warned.filter((line) => line.includes("listed"))).toEqual(
    Array(2).fill(expect.stringContaining(`${stopped} cannot be listed`)),
  );
  simulator.control.clearFaults();
  clock.set(clock.now() + 60 * minuteMs);
  await audit();
  expect(gauges()).toMatchObject({ AuditHeartbeat: 1, PhantomRecords: 1, ReconcileAgeHours: 0 });
});

test("prune-backups reads the years without backups once a day, and what was adopted in them is seen within that day", async () => {
  const on = await aSiteAfter(40);
  const { clock, simulator, site, tables } = on;
  for (const run of await on.runs("fleet")) {
    if (run.slotAt > slotAt + 20 * dayMs || run.backupId === undefined) continue;
    const retention = { stage: "deleted" as const, planId: "p", markedAt: 0, removableAt: 0, reasons: [] };
    await site.runs.replace(run, { ...run, version: run.version + 1, retention });
    simulator.control.changeBackup(run.backupId, { now: "vanish" });
  }
  const readsOfATick = async () => {
    const counts = countTables(tables.client);
    const { marked } = await on.prune();
    tables.client.middlewareStack.remove("countTables");
    return { reads: counts.reads, marked };
  };
  const all = (await on.runs("fleet")).length;
  expect((await readsOfATick()).reads).toBeGreaterThan(all);
  const [database = ""] = well;
  await plant(on, {
    slot: textOf(slotAt + 2 * dayMs + hourMs),
    state: "failed",
    policyId: "fleet",
    instanceId: database,
  });
  clock.set(clock.now() + hourMs);
  const next = await readsOfATick();
  expect(next.reads).toBeLessThan(all * 0.6);
  expect(next.marked).toBe(0);
  clock.set(clock.now() + 23.5 * hourMs);
  expect((await readsOfATick()).marked).toBe(1);
});
