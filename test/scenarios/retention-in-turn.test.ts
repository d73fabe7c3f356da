// Retention of accounts too large for one tick: whatever a tick does not get to comes early in one of the next, and people are
// told when deleting falls behind.

import { expect, test } from "vitest";
import type { Site } from "../../shared/ports.ts";
import { plantNights } from "../support/planted-nights.ts";
import { aRun } from "../support/retention-history.ts";
import { withSlowListings } from "../support/slow-listings.ts";
import { aRow, aSite, liveBackups, slotAt, type TestSite } from "../support/test-site.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const databases = Array.from({ length: 12 }, (_, n) => `${n.toString(16)}c0e0000d3b07384d113edec49eaa623in01`);

/** Twelve databases with some good nights, of which two are kept; OTC takes so long for a listing. */
async function aLargeAccount(listingMs: number, nights = 4): Promise<TestSite & { readonly slow: Site }> {
  const row = { policyId: "fleet", instanceIds: databases, retention: { keepLast: 2, minimum: 1 }, maxAgeHours: 240 };
  const on = await aSite([aRow(row)]);
  for (const [n, id] of databases.entries()) {
    on.simulator.control.addInstance({ id, name: `db-${n}`, engine: "MySQL", volumeGb: 40, backupSizeKb: 5000 });
    await plantNights(on, nights, { lastDay: "2026-11-24", policyId: "fleet", instanceId: id });
  }
  on.clock.set(slotAt + 6 * hourMs);
  await on.site.prune.approve("demo", { planId: "p", marks: 100, untilAt: slotAt + dayMs });
  return { ...on, slow: withSlowListings(on, listingMs) };
}

async function pruneHourly(on: TestSite & { readonly slow: Site }, hours: number): Promise<void> {
  const from = on.clock.now();
  for (let hour = 1; hour <= hours; hour += 1) {
    on.clock.set(from + hour * hourMs);
    await on.prune(on.slow);
  }
}

function standing({ simulator }: TestSite): number[] {
  const all = liveBackups(simulator).filter(({ status }) => status === "COMPLETED");
  return databases.map((id) => all.filter(({ instanceId }) => instanceId === id).length);
}

test("where a tick has time for a third of the databases, all of them are pruned", async () => {
  const on = await aLargeAccount(15_000);
  await pruneHourly(on, 72 + 30);
  expect(standing(on)).toEqual(databases.map(() => 2));
});

test("marks that wait for the end of their grace cost no call", async () => {
  const on = await aLargeAccount(0);
  await on.prune();
  const before = on.simulator.control.calls().total;
  await pruneHourly(on, 24);
  expect(on.simulator.control.calls().total).toBe(before);
});

test("deleting that falls behind the rules is told once, and that it has caught up as well", async () => {
  const on = await aLargeAccount(0, 6);
  await on.prune();
  await pruneHourly(on, 72 + 23);
  expect(on.notices).toEqual([]);
  // 48 may go and 20 a day: the last eight on the third day.
  await pruneHourly(on, 2);
  expect(on.notices).toMatchObject([{ level: "ticket", subject: "TICKET prune-late: retention of account demo" }]);
  expect(on.notices[0]?.body).toContain("8 backups should have gone more than a day ago, the first on 2026-11-27");
  expect(on.notices[0]?.body).toContain(
    "at most 20 of the account's 32 good backups are deleted in a day, 10 in an hour",
  );
  await pruneHourly(on, 20);
  expect(standing(on)).toEqual(databases.map(() => 2));
  expect(await on.site.standingAlerts.open()).toEqual([]);
  expect(on.notices).toHaveLength(1);
});

test("an account that takes a whole tick keeps no other one from its turn", async () => {
  const on = await aLargeAccount(15_000);
  for (const account of ["a-first", "z-last"]) {
    const policyId = `of-${account}`;
    await on.putRow(aRow({ policyId, account, retention: { keepLast: 2 } }));
    await on.site.runs.insert(aRun({ slot: "2026-11-24T02:30Z", changes: { policyId, account } }));
  }
  const begun: string[] = [];
  const account: Site["provider"]["account"] = (name, use) => {
    begun.push(name);
    return on.slow.provider.account(name, use);
  };
  await on.prune({ ...on.slow, provider: { account, keepPace: () => on.slow.provider.keepPace() } });
  expect(begun.toSorted()).toEqual(["a-first", "demo", "z-last"]);
});
