// Instances: listings and filters, tags, the automated policy, and what becomes of an instance in its life.

import { describe, expect, test } from "vitest";
import { aSimulator, create, dayMs, hourMs, ids, minuteMs, startAt } from "./a-simulator.ts";

const { simulator, rds } = await aSimulator({ knobs: { tokenLifetimeHours: 24 * 60 } });
const { control } = simulator;

const row = async (id: string = ids.shop) => (await rds.get(`/instances?id=${id}`)).body.instances[0];
const names = async (query: string) =>
  (await rds.get(`/instances?${query}`)).body.instances.map((one: { name: string }) => one.name);

test("a row says what a client needs", async () => {
  expect(await row()).toMatchObject({
    id: ids.shop,
    name: "shop-prod",
    status: "ACTIVE",
    type: "Ha",
    region: "eu-de",
    datastore: { type: "MySQL", version: "8.0" },
    created: "2024-03-05T09:30:00+0000",
    volume: { type: "CLOUDSSD", size: 400 },
    ha: { replication_mode: "semisync" },
    backup_strategy: { start_time: "19:00-20:00", keep_days: 7 },
    maintenance_window: "02:00-06:00",
    tags: [
      { key: "env", value: "prod" },
      { key: "team", value: "shop" },
    ],
  });
  expect((await row(ids.shopReplica)).related_instance).toEqual([
    expect.objectContaining({ id: ids.shop, type: "replica_of" }),
  ]);
});

describe("filters", () => {
  test.each([
    [`id=${ids.crm}`, ["crm-prod"]],
    ["id=unknown", []],
    ["name=crm-prod", ["crm-prod"]],
    ["name=crm", []],
    ["name=*test", ["wiki-test"]],
    ["type=Replica", ["shop-prod-replica"]],
    ["datastore_type=SQLServer", ["erp-prod"]],
    ["offset=6&limit=1", ["reports-prod"]],
    ["offset=100", []],
  ])("%s", async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test.each(["name=**", "type=Cluster", "datastore_type=mysql", "limit=0", "limit=101", "offset=x"])(
    "%s is refused",
    async (query) => {
      expect(await rds.get(`/instances?${query}`)).toMatchObject({ status: 400, body: { error_code: "DBS.280001" } });
    },
  );

  test("tags in rows may be absent or null", async () => {
    control.setKnobs({ tagsInInstanceList: "absent" });
    expect(await row()).not.toHaveProperty("tags");
    control.setKnobs({ tagsInInstanceList: "null", instanceTimeFormat: "Z" });
    expect(await row()).toMatchObject({ tags: null, created: "2024-03-05T09:30:00Z" });
  });
});

describe("tags", () => {
  const tags = async () => (await rds.get(`/instances/${ids.wiki}/tags`)).body.tags;
  const act = (action: string, list: unknown) => rds.post(`/instances/${ids.wiki}/tags/action`, { action, tags: list });

  test("are added, replaced and removed, and show in the instance list and for the project", async () => {
    expect(await act("create", [{ key: "backup", value: "nightly" }])).toMatchObject({ status: 200, body: "" });
    await act("create", [{ key: "backup", value: "weekly" }]);
    expect(await tags()).toContainEqual(expect.objectContaining({ key: "backup", value: "weekly", tag_type: "user" }));
    expect((await row(ids.wiki)).tags).toContainEqual({ key: "backup", value: "weekly" });
    const project = (await rds.get("/tags")).body.tags;
    expect(project).toContainEqual(expect.objectContaining({ key: "backup", values: ["weekly"] }));
    await act("delete", [{ key: "backup" }]);
    expect((await tags()).map((tag: { key: string }) => tag.key)).toEqual(["env", "team"]);
  });

  test("wrong ones are refused whole", async () => {
    expect(
      (
        await act("create", [
          { key: "good", value: "1" },
          { key: "b a d", value: "" },
        ])
      ).status,
    ).toBe(400);
    expect((await act("create", [{ key: "k".repeat(37), value: "" }])).status).toBe(400);
    expect((await act("create", [{ key: "k", value: "v".repeat(44) }])).status).toBe(400);
    expect((await act("replace", [{ key: "k", value: "v" }])).status).toBe(400);
    const many = Array.from({ length: 19 }, (_, index) => ({ key: `k${index}`, value: "" }));
    expect((await act("create", many)).body.error_code).toBe("DBS.200087");
    expect(await tags()).toHaveLength(2);
  });
});

describe("the automated policy", () => {
  const path = `/instances/${ids.shop}/backups/policy`;
  const put = (policy: unknown) => rds.put(path, { backup_policy: policy });

  test("is read, changed, and switched off", async () => {
    expect((await rds.get(path)).body.backup_policy).toMatchObject({ keep_days: 7, start_time: "19:00-20:00" });
    expect((await put({ keep_days: 14, start_time: "23:15-00:15", period: "1,3" })).status).toBe(200);
    expect((await rds.get(path)).body.backup_policy).toMatchObject({
      keep_days: 14,
      start_time: "23:15-00:15",
      period: "1,3",
    });
    expect((await row()).backup_strategy).toMatchObject({ start_time: "23:15-00:15", keep_days: 14 });
    await put({ keep_days: 0 });
    expect((await rds.get(path)).body.backup_policy).toMatchObject({ keep_days: 0 });
    expect((await put({ keep_days: 7 })).body.error_code).toBe("DBS.201103");
  });

  test.each([
    [{ keep_days: 733, start_time: "01:00-02:00" }, "DBS.201106"],
    [{ keep_days: -1, start_time: "01:00-02:00" }, "DBS.201106"],
    [{ keep_days: 7, start_time: "01:00-03:00" }, "DBS.201103"],
    [{ keep_days: 7, start_time: "01:10-02:10" }, "DBS.201103"],
    [{ keep_days: 7, start_time: "25:00-26:00" }, "DBS.201103"],
    [{ keep_days: 7, start_time: "01:00-02:00", period: "0,8" }, "DBS.201101"],
    [{ keep_days: 7, start_time: "01:00-02:00", period: "1,1" }, "DBS.201101"],
    [{ keep_days: "7", start_time: "01:00-02:00" }, "DBS.280001"],
  ])("%j is refused", async (policy, code) => {
    expect(await put(policy)).toMatchObject({ status: 400, body: { error_code: code } });
  });

  test("makes nightly rows that occupy the instance and expire", async () => {
    control.setKnobs({ automatedBackups: true });
    const rows = async () => (await rds.get(`/backups?instance_id=${ids.shop}&backup_type=auto`)).body.backups;
    const before = await rows();
    expect(before).toHaveLength(7);
    let busy = false;
    for (let minute = 0; minute <= 30 && !busy; minute += 1) {
      control.setClock(Date.UTC(2026, 10, 24, 19, minute));
      busy = (await row()).status === "BACKING UP";
    }
    expect(busy).toBe(true);
    expect((await rds.post("/backups", { instance_id: ids.shop, name: "nightly-01" })).body.error_code).toBe(
      "DBS.200019",
    );
    control.setClock(startAt + 2 * dayMs);
    expect(await rows()).toHaveLength(7);
    expect((await rows()).map((one: { id: string }) => one.id)).not.toContain(before.at(-1).id);
  });
});

describe("lives", () => {
  test("removed: gone from the list, in the recycle bin for a week, and back when it is brought back", async () => {
    await create(rds, "nightly-01");
    control.removeInstance(ids.shop);
    expect(await names(`id=${ids.shop}`)).toEqual([]);
    const bin = async () => (await rds.get("/recycle-instances")).body.instances;
    expect(await bin()).toMatchObject([
      { id: ids.shop, name: "shop-prod", retained_until: "2026-12-01T12:00:00+0000" },
    ]);
    control.advanceClock(7 * dayMs);
    expect(await bin()).toEqual([]);
    control.changeInstance(ids.shop, { removedAt: null });
    expect(await names(`id=${ids.shop}`)).toEqual(["shop-prod"]);
  });

  test("recreated under the same name with another id, or renamed, or upgraded", async () => {
    control.removeInstance(ids.shop);
    control.addInstance({ id: "00000000000000000000000000000001in01", name: "shop-prod" });
    expect((await rds.get("/instances?name=shop-prod")).body.instances[0].id).toBe(
      "00000000000000000000000000000001in01",
    );
    control.changeInstance(ids.crm, { name: "crm-new", version: "17" });
    expect(await row(ids.crm)).toMatchObject({ name: "crm-new", datastore: { version: "17" } });
  });

  test("stopped: SHUTDOWN, until it is started or OTC starts it in a maintenance window after a week", async () => {
    control.stopInstance(ids.shop);
    expect((await row()).status).toBe("SHUTDOWN");
    control.startInstance(ids.shop);
    expect((await row()).status).toBe("ACTIVE");
    control.stopInstance(ids.shop);
    const statusAt = async (at: number) => {
      control.setClock(at);
      return (await row()).status;
    };
    expect(await statusAt(Date.UTC(2026, 11, 2, 1, 59))).toBe("SHUTDOWN");
    expect(await statusAt(Date.UTC(2026, 11, 2, 2, 0))).toBe("ACTIVE");
  });

  test("occupied for some minutes, daily, or by maintenance", async () => {
    control.occupyInstance(ids.shop, 10, "REBOOTING");
    expect((await row()).status).toBe("REBOOTING");
    control.advanceClock(10 * minuteMs);
    expect((await row()).status).toBe("ACTIVE");
    control.setClock(Date.UTC(2026, 10, 25, 1, 10));
    expect((await row(ids.ledger)).status).toBe("BACKING UP");
    control.setKnobs({ maintenanceMinutes: 15 });
    control.setClock(Date.UTC(2026, 10, 25, 2, 14));
    expect((await row()).status).toBe("MODIFYING");
    control.advanceClock(minuteMs);
    expect((await row()).status).toBe("ACTIVE");
  });

  test("a status of tomorrow is passed on", async () => {
    control.changeInstance(ids.shop, { status: "HIBERNATING" });
    control.advanceClock(hourMs);
    expect((await row()).status).toBe("HIBERNATING");
  });
});
