// The daily comparison of policies with more databases than an audit has time for: a visit goes on where the last one ended,
// comes to its end, and keeps nobody else from being compared.

import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { countTables } from "../../bench/counted-tables.ts";
import { localTableNames } from "../../local/embedded-tables.ts";
import { runKeyOf } from "../../shared/adapters/run-item.ts";
import { failed, failure } from "../../shared/domain/failure.ts";
import type { Run } from "../../shared/domain/runs/run.ts";
import type { Site } from "../../shared/ports.ts";
import { plantNights } from "../support/planted-nights.ts";
import { withSlowListings } from "../support/slow-listings.ts";
import { aRow, aSite, slotAt, type TestSite } from "../support/test-site.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const ids = (count: number, mark: string) =>
  Array.from({ length: count }, (_, n) => `${(n + 16).toString(16)}${mark}00d3b07384d113edec49eaa623in01`);
/** After a dozen more are left than are remembered one by one. */
const databases = ids(64, "c0e0");
const [first = ""] = databases;
const last = databases.at(-1) ?? "";
/** Twelve of them and what else an audit does fit into its 57 seconds. */
const slowlyMs = 4_500;

/** Each database of the policy with some good nights, at noon after the last. */
async function aPolicyOf(on: TestSite, policyId: string, its: readonly string[], nights: number): Promise<void> {
  for (const id of its) {
    on.simulator.control.addInstance({ id, name: `db-${id}`, engine: "MySQL", volumeGb: 40, backupSizeKb: 5000 });
    await plantNights(on, nights, { lastDay: "2026-11-24", policyId, instanceId: id });
  }
  await on.putRow(aRow({ policyId, instanceIds: its, maxAgeHours: 72 }));
  // The row is understood, and its next slot is tomorrow's.
  on.clock.set(slotAt + hourMs);
  await on.create();
}

async function aLargePolicy(its = databases, nights = 2): Promise<TestSite & { readonly slow: Site }> {
  const on = await aSite([]);
  await aPolicyOf(on, "fleet", its, nights);
  on.clock.set(slotAt + 9 * hourMs);
  return { ...on, slow: withSlowListings(on, slowlyMs) };
}

/** One every five minutes. Returns which databases were listed in each. */
async function audits(on: TestSite, count: number, site: Site): Promise<string[][]> {
  const listed: string[][] = [];
  for (let n = 0; n < count; n += 1) {
    const from = on.clock.now();
    const before = listings(on).length;
    await on.audit(site);
    listed.push(listings(on).slice(before));
    on.clock.set(from + 5 * minuteMs);
  }
  return listed;
}

const heldBack = failure("held-by-pace", "no turn before the deadline");

/** As many listings of backups as `hasTurn` grants, the rest held back by the account's pace or refused for another reason. */
function withTurns({ site }: TestSite, hasTurn: () => boolean, why = heldBack): Site {
  const account: Site["provider"]["account"] = async (name, use) => {
    const answer = await site.provider.account(name, use);
    if (!answer.ok) return answer;
    const listBackups: typeof answer.value.listBackups = async (...asked) =>
      hasTurn() ? answer.value.listBackups(...asked) : failed(why);
    return { ok: true, value: { ...answer.value, listBackups } };
  };
  return { ...site, provider: { account, keepPace: () => site.provider.keepPace() } };
}

async function forget({ tables }: TestSite, run: Run): Promise<void> {
  const { pk, sk } = runKeyOf(run);
  const Key = { pk: { S: pk }, sk: { S: sk } };
  await tables.client.send(new DeleteItemCommand({ TableName: localTableNames.ledger, Key }));
}

/** Databases whose backups were listed, in order, as the simulator saw it. */
function listings({ simulator }: TestSite): string[] {
  const calls = simulator.control.callLog(20_000).filter(({ operation }) => operation === "list-backups");
  // Before a page leaves, OTC's own backups are asked for as well.
  return calls.filter(({ path }) => !path.includes("backup_type=auto")).map(({ instanceId }) => instanceId ?? "");
}

test("each database of a policy is compared once a round, though an audit lists a dozen of sixty-four", async () => {
  const on = await aLargePolicy();
  const listed = await audits(on, 6, on.slow);
  expect(listed.map((of) => of.length)).toEqual([12, 12, 12, 12, 12, 4]);
  expect(listed.flat()).toEqual(databases);
  expect(on.gauges()).toMatchObject({ AuditHeartbeat: 1, ReconcileAgeHours: 0, PhantomRecords: 0, OrphanBackups: 0 });
  expect((await audits(on, 1, on.slow)).flat()).toEqual([]);
  expect(on.notices).toEqual([]);
});

test("what is wrong with its first and its last database is found, and stays noted while the next round goes on", async () => {
  const on = await aLargePolicy();
  const { simulator } = on;
  simulator.control.addBackup({ instanceId: first, name: "otcbk-by-hand", beginAt: slotAt });
  const gone = simulator.control.backups().find(({ instanceId }) => instanceId === last);
  simulator.control.changeBackup(gone?.id ?? "", { now: "vanish" });
  const listed = await audits(on, 12, on.slow);
  // The second look that the last database needs is a whole one.
  expect(listed.flat()).toEqual([...databases, ...databases]);
  expect(on.notices.map(({ subject }) => subject)).toEqual([
    "TICKET backups-orphaned: account demo",
    `PAGE backup-vanished: fleet ${last}`,
  ]);
  expect(on.gauges()).toMatchObject({ ReconcileAgeHours: 0, PhantomRecords: 1, OrphanBackups: 1 });
  on.clock.set(on.clock.now() + 23 * hourMs);
  for (let n = 0; n < 6; n += 1) {
    await audits(on, 1, on.slow);
    expect(on.gauges()).toMatchObject({ OrphanBackups: 1 });
  }
  expect(on.notices.filter(({ subject }) => subject.includes("orphaned"))).toHaveLength(1);
});

test("a doubt about the first database is settled by a second look, though the last audits of the visit saw nothing wrong", async () => {
  const on = await aLargePolicy();
  const gone = on.simulator.control.backups().find(({ instanceId }) => instanceId === first);
  on.simulator.control.changeBackup(gone?.id ?? "", { now: "vanish" });
  await audits(on, 6, on.slow);
  expect(on.notices).toEqual([]);
  await audits(on, 1, on.slow);
  expect(on.notices.map(({ subject }) => subject)).toEqual([`PAGE backup-vanished: fleet ${first}`]);
});

test("the backups of all pieces are counted together, once the last is done, and a limit that is near is told", async () => {
  const on = await aLargePolicy();
  const limited = { ...on.slow, settings: { ...on.site.settings, manualBackupLimit: 200 } };
  await audits(on, 5, limited);
  expect((await on.site.inventories.read("demo"))?.stocks).toBeUndefined();
  await audits(on, 1, limited);
  const stocks = [{ policyId: "fleet", databases: 64, held: 128, heldKb: 128 * 1000 }];
  expect(await on.site.inventories.read("demo")).toMatchObject({ stocks });
  expect(on.notices.map(({ subject }) => subject)).toEqual(["TICKET backup-limit-near: account demo"]);
});

test("a backup that the ledger has lost is adopted, wherever in the policy its database stands", async () => {
  const on = await aLargePolicy();
  for (const run of await on.runs("fleet")) {
    if (run.instanceId === last) await forget(on, run);
  }
  await audits(on, 6, on.slow);
  const [older, newer] = (await on.runs("fleet")).filter(({ instanceId }) => instanceId === last);
  expect([older, newer]).toMatchObject([{ reason: "adopted" }, { reason: "adopted" }]);
});

test("a database that cannot be listed is asked for alone after the pieces, and nothing is counted until it can be", async () => {
  const on = await aLargePolicy();
  const refused = { kind: "status", status: 404, code: "RDS.0002" } as const;
  const fault = { operation: "list-backups", times: "always", action: refused } as const;
  // One where a piece begins, and one in the middle of it.
  for (const n of [12, 20]) on.simulator.control.addFault({ ...fault, instanceId: databases[n] ?? "" });
  const unlisted = [databases[12], databases[20]];
  const listed = await audits(on, 7, on.slow);
  expect(listed.slice(0, 6).flat()).toEqual(databases);
  expect(listed[6]).toEqual(unlisted);
  on.simulator.control.clearFaults();
  await audits(on, 1, on.slow);
  expect(on.gauges()).toMatchObject({ ReconcileAgeHours: 0 });
});

test("databases for which OTC answers with errors only, while it lists the others, keep none of them from being compared", async () => {
  const on = await aLargePolicy();
  const broken = [databases[12] ?? "", databases[20] ?? ""];
  for (const instanceId of broken) {
    const action = { kind: "status", status: 500 } as const;
    on.simulator.control.addFault({ operation: "list-backups", instanceId, times: "always", action });
  }
  const listed = (await audits(on, 7, on.slow)).flat();
  expect(new Set(listed)).toEqual(new Set(databases));
  on.simulator.control.clearFaults();
  await audits(on, 1, on.slow);
  expect(on.gauges()).toMatchObject({ ReconcileAgeHours: 0 });
});

test("an account in trouble in the middle of a visit loses nothing of it", async () => {
  const on = await aLargePolicy();
  let answers = 5;
  await audits(
    on,
    1,
    withTurns(on, () => answers-- > 0, failure("provider-unavailable", "HTTP 503")),
  );
  const fault = { operation: "list-backups", times: "always" } as const;
  on.simulator.control.addFault({ ...fault, action: { kind: "status", status: 503 } });
  expect(new Set((await audits(on, 1, on.slow)).flat())).toEqual(new Set([databases[5]]));
  on.simulator.control.clearFaults();
  const listed = await audits(on, 5, on.slow);
  expect(listed.flat()).toEqual(databases.slice(5));
  expect(on.gauges()).toMatchObject({ ReconcileAgeHours: 0 });
});

test("where OTC's pace leaves turns for less than a policy in an audit, the next goes on as well", async () => {
  const on = await aLargePolicy();
  let turns = 0;
  const audit = async () => {
    turns = 13;
    return audits(
      on,
      1,
      withTurns(on, () => turns-- > 0),
    );
  };
  const listed = [await audit(), await audit(), await audit(), await audit(), await audit()];
  expect(listed.flat(2)).toEqual(databases);
  expect(on.gauges()).toMatchObject({ ReconcileAgeHours: 0 });
});

test("databases that can never be listed, more than an audit has time for, keep no other policy from being compared", async () => {
  const on = await aSite([]);
  const lost = ids(30, "dead");
  await aPolicyOf(on, "a-lost", ["0ac0e0000d3b07384d113edec49eaa623in01", ...lost], 1);
  const others = ids(14, "beef");
  for (const [n, id] of others.entries()) await aPolicyOf(on, `b-${n + 10}`, [id], 1);
  const refused = { kind: "status", status: 404, code: "RDS.0002" } as const;
  for (const instanceId of lost)
    on.simulator.control.addFault({ operation: "list-backups", instanceId, times: "always", action: refused });
  on.clock.set(slotAt + 9 * hourMs);
  const slow = withSlowListings(on, slowlyMs);
  const listed = (await audits(on, 4, slow)).flat();
  expect(listed.slice(31)).toEqual([...others, ...lost.slice(0, 3)]);
  // From then on each of the lost has its turn.
  expect(new Set((await audits(on, 3, slow)).flat())).toEqual(new Set(lost));
});

test("the pieces after the first read no run whose backup has long been deleted", async () => {
  const on = await aLargePolicy(databases.slice(0, 20), 12);
  for (const run of await on.runs("fleet")) {
    if (run.slotAt > slotAt - 2 * dayMs || run.backupId === undefined) continue;
    const retention = { stage: "deleted" as const, planId: "p", markedAt: 0, removableAt: 0, reasons: [] };
    await on.site.runs.replace(run, { ...run, version: run.version + 1, retention });
    on.simulator.control.changeBackup(run.backupId, { now: "vanish" });
  }
  const counts = countTables(on.tables.client);
  await audits(on, 1, on.slow);
  const whole = counts.reads;
  await audits(on, 1, on.slow);
  expect(counts.reads - whole).toBeLessThan(whole / 2);
});

test("a checkpoint keeps the rest of a visit, and one of older code is read", async () => {
  const { site } = await aSite([]);
  const reconciliation = { beganAt: slotAt, doneAt: slotAt, again: [{ policyId: "a" }], notes: [] };
  const found = { orphans: ["x"], phantoms: 1, oddSizes: ["y"] };
  const sums = { held: 3, heldKb: 9, hasDoubts: true, unlisted: [last], found };
  const rest = { policyId: "b", onceListed: first, rest: { from: first, readFromAt: slotAt, ...sums } };
  const next = { at: slotAt, policies: { policies: 1 }, surveyOwed: true, reconciliation };
  await site.audits.keep(next, undefined);
  expect(await site.audits.last()).toEqual(next);
  const later = { ...next, reconciliation: { ...reconciliation, again: [{ policyId: "a" }, rest] } };
  await site.audits.keep(later, next);
  expect(await site.audits.last()).toEqual(later);
});

test("at the account's pace room is made for what is left to be compared, once an audit", async () => {
  const on = await aLargePolicy();
  const asked: number[] = [];
  const account: Site["provider"]["account"] = async (name, use) => {
    const answer = await on.slow.provider.account(name, use);
    const makeRoom = async (calls: number) => void asked.push(calls);
    return answer.ok ? { ok: true, value: { ...answer.value, makeRoom } } : answer;
  };
  await audits(on, 6, { ...on.slow, provider: { account, keepPace: () => on.site.provider.keepPace() } });
  expect(asked).toEqual([64, 52, 40, 28, 16, 4]);
});

test("accounts are surveyed though the comparison takes every turn that an audit has left", async () => {
  const on = await aLargePolicy();
  await audits(on, 1, on.slow);
  expect(await on.site.inventories.read("demo")).toMatchObject({ account: "demo", known: expect.anything() });
});

test("a survey that had no turn is made by the next audit, not half an hour later", async () => {
  const on = await aLargePolicy();
  const account: Site["provider"]["account"] = async (name, use) => {
    const answer = await on.site.provider.account(name, use);
    const listInstances = async () => failed(failure("held-by-pace", "no turn before the deadline"));
    return answer.ok ? { ok: true, value: { ...answer.value, listInstances } } : answer;
  };
  await audits(on, 1, { ...on.site, provider: { account, keepPace: () => on.site.provider.keepPace() } });
  expect(await on.site.inventories.read("demo")).toBeUndefined();
  await audits(on, 1, on.site);
  expect(await on.site.inventories.read("demo")).toMatchObject({ account: "demo" });
});
