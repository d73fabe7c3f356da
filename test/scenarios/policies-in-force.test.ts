// Rows as people edit them: one bad row harms nobody else, an invalid edit stops no backup, an outage ends in no stampede.

import { expect, test } from "vitest";
import { aRow, aSite, instanceIds, liveBackups, slotAt } from "../support/test-site.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

test("a malformed row among good ones is reported on the row and harms no other", async () => {
  const { create, minutes, runs, row, notices } = await aSite([
    aRow(),
    {
      policyId: "broken",
      account: 7,
      instanceIds: "no, such list",
      schedule: "every night",
      retention: { keepLast: 0 },
    },
    aRow({ policyId: "nightly-crm", instanceIds: [instanceIds.crm] }),
  ]);
  await create();
  await minutes(60);
  expect([...(await runs()), ...(await runs("nightly-crm"))].map((run) => run.state)).toEqual([
    "completed",
    "completed",
  ]);
  const broken = await row("broken");
  expect(broken.status).toBe("INVALID");
  for (const field of ["account", "instanceIds", "schedule", "retention.keepLast"]) {
    expect(broken.problems?.some((line) => line.startsWith(field))).toBe(true);
  }
  expect(notices.map((notice) => notice.subject)).toEqual(["PAGE policy-invalid: policy broken"]);
});

test("an invalid edit keeps the last valid version in force, says so on the row, and raises one ticket", async () => {
  const { create, minutes, runs, row, notices, putRow } = await aSite();
  await putRow(aRow({ schedule: "30 25 * * *" }));
  await create();
  await minutes(60);
  expect(await runs()).toMatchObject([{ state: "completed", terms: { policyVersion: 1 } }]);
  expect(await row("nightly-shop")).toMatchObject({
    status: "INVALID",
    effectiveVersion: 1,
    problems: [expect.stringContaining("schedule")],
  });
  expect(notices.map((notice) => notice.subject)).toEqual(["TICKET policy-invalid: policy nightly-shop"]);
  expect(notices[0]?.body).toContain("version 1 stays in force");
  await putRow(aRow({ schedule: "30 5 * * *" }));
  await minutes(2);
  expect(await row("nightly-shop")).toMatchObject({ status: "OK", effectiveVersion: 2 });
});

test("the ticket of an invalid row ends when the row is mended or removed, and the same mistake later is told again", async () => {
  const { site, minutes, notices, putRow, removeRow } = await aSite();
  const told = () => notices.filter((notice) => notice.subject.includes("policy-invalid")).length;
  const wrong = aRow({ schedule: "30 25 * * *" });
  await putRow(wrong);
  await minutes(2);
  // Replaced as a whole, as `aws dynamodb put-item` does: what was observed is gone from the row.
  await putRow(aRow());
  await minutes(2);
  expect(await site.standingAlerts.open()).toEqual([]);
  await putRow(wrong);
  await minutes(2);
  expect(told()).toBe(2);
  await removeRow("nightly-shop");
  await minutes(2);
  expect(await site.standingAlerts.open()).toEqual([]);
});

test("after three days of outage the newest slot is made up and the older ones are missed, with one page", async () => {
  const { clock, create, minutes, runs, notices, simulator } = await aSite();
  clock.set(slotAt + 3 * dayMs - 60 * minuteMs);
  await create();
  await minutes(50);
  expect((await runs()).map((run) => run.state)).toEqual(["missed", "missed", "completed"]);
  expect(liveBackups(simulator)).toHaveLength(1);
  expect(notices.map((notice) => notice.subject)).toEqual(["PAGE backup-missed: 2 databases of account demo"]);
});

test("without catch-up a slot whose start window is over is missed", async () => {
  const { clock, create, runs, simulator } = await aSite([aRow({ catchUp: "none" })]);
  clock.set(slotAt + 300 * minuteMs);
  await create();
  expect(await runs()).toMatchObject([{ state: "missed", reason: "superseded" }]);
  expect(simulator.control.backups()).toEqual([]);
});

test("a new policy takes its latest slot only while that slot's start window is open", async () => {
  const { create, putRow, runs } = await aSite([]);
  await putRow(aRow({ policyId: "just-now", schedule: "0 1 * * *" }));
  await putRow(aRow({ policyId: "too-late", instanceIds: [instanceIds.crm], schedule: "0 22 * * *" }));
  await create();
  expect(await runs("just-now")).toMatchObject([{ state: "building", slotAt: Date.UTC(2026, 10, 24, 1) }]);
  expect(await runs("too-late")).toEqual([]);
});

test("a slot inside a pause is recorded with its reason, and nobody is paged", async () => {
  const { create, runs, row, notices, simulator } = await aSite([
    aRow({ pausedUntil: "2026-11-25T00:00:00Z", pauseReason: "migration" }),
  ]);
  await create();
  expect(await runs()).toMatchObject([{ state: "skipped", reason: "paused", events: [{}, { detail: "migration" }] }]);
  expect(await row("nightly-shop")).toMatchObject({ status: "PAUSED" });
  expect(notices).toEqual([]);
  expect(simulator.control.backups()).toEqual([]);
});

test("a disabled policy has no runs and says so", async () => {
  const { create, runs, row } = await aSite([aRow({ enabled: false })]);
  await create();
  expect(await runs()).toEqual([]);
  expect(await row("nightly-shop")).toMatchObject({ status: "DISABLED" });
});

test("a read replica is skipped with a reason, and a database that is gone only after a second look", async () => {
  const gone = "0000000000000000000000000000gonein01";
  const { create, minutes, runs, notices } = await aSite([
    aRow({ instanceIds: [instanceIds.shopReplica, gone], severity: "ticket" }),
  ]);
  await create();
  expect((await runs()).map((run) => [run.instanceId, run.state])).toEqual([
    [gone, "waiting"],
    [instanceIds.shopReplica, "skipped"],
  ]);
  await minutes(2);
  expect((await runs()).map((run) => run.reason)).toEqual(["instance-gone", "instance-replica"]);
  expect(notices.map((notice) => notice.subject)).toEqual([
    `TICKET run-skipped: nightly-shop ${instanceIds.shopReplica}`,
    `TICKET run-skipped: nightly-shop ${gone}`,
  ]);
});

test("a tick that runs out of time leaves the rest due, and the next one goes on", async () => {
  const ids = [instanceIds.shop, instanceIds.crm, instanceIds.erp, instanceIds.wiki];
  const { site, create, runs } = await aSite([aRow({ instanceIds: ids })]);
  const { createBackups } = await import("../../shared/workflows/create-backups.ts");
  await createBackups(site, { stopAt: site.clock.now() });
  expect((await runs()).map((run) => run.state)).toEqual(["waiting", "waiting", "waiting", "waiting"]);
  await create();
  expect((await runs()).map((run) => run.state)).toEqual(["building", "building", "building", "building"]);
});

test("a tick without the time even to write down what is left accounts for nothing, and the next one loses no slot", async () => {
  const ids = [instanceIds.shop, instanceIds.crm];
  const missedAlso = aRow({ policyId: "hourly-wiki", instanceIds: [instanceIds.wiki], schedule: "30 * * * *" });
  const { site, clock, create, runs, row, putRow, simulator } = await aSite([aRow({ instanceIds: ids }), missedAlso]);
  const { createBackups } = await import("../../shared/workflows/create-backups.ts");
  const accounted = await site.accounting.accountedThrough();
  // Two slots of the hourly policy are over by now, and a row appeared whose slot lies before the tick.
  clock.set(clock.now() + 125 * 60_000);
  await putRow(aRow({ policyId: "new-erp", instanceIds: [instanceIds.erp] }));
  const stopAt = site.clock.now();
  await createBackups(site, { stopAt, leaveAt: stopAt });
  const ofWiki = async () => (await runs("hourly-wiki")).slice(1);
  expect([...(await runs()), ...(await ofWiki()), ...(await runs("new-erp"))]).toEqual([]);
  expect(await site.accounting.accountedThrough()).toBe(accounted);
  expect(await row("new-erp")).toEqual({});
  await create();
  expect((await runs()).map((run) => run.state)).toEqual(["building", "building"]);
  expect((await ofWiki()).map((run) => run.state)).toEqual(["missed", "missed", "waiting"]);
  expect((await runs("new-erp")).map((run) => run.state)).toEqual(["building"]);
  expect(simulator.control.backups({ name: undefined }).filter((one) => one.status === "BUILDING")).toHaveLength(3);
  expect(await site.accounting.accountedThrough()).toBe(stopAt);
});

test("a row that a tick without time met, and that nobody accounted for in a day's outage, owes every slot since", async () => {
  const { site, clock, create, runs, row, putRow } = await aSite([aRow({ instanceIds: [instanceIds.shop] })]);
  const { createBackups } = await import("../../shared/workflows/create-backups.ts");
  clock.set(clock.now() + 10 * minuteMs);
  await putRow(aRow({ policyId: "six-hourly-erp", instanceIds: [instanceIds.erp], schedule: "5 */6 * * *" }));
  await createBackups(site, { stopAt: clock.now(), leaveAt: clock.now() });
  expect(await row("six-hourly-erp")).toEqual({});
  clock.set(slotAt + dayMs);
  await create();
  expect((await runs("six-hourly-erp")).map(({ slotAt, state }) => [new Date(slotAt).toISOString(), state])).toEqual([
    ["2026-11-24T06:05:00.000Z", "missed"],
    ["2026-11-24T12:05:00.000Z", "missed"],
    ["2026-11-24T18:05:00.000Z", "missed"],
    ["2026-11-25T00:05:00.000Z", "building"],
  ]);
});
