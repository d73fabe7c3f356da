// A list is whole and proved so, or it is an error: rows that shift between pages, totals that count something else, rows
// that come twice. And one odd row must not cost the list.

import { expect, test } from "vitest";
import { type Answer, aClient, errorOf, instanceId, json, oddServer } from "../../support/odd-server.ts";

const row = (n: number, more: object = {}) => ({
  id: `backup-${n}`,
  name: `otcbk-${n}`,
  instance_id: instanceId,
  type: "manual",
  status: "COMPLETED",
  size: 100 + n,
  begin_time: "2026-01-15T03:36:55+0000",
  end_time: "2026-01-15T03:46:55+0000",
  ...more,
});
const rows = (count: number) => Array.from({ length: count }, (_, n) => row(n));

type PageOf = (offset: number, call: number) => { list: object[]; total?: unknown };

function pages(page: PageOf): Answer {
  let calls = 0;
  return (asked, response) => {
    const offset = Number(new URL(asked.url, "http://x").searchParams.get("offset"));
    calls += 1;
    const { list, total } = page(offset, calls);
    json(response, 200, { backups: list, ...(total !== undefined && { total_count: total }) });
  };
}

const cut = (all: object[], offset: number) => all.slice(offset, offset + 100);

async function listed(page: PageOf) {
  const server = await oddServer(pages(page));
  const list = await aClient(server.url).listBackups({ instanceId });
  return { list, calls: server.asked.length };
}

const failsAs = async (page: PageOf) => {
  const server = await oddServer(pages(page));
  return errorOf(aClient(server.url).listBackups({ instanceId }));
};

test("one page with a fitting total is one call", async () => {
  const { list, calls } = await listed((offset) => ({ list: cut(rows(3), offset), total: 3 }));
  expect(list.map((backup) => backup.id)).toEqual(["backup-0", "backup-1", "backup-2"]);
  expect(calls).toBe(1);
});

test("several pages are read to their end", async () => {
  const { list, calls } = await listed((offset) => ({ list: cut(rows(250), offset), total: 250 }));
  expect(new Set(list.map((backup) => backup.id)).size).toBe(250);
  expect(calls).toBe(3);
});

test("pages shorter than asked for are no end", async () => {
  const { list } = await listed((offset) => ({ list: rows(120).slice(offset, offset + 50), total: 120 }));
  expect(list).toHaveLength(120);
});

test("a total that counts only its page does not hide the second page", async () => {
  const { list } = await listed((offset) => {
    const list = cut(rows(130), offset);
    return { list, total: list.length };
  });
  expect(list).toHaveLength(130);
});

test.each([
  ["absent", undefined],
  ["null", null],
  ["zero", 0],
])("without a usable total (%s) two equal readings are the proof", async (_name, total) => {
  const { list, calls } = await listed((offset) => ({ list: cut(rows(5), offset), total }));
  expect(list).toHaveLength(5);
  expect(calls).toBe(4);
});

test("a row that goes while the list is read shifts the rest: read again", async () => {
  let all = rows(150);
  const { list } = await listed((offset, call) => {
    const list = cut(all, offset);
    if (call === 1) all = all.slice(1);
    return { list, total: call === 1 ? 150 : 149 };
  });
  expect(list.map((backup) => backup.id)).toEqual(
    rows(150)
      .slice(1)
      .map((one) => one.id),
  );
});

test("a row that goes unnoticed by the total is still noticed", async () => {
  expect(
    await failsAs((offset, call) => ({
      list: call % 2 === 1 ? cut(rows(150), offset) : rows(150).slice(101),
      total: 150,
    })),
  ).toMatchObject({ class: "listing-inconsistent", effect: "none" });
});

test("rows that come twice and totals that promise more than comes are never whole", async () => {
  expect(await failsAs((offset) => ({ list: offset === 0 ? [row(1), row(1)] : [], total: 2 }))).toMatchObject({
    class: "listing-inconsistent",
    message: "listBackups: listing-inconsistent (a row came twice while the list was read)",
  });
  expect(await failsAs((offset) => ({ list: cut(rows(5), offset), total: 7 }))).toMatchObject({
    class: "listing-inconsistent",
    message: "listBackups: listing-inconsistent (7 rows are announced and 5 came)",
  });
});

test("times in every form, unknown words and fields, untidy texts: each row is read for what it says", async () => {
  const at = Date.UTC(2026, 0, 15, 3, 36, 55);
  const odd = [
    row(0, { begin_time: "2026-01-15T03:36:55", end_time: null, size: 0, status: "BUILDING" }),
    row(1, { begin_time: "2026-01-15T11:36:55+0800", status: "ARCHIVING", new_field: { deep: [1] } }),
    row(2, { begin_time: "2026 - 01 - 15 T03: 36: 55 + 0000", id: " backup-2 ", name: "otcbk-2\t" }),
    row(3, { begin_time: "2026-01-15T03:36:55.000Z", status: "completed", size: null, end_time: "" }),
    row(4, { begin_time: "yesterday", end_time: undefined, size: "big", databases: [{ name: "x" }] }),
  ];
  const { list } = await listed(() => ({ list: odd, total: 5 }));
  expect(list.slice(0, 4).map((backup) => backup.beganAt)).toEqual([at, at, at, at]);
  expect(list[4]).toMatchObject({ id: "backup-4", status: "COMPLETED" });
  expect(list[4]?.beganAt).toBeUndefined();
  expect(list[4]?.sizeKb).toBeUndefined();
  expect(list[2]).toMatchObject({ id: "backup-2", name: "otcbk-2" });
  expect(list.map((backup) => backup.status)).toEqual(["BUILDING", "UNKNOWN", "COMPLETED", "COMPLETED", "COMPLETED"]);
  expect(list[1]?.rawStatus).toBe("ARCHIVING");
});

test("a row without an id makes the list unreadable, for it cannot be told from others", async () => {
  expect(await failsAs(() => ({ list: [row(1, { id: undefined })], total: 1 }))).toMatchObject({ class: "unreadable" });
});

test("backups of other databases and types are left out although the service ignored the filter", async () => {
  const server = await oddServer(
    pages(() => ({ list: [row(0), row(1, { type: "auto" }), row(2, { instance_id: "otherin01" })], total: 3 })),
  );
  const list = await aClient(server.url).listBackups({ instanceId, type: "manual" });
  expect(list.map((backup) => backup.id)).toEqual(["backup-0"]);
});

test.each([
  ["an empty list", (response: Parameters<Answer>[1]) => json(response, 200, { backups: [], total_count: 0 })],
  [
    "400",
    (response: Parameters<Answer>[1]) =>
      json(response, 400, { error_code: "DBS.201203", error_msg: "The backup file does not exist." }),
  ],
  ["404", (response: Parameters<Answer>[1]) => json(response, 404, { error_code: "DBS.201010", error_msg: "gone" })],
])("asked for one backup that is gone, OTC may say so by %s", async (_name, answer) => {
  const server = await oddServer((_asked, response) => answer(response));
  expect(await aClient(server.url).listBackups({ instanceId, backupId: "b-1" })).toEqual([]);
});

test("an instance says what it says, and what is missing is missing", async () => {
  const full = {
    id: instanceId,
    name: "shop",
    status: "ACTIVE",
    type: "Ha",
    datastore: { type: "MySQL", version: "8.0" },
    created: "2018-08-20T02:33:49+0800",
    volume: { type: "CLOUDSSD", size: 100 },
    storage_used_space: "42.5",
    backup_strategy: { start_time: "19:00-20:00", keep_days: 7 },
    maintenance_window: "02:00-06:00",
    tags: [{ key: "backup", value: "nightly" }],
    related_instance: [],
  };
  const bare = { id: "barein03", status: "BUILD", tags: null, datastore: null, created: "" };
  const replica = {
    ...full,
    id: "replicain01",
    type: "Replica",
    related_instance: [{ id: instanceId, type: "replica_of" }],
  };
  const server = await oddServer((_asked, response) =>
    json(response, 200, { instances: [full, bare, replica], total_count: 3 }),
  );
  const list = await aClient(server.url).listInstances();
  expect(list[0]).toEqual({
    id: instanceId,
    name: "shop",
    status: "ACTIVE",
    type: "Ha",
    engine: "MySQL",
    engineVersion: "8.0",
    tags: [{ key: "backup", value: "nightly" }],
    backupStrategy: { startTime: "19:00-20:00", keepDays: 7 },
    maintenanceWindow: "02:00-06:00",
    createdAt: Date.UTC(2018, 7, 19, 18, 33, 49),
    volumeGb: 100,
    storageUsedGb: 42.5,
  });
  expect(list[1]).toEqual({
    id: "barein03",
    name: "",
    status: "BUILD",
    type: "",
    engine: "",
    engineVersion: "",
    tags: [],
  });
  expect(list[2]).toMatchObject({ type: "Replica", replicaOf: instanceId });
});
