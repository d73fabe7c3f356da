// Runs that wait for a later tick stand in lists: whoever asks sees them as runs, each is claimed once, and a list nobody needs
// any more is read no more.

import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { localTableNames, startEmbeddedTables } from "../../../local/embedded-tables.ts";
import { DynamoDbRunStore } from "../../../shared/adapters/dynamodb-run-store.ts";
import { DynamoDbTable } from "../../../shared/adapters/dynamodb-table.ts";
import { failure } from "../../../shared/domain/failure.ts";
import type { Run, RunTerms } from "../../../shared/domain/runs/run.ts";
import { claim, openRun, postpone, skip } from "../../../shared/domain/runs/run-machine.ts";
import { runsOf, waitingLists } from "../../../shared/domain/runs/waiting-list.ts";

const slotAt = Date.UTC(2026, 10, 24, 2, 30);
const minute = 60_000;
const terms: RunTerms = {
  ...{ policyVersion: 1, startByAt: slotAt + 240 * minute, completeByAt: slotAt + 720 * minute },
  ...{ maxAttempts: 2, sizeFloorKb: 1 },
  severity: "page",
};

const aRun = (n: number, more: { policyId?: string; instanceName?: string } = {}): Run => {
  const { policyId = "nightly", instanceName } = more;
  const key = { policyId, instanceId: `${String(n).padStart(3, "0")}in01`, slotAt, account: "demo" };
  return openRun(key, { ...terms, ...(instanceName === undefined ? {} : { instanceName }) }, slotAt);
};
const runs = (count: number) => Array.from({ length: count }, (_, n) => aRun(n, { instanceName: `db-${n}` }));

async function aLedger() {
  const tables = await startEmbeddedTables(undefined);
  onTestFinished(() => tables.close());
  const table = new DynamoDbTable(tables.client, localTableNames.ledger);
  const told: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: ({ message }: { message: string }) => void told.push(message) };
  const store = () => new DynamoDbRunStore(table, { log, newWriteId: randomUUID });
  const write = async (list: readonly Run[]) => {
    for (const one of waitingLists(list)) await store().insertWaiting(one);
  };
  const items = () => table.query({ expression: "pk = :pk", values: { ":pk": "run#nightly" } });
  return { table, told, store, write, items };
}

const due = (store: DynamoDbRunStore, perAccount = 1000) =>
  store.due("create", { now: slotAt + minute, limit: 1000, perAccount });
const ids = (list: readonly Run[]) => list.map((run) => run.instanceId).toSorted();

test("a list holds fifty runs at most, and only runs that differ in nothing but their database", () => {
  const later = { ...aRun(900), dueAt: slotAt + minute };
  const lists = waitingLists([...runs(120), aRun(901, { policyId: "other" }), later]);
  expect(lists.map((list) => list.databases.length)).toEqual([50, 50, 20, 1, 1]);
  expect(lists.flatMap(runsOf)).toEqual([...runs(120), aRun(901, { policyId: "other" }), later]);
});

test("every question about a listed run is answered as if it stood alone", async () => {
  const { store, write, items } = await aLedger();
  await write(runs(120));
  expect(await items()).toHaveLength(3);
  const all = runs(120);
  expect(await due(store())).toEqual(expect.arrayContaining(all));
  expect(await store().ofPolicy("nightly", { fromAt: slotAt, toAt: slotAt })).toEqual(expect.arrayContaining(all));
  const paged: Run[] = [];
  for await (const page of store().pagesOfPolicy("nightly")) paged.push(...page);
  expect(ids(paged)).toEqual(ids(all));
  expect(await store().read(aRun(77))).toEqual(all[77]);
  expect(await store().read(aRun(400))).toBeUndefined();
  expect((await store().inspect("create", { now: slotAt, limit: 1000 })).runs).toHaveLength(120);
  expect(await store().atOtc()).toEqual([]);
  expect(await due(store(), 30)).toHaveLength(30);
  const beyond: unknown[] = [];
  const passedOver = (...told: unknown[]) => void beyond.push(told);
  await store().due("create", { now: slotAt, limit: 1000, perAccount: 30, passedOver });
  expect(beyond).toEqual([["demo", 90]]);
});

test("of two ticks that claim a listed run one wins, and the list forgets the run", async () => {
  const { store, write } = await aLedger();
  await write(runs(3));
  const [one, other] = [store(), store()];
  const [mine] = await due(one);
  const same = (await due(other)).find((run) => run.instanceId === mine?.instanceId);
  if (mine === undefined || same === undefined) throw new Error("nothing is due");
  expect(await one.replace(mine, claim(mine, "otcbk", slotAt))).toBe("written");
  expect(await other.replace(same, claim(same, "otcbk", slotAt))).toBe("lost-race");
  expect(await other.insert(claim(same, "otcbk", slotAt))).toBe("lost-race");
  expect(ids(await due(store()))).toEqual(ids(runs(3).filter((run) => run.instanceId !== mine.instanceId)));
  expect(await store().ofPolicy("nightly", { fromAt: slotAt, toAt: slotAt })).toHaveLength(3);
  expect(await store().read(mine)).toMatchObject({ state: "requested", version: 2 });
});

test("a list is read no more once each of its databases has a run of its own, whatever became of it", async () => {
  const { store, write, table } = await aLedger();
  await write(runs(3));
  const tick = store();
  const [a, b, c] = await due(tick);
  if (a === undefined || b === undefined || c === undefined) throw new Error("three runs are due");
  await tick.replace(a, claim(a, "otcbk", slotAt));
  await tick.replace(b, skip(b, failure("instance-frozen", "frozen"), slotAt));
  await tick.forgetUsedUp();
  expect(ids(await due(tick))).toEqual([c.instanceId]);
  await tick.replace(c, postpone(c, failure("instance-busy", "busy"), { now: slotAt, retryAt: slotAt }));
  expect(ids(await due(tick))).toEqual([c.instanceId]);
  await tick.forgetUsedUp();
  expect(ids(await due(tick))).toEqual([c.instanceId]);
  const inLane = { expression: "lane = :lane", values: { ":lane": "create" } };
  expect(await table.query(inLane, { index: "due" })).toHaveLength(1);
  expect(await store().ofPolicy("nightly", { fromAt: slotAt, toAt: slotAt })).toHaveLength(3);
});

test("written twice, by a tick that died before it could account for them, they are no more than once", async () => {
  const { store, write } = await aLedger();
  await write(runs(60));
  const [claimed] = await due(store());
  const tick = store();
  const [mine] = (await due(tick)).filter((run) => run.instanceId === claimed?.instanceId);
  if (mine === undefined) throw new Error("nothing is due");
  await tick.replace(mine, claim(mine, "otcbk", slotAt));
  // The repeated tick cuts its lists differently.
  await write(runs(60).slice(7));
  await write(runs(60));
  expect(ids(await due(store()))).toEqual(ids(runs(60).filter((run) => run.instanceId !== mine.instanceId)));
  expect(await store().ofPolicy("nightly", { fromAt: slotAt, toAt: slotAt })).toHaveLength(60);
});

test("a list of newer code, or one that was spoilt, is told by its key and stops nobody else", async () => {
  const { store, write, table, told } = await aLedger();
  await write(runs(4));
  await write([aRun(0, { policyId: "other" }), aRun(1, { policyId: "other" })]);
  const [list] = await table.query({ expression: "pk = :pk", values: { ":pk": "run#nightly" } });
  await table.put({ ...list, pk: "run#nightly", sk: String(list?.sk), schemaVersion: 3 });
  expect(ids(await due(store()))).toEqual(ids([aRun(0), aRun(1)]));
  const { unreadable } = await store().inspect("create", { now: slotAt, limit: 100 });
  expect(unreadable).toEqual([
    { key: `run#nightly ${String(list?.sk)}`, problem: expect.stringContaining("newer code") },
  ]);
  await table.put({ ...list, pk: "run#nightly", sk: String(list?.sk), databases: "all" });
  expect((await store().inspect("create", { now: slotAt, limit: 100 })).unreadable).toHaveLength(1);
  expect(told.join()).toContain("run#nightly");
});
