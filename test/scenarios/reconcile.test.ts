// The daily comparison of ledger and OTC, both ways, on a whole site.

import { DeleteItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { localTableNames } from "../../local/embedded-tables.ts";
import { beginDeletion, confirmDeleted, markBackup } from "../../shared/domain/retention/retention-mark.ts";
import { slotText } from "../../shared/domain/runs/naming.ts";
import { aRow, aSite, instanceIds, liveBackups, slotAt, type TestSite } from "../support/test-site.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const subjects = (notices: readonly { subject: string }[]) => notices.map((notice) => notice.subject);
const about = (notices: readonly { subject: string }[], kind: string) =>
  subjects(notices).filter((subject) => subject.includes(kind));

/** So many nights, each with a good backup of every database, then an audit at noon. */
async function nights(site: TestSite, count: number): Promise<void> {
  for (let night = 0; night < count; night += 1) {
    const at = slotAt + night * dayMs + 20_000;
    for (const minutes of [0, 2, 30, 59]) {
      site.clock.set(at + minutes * minuteMs);
      await site.create();
      await site.poll();
    }
  }
  site.clock.set(slotAt + (count - 1) * dayMs + 10 * hourMs);
  await site.audit();
}

test("nights that are in order are compared with nothing found", async () => {
  const site = await aSite([aRow({ instanceIds: [instanceIds.shop, instanceIds.crm] })]);
  await nights(site, 2);
  expect(site.gauges()).toMatchObject({
    ...{
      AuditHeartbeat: 1,
      OrphanBackups: 0,
      PhantomRecords: 0,
      SizeAnomalies: 0,
      BackupsAdopted: 0,
      ReconcileAgeHours: 0,
    },
  });
  expect(site.notices).toEqual([]);
});

test("a backup removed behind our back pages after a second look, once, and counts for nothing any more", async () => {
  const site = await aSite();
  await nights(site, 1);
  const [backup] = site.simulator.control.backups();
  site.simulator.control.changeBackup(backup?.id ?? "", { now: "vanish" });
  site.clock.set(slotAt + 23 * hourMs + 10 * hourMs);
  await site.create();
  await site.audit();
  expect(about(site.notices, "vanished")).toEqual([]);
  expect(site.gauges()).toMatchObject({ PhantomRecords: 0 });
  for (const minutes of [5, 10, 15]) {
    site.clock.set(slotAt + 33 * hourMs + minutes * minuteMs);
    await site.audit();
  }
  expect(about(site.notices, "vanished")).toEqual([`PAGE backup-vanished: nightly-shop ${instanceIds.shop}`]);
  expect(site.gauges()).toMatchObject({ PhantomRecords: 1, AuditHeartbeat: 1 });
  expect((await site.runs())[0]).toMatchObject({ state: "completed", vanishedAt: expect.any(Number) });
});

test("a backup that was back after a listing with a hole pages once more when it is really gone", async () => {
  const site = await aSite();
  await nights(site, 1);
  const auditAt = async (...minutes: number[]) => {
    for (const after of minutes) {
      site.clock.set(slotAt + 33 * hourMs + after * minuteMs);
      await site.audit();
    }
  };
  site.simulator.control.addFault({
    ...{ operation: "list-backups", times: "always", action: { kind: "short-list", rows: 0, totalCount: "shown" } },
  });
  await auditAt(0, 5);
  const page = `PAGE backup-vanished: nightly-shop ${instanceIds.shop}`;
  expect(about(site.notices, "vanished")).toEqual([page]);
  site.simulator.control.clearFaults();
  await auditAt(24 * 60);
  expect((await site.runs())[0]).not.toHaveProperty("vanishedAt");
  const [backup] = site.simulator.control.backups();
  site.simulator.control.changeBackup(backup?.id ?? "", { now: "vanish" });
  await auditAt(48 * 60, 48 * 60 + 5);
  expect((await site.runs())[0]).toHaveProperty("vanishedAt");
  expect(about(site.notices, "vanished")).toEqual([page, page]);
});

test("an account that cannot be listed is asked again, and the age of the comparison shows", async () => {
  const site = await aSite();
  await nights(site, 1);
  site.simulator.control.addFault({ operation: "list-backups", times: 1000, action: { kind: "status", status: 503 } });
  site.clock.set(slotAt + 40 * hourMs);
  await site.audit();
  site.clock.set(slotAt + 40 * hourMs + 5 * minuteMs);
  await site.audit();
  expect(site.gauges().ReconcileAgeHours).toBeCloseTo(30, 0);
  expect(site.gauges()).toMatchObject({ PhantomRecords: 0 });
  site.simulator.control.clearFaults();
  site.clock.set(slotAt + 40 * hourMs + 10 * minuteMs);
  await site.audit();
  expect(site.gauges()).toMatchObject({ ReconcileAgeHours: 0 });
});

test("a database whose backups cannot be listed keeps no other database from being compared", async () => {
  const site = await aSite([aRow({ instanceIds: [instanceIds.shop, instanceIds.crm] })]);
  await nights(site, 1);
  const refused = { kind: "status", status: 404, code: "RDS.0002" } as const;
  site.simulator.control.addFault({
    operation: "list-backups",
    instanceId: instanceIds.shop,
    times: "always",
    action: refused,
  });
  const [backup] = site.simulator.control.backups().filter((one) => one.instanceId === instanceIds.crm);
  site.simulator.control.changeBackup(backup?.id ?? "", { now: "vanish" });
  for (const minutes of [0, 5, 10, 15]) {
    site.clock.set(slotAt + 33 * hourMs + minutes * minuteMs);
    await site.audit();
  }
  expect(about(site.notices, "vanished")).toEqual([`PAGE backup-vanished: nightly-shop ${instanceIds.crm}`]);
});

test("what carries our prefix and proves nothing is one ticket, and is never touched", async () => {
  const site = await aSite();
  site.simulator.control.addBackup({ instanceId: instanceIds.shop, name: "otcbk-made-by-hand", beginAt: slotAt });
  site.simulator.control.addBackup({ instanceId: instanceIds.shop, name: "somebody-elses", beginAt: slotAt });
  await nights(site, 1);
  await site.audit();
  expect(about(site.notices, "orphaned")).toEqual(["TICKET backups-orphaned: account demo"]);
  expect(site.notices[0]?.body).toContain("its name belongs to no run");
  expect(site.gauges()).toMatchObject({ OrphanBackups: 1, BackupsAdopted: 0 });
  expect(site.simulator.control.backups({ name: "otcbk-made-by-hand" })).toHaveLength(1);
});

test("a name that OTC let in twice: the second backup is one ticket that says so, and is never touched", async () => {
  const site = await aSite();
  await nights(site, 1);
  const [first] = site.simulator.control.backups();
  const second = site.simulator.control.addBackup({
    ...{ instanceId: instanceIds.shop, name: first?.name ?? "", beginAt: slotAt + minuteMs },
  });
  for (const hours of [34, 58, 82]) {
    site.clock.set(slotAt + hours * hourMs);
    await site.audit();
    await site.prune();
  }
  expect(about(site.notices, "orphaned")).toEqual(["TICKET backups-orphaned: account demo"]);
  const body = site.notices.find(({ subject }) => subject.includes("orphaned"))?.body;
  expect(body).toContain(`(${second.id}) on ${instanceIds.shop}, COMPLETED: its run is recorded as completed`);
  expect(body).toContain(`OTC let its name in twice, and the record has the other one, ${first?.id}`);
  expect(site.simulator.control.backups().map(({ id }) => id)).toEqual([first?.id, second.id]);
});

test("a backup recorded as deleted that OTC still lists is a ticket, not forgotten", async () => {
  const site = await aSite();
  await nights(site, 1);
  const [run] = await site.runs();
  if (run?.backupId === undefined) throw new Error("no backup");
  const facts = { planId: "plan", reasons: ["kept by none"], now: slotAt + 2 * hourMs, graceMs: 0 };
  const deleting = beginDeletion(markBackup(run, run.backupId, facts), run.backupId, slotAt + 3 * hourMs);
  expect(await site.site.runs.replace(run, confirmDeleted(deleting, run.backupId, slotAt + 4 * hourMs))).toBe(
    "written",
  );
  site.clock.set(slotAt + 4 * hourMs + 30 * minuteMs);
  await site.audit();
  site.clock.set(slotAt + 35 * hourMs);
  await site.audit();
  expect(about(site.notices, "orphaned")).toEqual(["TICKET backups-orphaned: account demo"]);
  expect(site.notices.find(({ subject }) => subject.includes("orphaned"))?.body).toContain("recorded as deleted");
});

test("a run that was skipped because the ledger had lost it is corrected by the backup that stands", async () => {
  const site = await aSite();
  await site.minutes(30);
  const [backup] = site.simulator.control.backups();
  await restoreTo(site, slotAt - hourMs);
  site.simulator.control.occupyInstance(instanceIds.shop, 120, "FROZEN");
  await site.minutes(1);
  expect(await site.runs()).toMatchObject([{ state: "skipped" }]);
  site.clock.set(slotAt + 34 * hourMs);
  await site.audit();
  expect(await site.runs()).toMatchObject([{ state: "completed", reason: "adopted", backupId: backup?.id }]);
  expect(about(site.notices, "adopted")).toEqual([`TICKET backup-adopted: nightly-shop ${instanceIds.shop}`]);
});

test("the ledger is put back while a backup builds that will fail, and the row is gone before any tick: people are told", async () => {
  const site = await aSite();
  site.simulator.control.setKnobs({ backupSeconds: { min: 3600, max: 3600 } });
  await site.create();
  const [backup] = site.simulator.control.backups();
  await restoreTo(site, slotAt - hourMs);
  await site.putRow(aRow({ enabled: false }));
  site.simulator.control.changeBackup(backup?.id ?? "", { now: "fail" });
  site.clock.set(slotAt + 2 * hourMs);
  await site.create();
  await site.audit();
  expect(await site.runs()).toMatchObject([{ state: "failed", reason: "adopted", backupId: backup?.id }]);
  expect(about(site.notices, "backup-failed")).toEqual([`PAGE backup-failed: nightly-shop ${instanceIds.shop}`]);
});

test("of a selector, a database whose only run came to nothing is compared as well", async () => {
  const { instanceIds: _named, ...row } = aRow({ selector: { tags: { team: "shop" } } });
  const site = await aSite([row]);
  await site.minutes(30);
  const [backup] = site.simulator.control.backups();
  await restoreTo(site, slotAt - hourMs);
  site.simulator.control.occupyInstance(instanceIds.shop, 120, "FROZEN");
  await site.minutes(1);
  site.clock.set(slotAt + 34 * hourMs);
  await site.audit();
  expect(await site.runs()).toContainEqual(expect.objectContaining({ reason: "adopted", backupId: backup?.id }));
});

test("a backup that OTC shows only after its run was given up is adopted: the record tells what stands", async () => {
  const site = await aSite([aRow({ startWindowMinutes: 30 })]);
  site.simulator.control.addFault({ operation: "create-backup", action: { kind: "drop-after" } });
  site.simulator.control.setKnobs({ visibilityLagSeconds: 3 * 3600, backupSeconds: { min: 7200, max: 7200 } });
  await site.create();
  await site.minutes(45);
  expect(await site.runs()).toMatchObject([{ state: "missed", name: expect.any(String) }]);
  expect(about(site.notices, "missed")).toEqual([`PAGE backup-missed: nightly-shop ${instanceIds.shop}`]);
  site.clock.set(slotAt + 10 * hourMs);
  await site.audit();
  const [backup] = site.simulator.control.backups();
  expect(await site.runs()).toMatchObject([{ state: "completed", backupId: backup?.id, reason: "adopted" }]);
  expect(about(site.notices, "adopted")).toEqual([`TICKET backup-adopted: nightly-shop ${instanceIds.shop}`]);
  expect(site.gauges()).toMatchObject({ BackupsAdopted: 1, OrphanBackups: 0 });
  expect(liveBackups(site.simulator)).toHaveLength(1);
});

test("a ledger restored to an older copy: every backup is adopted by its name, and none is made twice", async () => {
  const site = await aSite([aRow({ instanceIds: [instanceIds.shop, instanceIds.crm] })]);
  await nights(site, 4);
  const before = await site.runs();
  expect(before.map((run) => run.state)).toEqual(Array(8).fill("completed"));
  // The copy is from after the first night: three nights are lost, and so is how far slots had been accounted for.
  await restoreTo(site, slotAt + hourMs);
  site.clock.set(slotAt + 3 * dayMs + 11 * hourMs);
  for (const minutes of [0, 1, 2, 3, 40]) {
    site.clock.set(slotAt + 3 * dayMs + 11 * hourMs + minutes * minuteMs);
    await site.create();
    await site.poll();
  }
  await site.audit();
  const after = await site.runs();
  expect(after.map((run) => [run.slotAt, run.instanceId, run.backupId])).toEqual(
    before.map((run) => [run.slotAt, run.instanceId, run.backupId]),
  );
  expect(after.map((run) => run.state)).toEqual(Array(8).fill("completed"));
  expect(liveBackups(site.simulator)).toHaveLength(8);
  expect(site.gauges()).toMatchObject({ BackupsAdopted: 4, OrphanBackups: 0, UnaccountedSlots: 0 });
  expect(about(site.notices, "adopted")).toEqual(["TICKET backup-adopted: 4 databases of account demo"]);
});

test("a ledger restored to a copy from before a policy: its version stays in force when the row is broken later", async () => {
  const site = await aSite();
  await nights(site, 1);
  await restoreTo(site, slotAt - hourMs);
  for (const sk of ["effective", "version#000001"]) {
    const Key = { pk: { S: "policy#nightly-shop" }, sk: { S: sk } };
    await site.tables.client.send(new DeleteItemCommand({ TableName: localTableNames.ledger, Key }));
  }
  site.clock.set(slotAt + 12 * hourMs);
  await site.create();
  await site.putRow(aRow({ schedule: "every night" }));
  site.clock.set(slotAt + dayMs + 20_000);
  await site.create();
  await site.minutes(60);
  const newest = (await site.runs()).at(-1);
  expect(newest).toMatchObject({ state: "completed", slotAt: slotAt + dayMs });
  expect(about(site.notices, "policy-invalid")).toEqual(["TICKET policy-invalid: policy nightly-shop"]);
});

test("a backup half its usual size is a ticket within a day", async () => {
  const site = await aSite([aRow({ schedule: "30 */2 * * *" })]);
  for (let slot = 0; slot < 8; slot += 1) {
    site.simulator.control.changeInstance(instanceIds.shop, { backupSizeKb: slot < 7 ? 1_000_000 + slot : 400_000 });
    for (const minutes of [0, 2, 59]) {
      site.clock.set(slotAt + slot * 2 * hourMs + minutes * minuteMs + 20_000);
      await site.create();
      await site.poll();
    }
  }
  await site.audit();
  expect(site.gauges()).toMatchObject({ SizeAnomalies: 1 });
  expect(about(site.notices, "sizes-odd")).toEqual(["TICKET sizes-odd: account demo"]);
});

/** What a point-in-time restore of the ledger does: whatever was written after `at` has never been. */
async function restoreTo(site: TestSite, at: number): Promise<void> {
  const client = site.tables.client;
  const query = { TableName: localTableNames.ledger, KeyConditionExpression: "pk = :pk" };
  const runs = await client.send(
    new QueryCommand({ ...query, ExpressionAttributeValues: { ":pk": { S: "run#nightly-shop" } } }),
  );
  for (const { pk, sk } of runs.Items ?? []) {
    if (pk === undefined || sk?.S === undefined || sk.S < slotText(at)) continue;
    await client.send(new DeleteItemCommand({ TableName: localTableNames.ledger, Key: { pk, sk } }));
  }
  for (const name of ["accounted-through", "audit"])
    await client.send(
      new DeleteItemCommand({ TableName: localTableNames.ledger, Key: { pk: { S: "site" }, sk: { S: name } } }),
    );
  await site.site.accounting.advance(at);
}
