// POST /backups: what is accepted, what is refused and how, and what each knob changes about it.

import { describe, expect, test } from "vitest";
import { aSimulator, create, hourMs, ids, minuteMs, startAt } from "./a-simulator.ts";

const { simulator, rds, renew } = await aSimulator();
const { control } = simulator;

const ask = (body: unknown) => rds.post("/backups", body);
const named = (name: string, instanceId = ids.shop) => ask({ instance_id: instanceId, name });

test("an accepted backup is described without what is not known yet", async () => {
  const answer = await ask({ instance_id: ids.shop, name: "nightly-01", description: "by hand" });
  expect(answer.status).toBe(200);
  expect(answer.body.backup).toMatchObject({
    instance_id: ids.shop,
    name: "nightly-01",
    description: "by hand",
    status: "BUILDING",
    type: "manual",
    begin_time: "2026-11-24T12:00:00",
  });
  expect(Object.keys(answer.body.backup)).not.toEqual(expect.arrayContaining(["size", "end_time", "job_id"]));
});

test("it ends COMPLETED with a size; meanwhile its instance is BACKING UP, then ACTIVE again", async () => {
  const id = await create(rds, "nightly-01");
  const status = async () => (await rds.get(`/instances?id=${ids.shop}`)).body.instances[0].status;
  const row = async () => (await rds.get(`/backups?instance_id=${ids.shop}&backup_id=${id}`)).body.backups[0];
  expect(await status()).toBe("BACKING UP");
  expect(await row()).toMatchObject({ status: "BUILDING" });
  expect(await row()).not.toHaveProperty("size");
  control.advanceClock(16 * minuteMs);
  expect(await status()).toBe("ACTIVE");
  expect(await row()).toMatchObject({ status: "COMPLETED", size: expect.any(Number), end_time: expect.any(String) });
});

describe("what a body may hold", () => {
  const good = { instance_id: ids.shop, name: "nightly-01" };
  const wrong: Array<[string, unknown, number, string]> = [
    ["no body", undefined, 400, "DBS.200006"],
    ["no JSON", "{", 400, "DBS.280001"],
    ["a body wrapped in backup, as the first version had it", { backup: good }, 400, "DBS.280001"],
    ["no instance", { name: "nightly-01" }, 400, "DBS.280001"],
    ["no name", { instance_id: ids.shop }, 400, "DBS.280001"],
    ["a name of three characters", { ...good, name: "abc" }, 400, "DBS.280277"],
    ["a name of 65 characters", { ...good, name: "a".repeat(65) }, 400, "DBS.280277"],
    ["a name that begins with a digit", { ...good, name: "1abc" }, 400, "DBS.280277"],
    ["a name with a dot", { ...good, name: "night.ly" }, 400, "DBS.280277"],
    ["a description of 257 characters", { ...good, description: "d".repeat(257) }, 400, "DBS.280127"],
    ...[..."><!\"&'=\r"].map((char): [string, unknown, number, string] => [
      `a description with ${JSON.stringify(char)}`,
      { ...good, description: `a${char}b` },
      400,
      "DBS.280127",
    ]),
    ["an id that is none", { ...good, instance_id: "../tokens" }, 400, "DBS.280404"],
    ["an unknown instance", { ...good, instance_id: "ffffffffffffffffffffffffffffffffin01" }, 404, "DBS.200002"],
    ["databases of MySQL", { ...good, databases: [{ name: "a" }] }, 400, "DBS.280001"],
    [
      "an unknown database of SQL Server",
      { ...good, instance_id: ids.erp, databases: [{ name: "nope" }] },
      400,
      "DBS.280128",
    ],
  ];
  test.each(wrong)("%s is refused", async (_what, body, status, code) => {
    const answer = await ask(body);
    expect([answer.status, answer.body.error_code]).toEqual([status, code]);
    expect(control.backups()).toEqual([]);
  });

  test("names of 4 and of 64 characters, and databases that exist, are accepted", async () => {
    expect((await named("abcd")).status).toBe(200);
    expect((await named("a".repeat(64), ids.crm)).status).toBe(200);
    const partial = await ask({ instance_id: ids.erp, name: "partial", databases: [{ name: "erp_core" }] });
    expect(partial.body.backup.databases).toEqual([{ name: "erp_core" }]);
  });

  test("a body of another type than JSON is refused", async () => {
    const answer = await rds.post("/backups", JSON.stringify(good), { "Content-Type": "text/plain" });
    expect(answer.status).toBe(415);
  });
});

describe("the state of the instance", () => {
  test.each([
    ["SHUTDOWN", 400, "DBS.200086"],
    ["FAILED", 400, "DBS.200086"],
    ["CREATE FAIL", 400, "DBS.200086"],
    ["FROZEN", 400, "DBS.280449"],
    ["STORAGE FULL", 409, "DBS.200316"],
    ["REBOOTING", 409, "DBS.200019"],
    ["MODIFYING INSTANCE TYPE", 409, "DBS.200019"],
    ["A STATUS OF TOMORROW", 409, "DBS.200019"],
  ])("%s is refused", async (status, http, code) => {
    control.changeInstance(ids.shop, { status });
    const answer = await named("nightly-01");
    expect([answer.status, answer.body.error_code]).toEqual([http, code]);
  });

  test("a replica is refused, by the code that a knob says", async () => {
    expect((await named("nightly-01", ids.shopReplica)).body.error_code).toBe("DBS.212003");
    control.setKnobs({ refusals: { replica: { code: "DBS.201014" } } });
    expect((await named("nightly-01", ids.shopReplica)).body.error_code).toBe("DBS.201014");
  });

  test("one operation at a time: a second backup waits for the first", async () => {
    await create(rds, "nightly-01");
    expect((await named("nightly-02")).body.error_code).toBe("DBS.200019");
    control.setKnobs({ refusals: { busy: { status: 403, code: "DBS.212033" } } });
    expect(await named("nightly-02")).toMatchObject({ status: 403, body: { error_code: "DBS.212033" } });
    control.advanceClock(16 * minuteMs);
    expect((await named("nightly-02")).status).toBe(200);
  });

  test("a refusal can be switched off: then two run at once", async () => {
    control.setKnobs({ refusals: { busy: null } });
    await create(rds, "nightly-01");
    await create(rds, "nightly-02");
    expect(control.backups().map((backup) => backup.status)).toEqual(["BUILDING", "BUILDING"]);
  });
});

describe("unique names", () => {
  test("a name is taken in the whole project, whatever became of its backup", async () => {
    await create(rds, "nightly-01");
    control.advanceClock(hourMs);
    for (const id of [ids.shop, ids.crm]) {
      const answer = await named("nightly-01", id);
      expect([answer.status, answer.body.error_code]).toEqual([409, "DBS.201201"]);
    }
  });

  test("the knob for the scope: instance, and none", async () => {
    await create(rds, "nightly-01");
    control.advanceClock(hourMs);
    control.setKnobs({ uniqueNameScope: "instance" });
    expect((await named("nightly-01")).status).toBe(409);
    expect((await named("nightly-01", ids.crm)).status).toBe(200);
    control.setKnobs({ uniqueNameScope: "none" });
    expect((await named("nightly-01")).status).toBe(200);
  });

  test("a FAILED row keeps its name, unless a knob says otherwise", async () => {
    const id = await create(rds, "nightly-01");
    control.changeBackup(id, { now: "fail" });
    expect((await named("nightly-01")).status).toBe(409);
    control.setKnobs({ failedRowsKeepName: false });
    expect((await named("nightly-01")).status).toBe(200);
  });

  test("a deleted row frees its name when it is gone", async () => {
    const id = await create(rds, "nightly-01");
    control.advanceClock(hourMs);
    await rds.delete(`/backups/${id}`);
    expect((await named("nightly-01")).status).toBe(409);
    control.advanceClock(10 * minuteMs);
    expect(await create(rds, "nightly-01")).not.toBe(id);
  });

  test("a check that sees late lets the same name in twice", async () => {
    control.setKnobs({ nameCheckBlindSeconds: 30, refusals: { busy: null } });
    await create(rds, "nightly-01");
    await create(rds, "nightly-01");
    control.advanceClock(31_000);
    expect((await named("nightly-01")).status).toBe(409);
    expect(control.backups({ name: "nightly-01" })).toHaveLength(2);
  });

  test("a duplicate may be a 400", async () => {
    control.setKnobs({ refusals: { duplicateName: { status: 400 }, busy: null } });
    await create(rds, "nightly-01");
    expect(await named("nightly-01")).toMatchObject({ status: 400, body: { error_code: "DBS.201201" } });
  });

  test("busy or name first: the knob for the order", async () => {
    await create(rds, "nightly-01");
    expect((await named("nightly-01")).body.error_code).toBe("DBS.200019");
    control.setKnobs({ checkOrder: ["name", "instance", "replica", "status", "busy", "quota"] });
    expect((await named("nightly-01")).body.error_code).toBe("DBS.201201");
  });
});

test("a quota of manual backups counts what exists, and what is deleted makes room", async () => {
  control.setKnobs({ manualBackupQuota: 1 });
  const id = await create(rds, "nightly-01");
  expect(await named("nightly-02", ids.crm)).toMatchObject({ status: 413 });
  control.advanceClock(hourMs);
  await rds.delete(`/backups/${id}`);
  control.advanceClock(10 * minuteMs);
  expect((await named("nightly-02", ids.crm)).status).toBe(200);
});

test("accepted with 201, where a knob says so", async () => {
  control.setKnobs({ createStatus: 201 });
  expect((await named("nightly-01")).status).toBe(201);
});

test("how backups end is decided by the seed: the same night twice is the same", async () => {
  control.setKnobs({ failureRate: 0.5 });
  const night = async () => {
    await create(rds, "nightly-01");
    await create(rds, "nightly-01b", ids.crm);
    return control.backups().map(({ id, endAt, outcome, sizeKb }) => ({ id, endAt, outcome, sizeKb }));
  };
  const first = await night();
  await renew();
  control.setKnobs({ failureRate: 0.5 });
  expect(await night()).toEqual(first);
});

test("an instance whose backups fail says so in the list, without a reason", async () => {
  const id = await create(rds, "nightly-01", ids.legacy);
  control.setClock(startAt + hourMs);
  const [row] = (await rds.get(`/backups?instance_id=${ids.legacy}&backup_id=${id}`)).body.backups;
  expect(row).toMatchObject({ status: "FAILED" });
  expect(JSON.stringify(row)).not.toMatch(/reason|lock/);
});
