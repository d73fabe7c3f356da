import { expect, test } from "vitest";
import { readStatus } from "../../../shared/status/read-status.ts";
import { verdict } from "../../../shared/status/verdict.ts";
import { aRow, aSite, instanceIds } from "../../support/test-site.ts";

test("a site's night, read through the same stores", async () => {
  const site = await aSite();
  await site.create();
  const during = await readStatus(site.site, { now: site.clock.now() });
  expect(during.running).toMatchObject([{ run: { state: "building" } }]);
  await site.minutes(20);
  const after = await readStatus(site.site, { now: site.clock.now() });
  expect(after.databases).toMatchObject([{ policyId: "nightly-shop", level: "fresh", owner: "team-shop" }]);
  expect(after.running).toEqual([]);
  expect(after.problems).toEqual([]);
  expect(verdict(after).level).toBe("good");
});

test("an invalid edit: the last valid version is judged, and the row's problem shown, before any tick has seen it", async () => {
  const site = await aSite();
  await site.minutes(20);
  await site.putRow(aRow({ schedule: "30 2 * *" }));
  const status = await readStatus(site.site, { now: site.clock.now() });
  expect(status.databases).toMatchObject([{ instanceId: instanceIds.shop, level: "fresh" }]);
  expect(status.problems).toMatchObject([{ kind: "row-invalid", level: "ticket" }]);
});

test("a row without a usable id is not left out", async () => {
  const site = await aSite();
  await site.putRow({ policyId: "Not An Id!", account: "demo" });
  const status = await readStatus(site.site, { now: site.clock.now() });
  expect(status.policyCount).toBe(2);
  expect(status.problems).toMatchObject([{ kind: "row-invalid", level: "page" }]);
});

test("a policy more seldom than the nights shown is judged by its older runs", async () => {
  const site = await aSite();
  await site.minutes(20);
  const twoNightsLater = site.clock.now() + 30 * 3_600_000;
  const status = await readStatus(site.site, { now: twoNightsLater, nights: 1 });
  expect(status.databases).toMatchObject([{ runs: [], freshness: { newestGoodAt: Date.UTC(2026, 10, 24, 2, 30) } }]);
});

test("a slot that no tick has met is found from the policy alone", async () => {
  const site = await aSite();
  await site.minutes(20);
  const status = await readStatus(site.site, { now: site.clock.now() + 24 * 3_600_000 });
  expect(status.problems.map(({ kind }) => kind)).toEqual(["tick-late", "slot-without-run"]);
});
