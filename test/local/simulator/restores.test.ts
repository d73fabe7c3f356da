// Restores, the jobs and tasks they become, quotas, and links to files.

import { describe, expect, test } from "vitest";
import { aSimulator, create, dayMs, hourMs, ids, minuteMs, startAt } from "./a-simulator.ts";

const { simulator, rds } = await aSimulator({ knobs: { tokenLifetimeHours: 24 * 60 } });
const { control } = simulator;

async function finished(instanceId: string = ids.shop, name = "nightly-01"): Promise<string> {
  const id = await create(rds, name, instanceId);
  control.changeBackup(id, { now: "complete" });
  return id;
}

const wanted = (backupId: string, changes: Record<string, unknown> = {}) => ({
  name: "shop-restored",
  restore_point: { instance_id: ids.shop, type: "backup", backup_id: backupId },
  flavor_ref: "rds.mysql.c2.large",
  volume: { type: "CLOUDSSD", size: 400 },
  availability_zone: "eu-de-01",
  vpc_id: "490a4a08-ef4b-44c5-94be-3051ef9e4fce",
  subnet_id: "0e2eda62-1d42-4d64-a9d1-4e9aa9cd994f",
  password: "Invented-1",
  ...changes,
});

describe("to a new instance", () => {
  test("a job runs, the instance is built, then busy with its first backup, then ACTIVE", async () => {
    const backupId = await finished();
    const answer = await rds.post("/instances", wanted(backupId));
    expect(answer.status).toBe(202);
    const { job_id, instance } = answer.body;
    const job = async () => (await rds.get(`/jobs?id=${job_id}`)).body.job;
    const status = async () => (await rds.get(`/instances?id=${instance.id}`)).body.instances[0].status;
    expect([(await job()).status, await status()]).toEqual(["Running", "BUILD"]);
    expect((await rds.delete(`/backups/${backupId}`)).body.error_code).toBe("DBS.201319");
    control.advanceClock(22 * minuteMs);
    expect(await job()).toMatchObject({
      status: "Completed",
      ended: expect.any(String),
      instance: { id: instance.id },
    });
    expect(await status()).toBe("BACKING UP");
    expect((await rds.delete(`/backups/${backupId}`)).status).toBe(200);
    control.advanceClock(hourMs);
    expect(await status()).toBe("ACTIVE");
  });

  test("from a point in time inside the range", async () => {
    const point = (restoreTime: unknown) =>
      wanted("", { restore_point: { instance_id: ids.shop, type: "timestamp", restore_time: restoreTime } });
    expect((await rds.post("/instances", point(startAt - 8 * dayMs))).status).toBe(400);
    expect((await rds.post("/instances", point(startAt - minuteMs))).status).toBe(400);
    expect((await rds.post("/instances", point(startAt - hourMs))).status).toBe(202);
  });

  test("from a backup of an instance that is gone", async () => {
    const backupId = await finished();
    control.removeInstance(ids.shop);
    expect((await rds.post("/instances", wanted(backupId))).status).toBe(202);
  });

  test.each([
    ["a taken name", { name: "CRM-prod" }, 409],
    ["a smaller disk", { volume: { type: "CLOUDSSD", size: 300 } }, 400],
    ["a disk of 405 GB", { volume: { type: "CLOUDSSD", size: 405 } }, 400],
    ["a lower-case disk type", { volume: { type: "cloudssd", size: 400 } }, 400],
    ["a weak password", { password: "password" }, 400],
    ["two zones for one node", { availability_zone: "eu-de-01,eu-de-02" }, 400],
    ["no network", { vpc_id: undefined }, 400],
    ["an unknown backup", { restore_point: { instance_id: ids.shop, backup_id: "none" } }, 400],
    ["no restore point", { restore_point: undefined }, 400],
  ])("%s is refused, and nothing is made", async (_what, changes, status) => {
    const backupId = await finished();
    expect((await rds.post("/instances", wanted(backupId, changes))).status).toBe(status);
    expect(control.instances()).toHaveLength(8);
  });

  test("not beyond the quota, which the quotas show", async () => {
    control.setKnobs({ instanceQuota: 8 });
    const { resources } = (await rds.get("/quotas")).body.quotas;
    expect(resources).toMatchObject([{ type: "instance", quota: 8, used: 8 }]);
    expect(await rds.post("/instances", wanted(await finished()))).toMatchObject({ status: 413 });
  });
});

describe("over an existing one", () => {
  const recover = (from: string, backupId: string, to: string) =>
    rds.post("/instances/recovery", {
      source: { instance_id: from, type: "backup", backup_id: backupId },
      target: { instance_id: to },
    });

  test("onto the original: it is RESTORING until the job ends", async () => {
    const backupId = await finished();
    const answer = await recover(ids.shop, backupId, ids.shop);
    expect([answer.status, answer.body.job_id]).toEqual([200, expect.any(String)]);
    const status = async () => (await rds.get(`/instances?id=${ids.shop}`)).body.instances[0].status;
    expect(await status()).toBe("RESTORING");
    expect((await recover(ids.shop, backupId, ids.shop)).body.error_code).toBe("DBS.200019");
    control.advanceClock(22 * minuteMs);
    expect(await status()).toBe("ACTIVE");
  });

  test("not PostgreSQL onto itself, not onto another engine or an older version", async () => {
    const crm = await finished(ids.crm, "crm-01");
    const shop = await finished(ids.shop, "shop-01");
    expect((await recover(ids.crm, crm, ids.crm)).body.error_code).toBe("DBS.200042");
    expect((await recover(ids.crm, crm, ids.shop)).body.error_code).toBe("DBS.200042");
    expect((await recover(ids.shop, shop, ids.wiki)).body.error_code).toBe("DBS.200042");
  });
});

test("the range: seven days up to five minutes ago, cut to a day, none without automated backups", async () => {
  const range = async (query = "") => (await rds.get(`/instances/${ids.shop}/restore-time${query}`)).body.restore_time;
  expect(await range()).toMatchObject([{ start_time: startAt - 7 * dayMs, end_time: startAt - 5 * minuteMs }]);
  expect(await range("?date=2026-11-20")).toMatchObject([
    { start_time: Date.UTC(2026, 10, 20), end_time: Date.UTC(2026, 10, 21) },
  ]);
  expect(await range("?date=2026-10-01")).toEqual([]);
  expect((await rds.get(`/instances/${ids.shop}/restore-time?date=tomorrow`)).status).toBe(400);
  await rds.put(`/instances/${ids.shop}/backups/policy`, { backup_policy: { keep_days: 0 } });
  expect(await range()).toEqual([]);
});

describe("tasks and jobs", () => {
  test("a failed backup shows with its reason, unless a knob hides reason or task", async () => {
    const id = await create(rds, "erp-01", ids.erp);
    control.changeBackup(id, { now: "fail", failReason: "The disk is broken." });
    const failed = async () => (await rds.get(`/tasklist?instance_id=${ids.erp}&status=Failed`)).body;
    expect(await failed()).toMatchObject({
      tasks: [
        {
          name: "BackupDbSqlserverInInstance",
          fail_reason: "The disk is broken.",
          status: "Failed",
          create_time: startAt,
        },
      ],
      actions: ["BackupDbSqlserverInInstance"],
      total_count: 1,
    });
    const detail = await rds.get(`/instances/${ids.erp}/tasklist/detail?start_time=${startAt - hourMs}`);
    expect(detail.body).toMatchObject({ count: 1, jobs: [{ fail_reason: "The disk is broken.", status: "Failed" }] });
    expect(JSON.parse(detail.body.jobs[0].task_detail)).toMatchObject({ instanceId: ids.erp, name: "erp-01" });
    control.setKnobs({ failReasonShown: false });
    expect((await failed()).tasks[0].fail_reason).toBe("");
    control.setKnobs({ tasklistShowsBackups: false });
    expect((await failed()).tasks).toEqual([]);
  });

  test("details are for SQL Server, and need a start", async () => {
    expect((await rds.get(`/instances/${ids.shop}/tasklist/detail?start_time=0`)).body.error_code).toBe("DBS.200041");
    expect((await rds.get(`/instances/${ids.erp}/tasklist/detail`)).status).toBe(400);
    expect((await rds.get("/tasklist?limit=51")).status).toBe(400);
    expect((await rds.get("/tasklist?status=Done")).status).toBe(400);
    expect((await rds.get("/tasklist?start_time=yesterday")).status).toBe(400);
  });

  test("a job can be queried a little after its start, for a month, and only by its id", async () => {
    control.setKnobs({ jobLagSeconds: 5 });
    const { job_id } = (await rds.post("/instances", wanted(await finished()))).body;
    const status = async () => (await rds.get(`/jobs?id=${job_id}`)).status;
    expect(await status()).toBe(404);
    control.advanceClock(5000);
    expect(await status()).toBe(200);
    control.advanceClock(31 * dayMs);
    expect(await status()).toBe(404);
    expect((await rds.get("/jobs")).status).toBe(400);
  });
});

test("links are for finished backups only", async () => {
  const id = await create(rds, "nightly-01");
  expect((await rds.get(`/backup-files?backup_id=${id}`)).body.error_code).toBe("DBS.201203");
  control.changeBackup(id, { now: "complete", sizeKb: 77 });
  expect((await rds.get(`/backup-files?backup_id=${id}`)).body.files).toMatchObject([{ size: 77 }]);
  expect((await rds.get("/backup-files")).status).toBe(400);
});
