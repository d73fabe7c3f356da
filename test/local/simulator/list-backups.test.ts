// GET /backups: filters, pages, and every form a row has been seen in.

import { describe, expect, test } from "vitest";
import { aSimulator, create, hourMs, ids, startAt } from "./a-simulator.ts";

const { simulator, rds } = await aSimulator();
const { control } = simulator;

const list = (query = "") => rds.get(`/backups?instance_id=${ids.shop}${query}`);
const seed = (name: string, hour: number) =>
  control.addBackup({ instanceId: ids.shop, name, beginAt: startAt - (24 - hour) * hourMs });
const names = async (query = "") => (await list(query)).body.backups.map((row: { name: string }) => row.name.trim());

describe("what a query may hold", () => {
  test.each([
    ["no instance", "", "DBS.280001"],
    ["an unknown type", `?instance_id=${ids.shop}&backup_type=full`, "DBS.280001"],
    ["limit 0", `?instance_id=${ids.shop}&limit=0`, "DBS.280001"],
    ["limit 101", `?instance_id=${ids.shop}&limit=101`, "DBS.280001"],
    ["a negative offset", `?instance_id=${ids.shop}&offset=-1`, "DBS.280001"],
    ["a begin without an end", `?instance_id=${ids.shop}&begin_time=2026-11-24T00:00:00Z`, "DBS.280001"],
    ["an end without a begin", `?instance_id=${ids.shop}&end_time=2026-11-24T00:00:00Z`, "DBS.280001"],
    [
      "an end before the begin",
      `?instance_id=${ids.shop}&begin_time=2026-11-24T00:00:00Z&end_time=2026-11-23T00:00:00Z`,
      "DBS.280001",
    ],
    [
      "a plus sign that was not encoded",
      `?instance_id=${ids.shop}&begin_time=2026-11-23T00:00:00+0000&end_time=2026-11-24T00:00:00+0000`,
      "DBS.280001",
    ],
  ])("%s is refused", async (_what, query, code) => {
    const answer = await rds.get(`/backups${query}`);
    expect([answer.status, answer.body.error_code]).toEqual([400, code]);
  });

  test("an instance that never was is refused", async () => {
    expect((await rds.get("/backups?instance_id=ffffffffffffffffffffffffffffffffin01")).status).toBe(404);
  });
});

describe("pages", () => {
  test("rows by offset and limit, newest first; past the end there is an empty page", async () => {
    for (const hour of [1, 2, 3]) seed(`night-${hour}`, hour);
    expect(await names("&limit=2")).toEqual(["night-3", "night-2"]);
    expect(await names("&offset=2&limit=2")).toEqual(["night-1"]);
    const beyond = await list("&offset=100");
    expect(beyond).toMatchObject({ status: 200, body: { backups: [], total_count: 3 } });
  });

  test("the knob for the order", async () => {
    for (const hour of [1, 2, 3]) seed(`night-${hour}`, hour);
    control.setKnobs({ sortOrder: "oldest-first" });
    expect(await names()).toEqual(["night-1", "night-2", "night-3"]);
    control.setKnobs({ sortOrder: "unsorted" });
    expect((await names()).toSorted()).toEqual(["night-1", "night-2", "night-3"]);
  });

  test("the knob for total_count", async () => {
    for (const hour of [1, 2, 3]) seed(`night-${hour}`, hour);
    const total = async () => (await list("&limit=2")).body.total_count;
    expect(await total()).toBe(3);
    control.setKnobs({ totalCount: "page" });
    expect(await total()).toBe(2);
    control.setKnobs({ totalCount: "zero" });
    expect(await total()).toBe(0);
  });

  test("rows that move while being read come twice or not at all", async () => {
    for (const hour of [1, 2, 3, 4]) seed(`night-${hour}`, hour);
    control.setKnobs({ pagingShift: 1 });
    expect(await names("&offset=2&limit=2")).toEqual(["night-3", "night-2"]);
    control.setKnobs({ pagingShift: -1 });
    expect(await names("&offset=2&limit=2")).toEqual(["night-1"]);
  });
});

describe("filters", () => {
  test("by type and by id", async () => {
    control.addBackup({ instanceId: ids.shop, name: "automated", beginAt: startAt - hourMs, type: "auto" });
    const { id } = seed("night-1", 1);
    expect(await names("&backup_type=manual")).toEqual(["night-1"]);
    expect(await names("&backup_type=auto")).toEqual(["automated"]);
    expect(await names(`&backup_id=${id}`)).toEqual(["night-1"]);
  });

  test("by time: the bounds, and which time, are knobs", async () => {
    seed("night-1", 12);
    const exactly = "&begin_time=2026-11-24T00:00:00%2B0000&end_time=2026-11-24T01:00:00%2B0000";
    expect(await names(exactly)).toEqual(["night-1"]);
    control.setKnobs({ timeFilterBounds: "exclusive" });
    expect(await names(exactly)).toEqual([]);
    control.setKnobs({ timeFilterField: "end" });
    expect(await names(exactly)).toEqual(["night-1"]);
    expect(await names("&begin_time=2026-11-24T08:00:00%2B0800&end_time=2026-11-24T08:05:00%2B0800")).toEqual([]);
  });

  test("an unknown id: empty, or one of two errors", async () => {
    const unknown = "&backup_id=ffffffffffffffffffffffffffffffffbr01";
    expect(await list(unknown)).toMatchObject({ status: 200, body: { backups: [], total_count: 0 } });
    control.setKnobs({ unknownBackupInList: "400" });
    expect(await list(unknown)).toMatchObject({ status: 400, body: { error_code: "DBS.201203" } });
    control.setKnobs({ unknownBackupInList: "404" });
    expect(await list(unknown)).toMatchObject({ status: 404, body: { error_code: "DBS.201010" } });
  });
});

describe("what rows look like", () => {
  test.each([
    ["zoneless", "2026-11-24T12:00:00"],
    ["+0000", "2026-11-24T12:00:00+0000"],
    ["+0200", "2026-11-24T14:00:00+0200"],
    ["+0800", "2026-11-24T20:00:00+0800"],
    ["+00:00", "2026-11-24T12:00:00+00:00"],
    ["Z", "2026-11-24T12:00:00Z"],
    ["Z-micros", "2026-11-24T12:00:00.000000Z"],
    ["spaced", "2026 - 11 - 24 T12: 00: 00 + 0000"],
    ["epoch", startAt],
    ["garbage", "2026-11-024T12:00:00+0800"],
  ] as const)("a time as %s", async (format, text) => {
    control.setKnobs({ listTimeFormat: format });
    await create(rds, "nightly-01");
    expect((await list()).body.backups[0].begin_time).toBe(text);
  });

  test("an unfinished row: its end and size are absent, null, empty or zero", async () => {
    await create(rds, "nightly-01");
    const row = async () => (await list()).body.backups[0];
    expect(await row()).not.toHaveProperty("end_time");
    control.setKnobs({ unfinishedEndTime: "null", unfinishedSize: "zero" });
    expect(await row()).toMatchObject({ end_time: null, size: 0 });
    control.setKnobs({ unfinishedEndTime: "empty" });
    expect(await row()).toMatchObject({ end_time: "" });
  });

  test("the description is lost, unless a knob keeps it", async () => {
    await rds.post("/backups", { instance_id: ids.shop, name: "nightly-01", description: "mine" });
    expect((await list()).body.backups[0]).not.toHaveProperty("description");
    control.setKnobs({ descriptionInLists: true });
    expect((await list()).body.backups[0].description).toBe("mine");
  });

  test("untidy ids carry spaces", async () => {
    await create(rds, "nightly-01");
    control.setKnobs({ untidyIds: true });
    expect((await list()).body.backups[0]).toMatchObject({ name: " nightly-01", instance_id: `${ids.shop} ` });
  });

  test("fields nobody documented are there, unless a knob leaves them out", async () => {
    await create(rds, "nightly-01");
    expect((await list()).body.backups[0]).toHaveProperty("x_undocumented");
    control.setKnobs({ unknownFields: false });
    expect((await list()).body.backups[0]).not.toHaveProperty("x_undocumented");
  });
});

test("a row shows only after the visibility lag; its name is taken at once", async () => {
  control.setKnobs({ visibilityLagSeconds: 90 });
  await create(rds, "nightly-01");
  expect(await names()).toEqual([]);
  expect((await rds.post("/backups", { instance_id: ids.crm, name: "nightly-01" })).status).toBe(409);
  control.advanceClock(90_000);
  expect(await names()).toEqual(["nightly-01"]);
});

test("manual rows outlive their instance, automated ones do not; a knob refuses the listing instead", async () => {
  seed("night-1", 1);
  control.addBackup({ instanceId: ids.shop, name: "automated", beginAt: startAt - hourMs, type: "auto" });
  control.removeInstance(ids.shop);
  expect(await names()).toEqual(["night-1"]);
  control.setKnobs({ removedInstanceInList: "404" });
  expect((await list()).status).toBe(404);
});
