// Backups that build for hours, as those of large databases do. One listing of instances follows them all without a write: nobody
// is told that they are stuck, and OTC in trouble for a moment is no outage.

import { expect, test } from "vitest";
import { aRow, aSite, instanceIds, type TestSite } from "../support/test-site.ts";

const { shop, crm, reports } = instanceIds;

/** Three databases, each building for three hours, audited every five minutes. */
async function aLongNight(): Promise<TestSite> {
  const site = await aSite([aRow({ instanceIds: [shop, crm, reports], completionWindowMinutes: 300 })]);
  site.simulator.control.setKnobs({ backupSeconds: { min: 10_800, max: 10_800 } });
  await site.create();
  return site;
}

async function audited(site: TestSite, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 5) {
    await site.minutes(5);
    await site.audit();
  }
}

test("building for three hours: nobody is told that anything is stuck", async () => {
  const site = await aLongNight();
  await audited(site, 170);
  expect((await site.runs()).map((run) => run.state)).toEqual(["building", "building", "building"]);
  expect(site.notices).toEqual([]);
  await audited(site, 20);
  expect((await site.runs()).map((run) => run.state)).toEqual(["completed", "completed", "completed"]);
  expect(site.notices).toEqual([]);
});

test("building and looked at by nobody: stuck after half an hour", async () => {
  const site = await aLongNight();
  await audited(site, 20);
  for (let minute = 0; minute < 40; minute += 5) {
    site.clock.set(site.clock.now() + 5 * 60_000);
    await site.audit();
  }
  expect(site.notices.map(({ subject }) => subject)).toEqual(["PAGE runs-stuck: account demo"]);
});

test("OTC fails to answer for some minutes while backups build: no outage, and one when it lasts for half an hour", async () => {
  const site = await aLongNight();
  await audited(site, 40);
  site.simulator.control.addFault({ times: "always", action: { kind: "status", status: 503 } });
  await site.minutes(10);
  expect(site.notices).toEqual([]);
  await site.minutes(25);
  expect(site.notices.map(({ subject }) => subject)).toEqual(["PAGE account-unusable: account demo"]);
});
