// Retention from the mark to the tombstone, on a whole site: what OTC holds afterwards, what the ledger says, who was told.

import { describe, expect, test } from "vitest";
import type { Site } from "../../shared/ports.ts";
import { plant, plantNights } from "../support/planted-nights.ts";
import { aRow, aSite, instanceIds, liveBackups, type TestSite } from "../support/test-site.ts";

const hourMs = 3_600_000;
const at = (text: string) => Date.parse(text);
const nine = at("2026-11-24T09:00Z");

/** A nightly policy with six good nights behind it, at nine in the morning. */
async function aSiteWithSixNights(row: Record<string, unknown> = {}): Promise<TestSite> {
  const on = await aSite([aRow({ retention: { keepLast: 2, minimum: 1 }, maxAgeHours: 240, ...row })]);
  await plantNights(on, 6, { lastDay: "2026-11-24" });
  on.clock.set(nine);
  return on;
}

/** Days of November whose backups OTC lists, oldest first. */
function held({ simulator }: TestSite): string[] {
  return liveBackups(simulator)
    .filter((backup) => backup.status === "COMPLETED")
    .map((backup) => /-202611(\d\d)T/.exec(backup.name)?.[1] ?? "")
    .sort();
}

async function stages({ runs }: TestSite): Promise<Record<string, string>> {
  const all = await runs();
  return Object.fromEntries(
    all.map((run) => [new Date(run.slotAt).toISOString().slice(8, 10), run.retention?.stage ?? "kept"]),
  );
}

async function pruneAfter(on: TestSite, hours: number, site?: Site) {
  on.clock.set(on.clock.now() + hours * hourMs);
  return on.prune(site);
}

describe("from mark to tombstone", () => {
  test("marks, waits three days, deletes two per tick oldest first, confirms by listing, keeps the records", async () => {
    const on = await aSiteWithSixNights();
    expect(await on.prune()).toMatchObject({ marked: 4, deleted: 0 });
    expect(held(on)).toEqual(["19", "20", "21", "22", "23", "24"]);
    expect(await stages(on)).toMatchObject({ 19: "marked", 22: "marked", 23: "kept", 24: "kept" });

    expect(await pruneAfter(on, 71)).toMatchObject({ marked: 0, deleted: 0 });
    expect(held(on)).toHaveLength(6);
    await pruneAfter(on, 1);
    expect(held(on)).toEqual(["21", "22", "23", "24"]);
    expect(await pruneAfter(on, 1)).toMatchObject({ deleted: 2 });
    expect(held(on)).toEqual(["23", "24"]);
    expect(await pruneAfter(on, 1)).toMatchObject({ deleted: 2 });
    expect(await stages(on)).toEqual({
      19: "deleted",
      20: "deleted",
      21: "deleted",
      22: "deleted",
      23: "kept",
      24: "kept",
    });

    const [oldest] = await on.runs();
    expect(oldest).toMatchObject({
      state: "completed",
      retention: {
        planId: expect.stringMatching(/^20261124T0900Z-[0-9a-f]{8}$/),
        requestId: expect.any(String),
        reasons: [expect.stringContaining("kept by none of keepLast 2")],
      },
    });
    expect(oldest?.events.map((event) => event.reason)).toEqual(["marked-for-removal", "deleted"]);
    expect(on.notices).toEqual([]);
  });

  test("a later tick changes nothing more", async () => {
    const on = await aSiteWithSixNights();
    await on.prune();
    for (let i = 0; i < 4; i += 1) await pruneAfter(on, i === 0 ? 72 : 1);
    const calls = on.simulator.control.calls().total;
    expect(await pruneAfter(on, 1)).toMatchObject({ marked: 0, deleted: 0 });
    expect(on.simulator.control.calls().total).toBe(calls);
  });

  test("FAILED backups of ours go after their grace, without any retention too", async () => {
    const on = await aSite([aRow({ maxAgeHours: 240 })]);
    await plant(on, { slot: "2026-11-22T02:30Z", state: "failed" });
    await plantNights(on, 2, { lastDay: "2026-11-24" });
    on.clock.set(nine);
    expect(await on.prune()).toMatchObject({ marked: 1 });
    await pruneAfter(on, 72);
    await pruneAfter(on, 1);
    expect(
      on.simulator.control
        .backups({ instanceId: instanceIds.shop })
        .filter((b) => b.status !== "COMPLETED" && b.status !== "GONE"),
    ).toEqual([]);
    expect(held(on)).toEqual(["23", "24"]);
    expect(await stages(on)).toMatchObject({ 22: "deleted" });
  });

  test("a colleague's backups and leftovers with our name are never touched; leftovers are counted", async () => {
    const on = await aSiteWithSixNights();
    const seed = { instanceId: instanceIds.shop, beginAt: at("2026-11-01T00:00Z") };
    on.simulator.control.addBackup({ ...seed, name: "before-the-release" });
    on.simulator.control.addBackup({ ...seed, name: "otcbk-nightly-shop-5a0e0001-20261101T0230Z-abcdef" });
    expect(await on.prune()).toMatchObject({ marked: 4, leftovers: 1 });
    for (let i = 0; i < 4; i += 1) await pruneAfter(on, i === 0 ? 72 : 1);
    const names = on.simulator.control.backups({ instanceId: instanceIds.shop }).map((b) => b.name);
    expect(names).toEqual(
      expect.arrayContaining(["before-the-release", "otcbk-nightly-shop-5a0e0001-20261101T0230Z-abcdef"]),
    );
  });
});

describe("kept after all", () => {
  test("a hold takes the mark off, and when it ends the grace starts anew", async () => {
    const on = await aSiteWithSixNights();
    await on.prune();
    const [oldest] = await on.runs();
    if (oldest === undefined) throw new Error("no run");
    const hold = { ...oldest, reason: "audit", setAt: nine, untilAt: nine + 74 * hourMs };
    await on.site.holds.put({
      policyId: hold.policyId,
      instanceId: hold.instanceId,
      slotAt: hold.slotAt,
      reason: hold.reason,
      setAt: hold.setAt,
      untilAt: hold.untilAt,
    });
    for (const hours of [72, 1]) await pruneAfter(on, hours);
    expect(held(on)).toContain("19");
    expect(await stages(on)).toMatchObject({ 19: "kept", 20: "deleted" });
    await pruneAfter(on, 1);
    expect(await stages(on)).toMatchObject({ 19: "marked" });
    await pruneAfter(on, 71);
    expect(held(on)).toContain("19");
    await pruneAfter(on, 1);
    expect(held(on)).not.toContain("19");
  });

  test("a policy that keeps more again takes marks off", async () => {
    const on = await aSiteWithSixNights();
    await on.prune();
    await on.putRow(aRow({ retention: { keepLast: 5, minimum: 1 }, maxAgeHours: 240 }));
    expect(await pruneAfter(on, 72)).toMatchObject({ keptAgain: 3 });
    expect(await stages(on)).toMatchObject({ 20: "kept", 22: "kept" });
    expect(held(on)).toEqual(["20", "21", "22", "23", "24"]);
  });
});

describe("doubts", () => {
  /** Marked and due: whatever is deleted in the next tick would be deleted in spite of the doubt. */
  async function dueSite(row: Record<string, unknown> = {}): Promise<TestSite> {
    const on = await aSiteWithSixNights(row);
    await on.prune();
    on.clock.set(on.clock.now() + 72 * hourMs);
    return on;
  }

  const noDeletes = (on: TestSite) =>
    on.simulator.control.callLog().filter((call) => call.operation === "delete-backup");
  const told = (on: TestSite) => on.notices.map((notice) => `${notice.level} ${notice.subject}`);

  test("freshness missed: nothing is deleted, and a ticket says why", async () => {
    const on = await dueSite({ maxAgeHours: 60 });
    expect(await on.prune()).toMatchObject({ deleted: 0, blocked: 4 });
    expect(noDeletes(on)).toEqual([]);
    expect(on.notices).toMatchObject([{ level: "ticket", body: expect.stringContaining("freshness-missed") }]);
    await on.prune();
    expect(on.notices).toHaveLength(1);
  });

  test("a listing that misses one of ours: nothing is deleted, and a page says why", async () => {
    const on = await dueSite();
    const known = (await on.runs()).at(-1);
    on.simulator.control.changeBackup(known?.backupId ?? "", { now: "vanish" });
    expect(await on.prune()).toMatchObject({ blocked: 4 });
    expect(noDeletes(on)).toEqual([]);
    expect(on.notices).toMatchObject([{ level: "page", body: expect.stringContaining("not listed") }]);
  });

  test("a listing that cannot be had: nothing is deleted", async () => {
    const on = await dueSite();
    on.simulator.control.addFault({ operation: "list-backups", action: { kind: "html" }, times: 50 });
    await on.prune();
    expect(noDeletes(on)).toEqual([]);
    expect(on.notices).toMatchObject([{ level: "ticket", body: expect.stringContaining("listing-incomplete") }]);
    on.simulator.control.clearFaults();
    await pruneAfter(on, 1);
    expect(held(on)).toEqual(["21", "22", "23", "24"]);
  });

  test("clocks that differ by more than a minute: nothing is deleted, and it pages", async () => {
    const on = await dueSite();
    await on.prune(skewedBy(on.site, 61_000));
    expect(noDeletes(on)).toEqual([]);
    expect(told(on)).toEqual(["page PAGE prune-blocked: retention of account demo"]);
    await pruneAfter(on, 1, skewedBy(on.site, -60_000));
    expect(held(on)).toEqual(["21", "22", "23", "24"]);
  });

  test("the instance is gone: its last backups stay, and it pages", async () => {
    const on = await dueSite();
    on.simulator.control.removeInstance(instanceIds.shop);
    await on.prune();
    expect(noDeletes(on)).toEqual([]);
    expect(on.notices).toMatchObject([{ level: "page", body: expect.stringContaining("instance-gone") }]);
  });

  test("a row with a problem: nothing is deleted until it is corrected", async () => {
    const on = await dueSite();
    await on.putRow(aRow({ retention: { keepLast: 0 }, maxAgeHours: 240 }));
    await on.prune();
    expect(noDeletes(on)).toEqual([]);
    expect(on.notices).toMatchObject([{ level: "ticket", body: expect.stringContaining("row-problem") }]);
  });

  test("a policy that is removed: marks come off, nothing is deleted, a ticket says so", async () => {
    const on = await dueSite();
    await on.removeRow("nightly-shop");
    expect(await on.prune()).toMatchObject({ keptAgain: 4 });
    expect(await stages(on)).toMatchObject({ 19: "kept" });
    expect(noDeletes(on)).toEqual([]);
    expect(on.notices).toMatchObject([{ level: "ticket", body: expect.stringContaining("policy-removed") }]);
  });

  test("the switch: nothing is deleted and a ticket stands until someone resumes", async () => {
    const on = await dueSite();
    await on.site.prune.setSwitch({ stopped: true, reason: "migration", setAt: nine });
    await on.prune();
    expect(noDeletes(on)).toEqual([]);
    expect(told(on)).toEqual(["ticket TICKET prune-stopped: prune-backups"]);
    await on.site.prune.setSwitch({ stopped: false });
    await pruneAfter(on, 1);
    expect(held(on)).toEqual(["21", "22", "23", "24"]);
    expect(await on.site.standingAlerts.open()).toEqual([]);
  });

  test("without credentials that may delete everything is planned, nothing marked, nobody troubled", async () => {
    const on = await aSiteWithSixNights();
    const { provider } = on.site;
    const absent = { ok: false, failure: { code: "secret-absent", message: "there is none", effect: "none" } } as const;
    const site: Site = {
      ...on.site,
      provider: {
        account: async (name, use) => (use?.as === "prune" ? absent : provider.account(name, use)),
        keepPace: () => provider.keepPace(),
      },
    };
    expect(await on.prune(site)).toMatchObject({ marked: 0, blocked: 4 });
    expect(await stages(on)).toMatchObject({ 19: "kept" });
    expect(on.notices).toEqual([]);
  });

  test("a bulk change is refused whole, pages once, and goes on when a person agrees", async () => {
    const on = await aSite([aRow({ retention: { keepLast: 2, minimum: 1 }, maxAgeHours: 240 })]);
    await plantNights(on, 20, { lastDay: "2026-11-24" });
    on.clock.set(nine);
    expect(await on.prune()).toMatchObject({ marked: 0, blocked: 18 });
    await pruneAfter(on, 1);
    expect(told(on)).toEqual(["page PAGE prune-bulk-change: retention of account demo"]);
    const planId = /prune --approve demo\/(\S+)/.exec(on.notices[0]?.body ?? "")?.[1] ?? "";
    expect(await on.site.prune.plan("demo", planId)).toEqual({ newMarks: 18 });
    await on.site.prune.approve("demo", { planId, marks: 18, untilAt: on.clock.now() + 24 * hourMs });
    expect(await pruneAfter(on, 1)).toMatchObject({ marked: 18 });
  });

  test("no more than the day's cap goes in a day, however many ticks there are", async () => {
    const on = await aSite([]);
    const names = ["one", "two", "three", "four", "five", "six", "seven"];
    for (const name of names) {
      const policyId = `nightly-${name}`;
      await on.putRow(aRow({ policyId, retention: { keepLast: 2, minimum: 1 }, maxAgeHours: 240 }));
      await plantNights(on, 6, { lastDay: "2026-11-24", policyId });
    }
    on.clock.set(at("2026-11-24T04:00Z"));
    await on.site.prune.approve("demo", { planId: "p", marks: 100, untilAt: nine });
    expect(await on.prune()).toMatchObject({ marked: 28 });
    on.clock.set(at("2026-11-27T05:00Z"));
    for (let i = 0; i < 6; i += 1) await pruneAfter(on, 1);
    expect(noDeletes(on)).toHaveLength(20);
    on.clock.set(at("2026-11-28T00:30Z"));
    await on.prune();
    expect(noDeletes(on).length).toBeGreaterThan(20);
  });
});

/** The site with a provider that finds our clock ahead of OTC's by so much. */
function skewedBy(site: Site, skewMs: number): Site {
  const account: Site["provider"]["account"] = async (name, use) => {
    const answer = await site.provider.account(name, use);
    return answer.ok ? { ok: true, value: { ...answer.value, clockSkewMs: () => skewMs } } : answer;
  };
  return { ...site, provider: { account, keepPace: () => site.provider.keepPace() } };
}
