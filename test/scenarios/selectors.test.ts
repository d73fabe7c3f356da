// Policies that pick their databases: every match has its run, a slot is never lost because a listing was, and a drop is
// told by name before it costs a backup.

import { expect, test } from "vitest";
import { aRow, aSite, instanceIds, liveBackups, slotAt, type TestSite } from "../support/test-site.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
const { crm, reports, shop, shopReplica, ledger } = instanceIds;

/** A nightly policy for what the selector picks. */
function picked(selector: Record<string, unknown>, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { instanceIds: _ids, ...row } = aRow(changes);
  return { ...row, selector };
}

const late = "0a1b2c3d4e5f40718293a4b5c6d7e8f9in03";
const sales = { tags: { team: "sales" } };
const listingFails = {
  operation: "list-instances",
  times: "always",
  action: { kind: "status", status: 503 },
} as const;
const ids = async ({ runs }: TestSite) => (await runs()).map((run) => run.instanceId);
const subjects = ({ notices }: TestSite) => notices.map((notice) => notice.subject);

test("each database that matches has one run and one backup, and the run says which selector picked it", async () => {
  const site = await aSite([picked(sales)]);
  await site.create();
  await site.minutes(25);
  expect(await site.runs()).toMatchObject([
    { instanceId: crm, state: "completed", terms: { policyVersion: 1, instanceName: "crm-prod" } },
    { instanceId: reports, state: "completed", terms: { selector: '{"tags":{"team":"sales"}}' } },
  ]);
  expect(liveBackups(site.simulator).map((backup) => backup.instanceId)).toEqual([crm, reports]);
  expect(site.notices).toEqual([]);
});

test("read replicas are counted and not backed up, and the row says so within a minute of the edit", async () => {
  const site = await aSite([picked({ tags: { team: "shop" } })]);
  expect(await site.row("nightly-shop")).toMatchObject({
    status: "OK",
    selection: { version: 1, matched: 1, replicas: 1 },
  });
  await site.create();
  expect(await ids(site)).toEqual([shop]);
  expect(await ids(site)).not.toContain(shopReplica);
});

test("one listing serves all policies of the account in a tick", async () => {
  const site = await aSite([
    picked(sales),
    picked({ name: "ledger*" }, { policyId: "second" }),
    aRow({ policyId: "third" }),
  ]);
  const before = site.simulator.control.calls().byOperation["list-instances"]?.["200"] ?? 0;
  await site.create();
  expect(site.simulator.control.calls().byOperation["list-instances"]?.["200"]).toBe(before + 1);
});

test("the databases of a night are those that match in that night", async () => {
  const site = await aSite([picked(sales)]);
  await site.create();
  site.simulator.control.changeInstance(ledger, { tags: [{ key: "team", value: "sales" }] });
  site.clock.set(slotAt + dayMs);
  await site.create();
  expect((await site.runs()).filter((run) => run.slotAt > slotAt).map((run) => run.instanceId)).toEqual([
    crm,
    ledger,
    reports,
  ]);
});

test("a selector that matches nothing is told when it is edited, on the row, and again when a slot is lost by it", async () => {
  const site = await aSite([picked({ tags: { team: "nobody" } })]);
  expect(subjects(site)).toEqual(["PAGE selector-empty: policy nightly-shop"]);
  expect(await site.row("nightly-shop")).toMatchObject({
    status: "OK",
    problems: [expect.stringContaining("selector: matches nothing")],
  });
  await site.create();
  expect(await site.runs()).toMatchObject([{ instanceId: "selector", state: "skipped", reason: "selector-empty" }]);
  expect(subjects(site)).toEqual([
    "PAGE selector-empty: policy nightly-shop",
    "PAGE run-skipped: nightly-shop selector",
  ]);
  await site.putRow(picked(sales));
  await site.minutes(1);
  expect(await site.row("nightly-shop")).toMatchObject({ problems: [], selection: { version: 2, matched: 2 } });
  expect(await site.site.standingAlerts.open()).toEqual([]);
});

test("a slot whose listing fails waits, other policies' slots are accounted for, and it is made good inside its window", async () => {
  const site = await aSite([picked(sales)]);
  site.simulator.control.setFaults([listingFails]);
  await site.create();
  await site.minutes(4);
  expect(await site.runs()).toMatchObject([{ instanceId: "selector", state: "waiting" }]);
  expect(await site.site.accounting.accountedThrough()).toBeGreaterThan(slotAt);
  site.simulator.control.clearFaults();
  await site.minutes(25);
  expect((await site.runs()).map((run) => [run.instanceId, run.state, run.reason])).toEqual([
    [crm, "completed", "completed"],
    [reports, "completed", "completed"],
    ["selector", "skipped", "resolved"],
  ]);
});

test("a slot whose listing fails until its window is over is missed, and pages for the policy", async () => {
  const site = await aSite([picked(sales, { startWindowMinutes: 5 })]);
  site.simulator.control.setFaults([listingFails]);
  await site.create();
  await site.minutes(7);
  expect(await site.runs()).toMatchObject([{ instanceId: "selector", state: "missed" }]);
  const missed = site.notices.filter((notice) => notice.subject.includes("backup-missed"));
  expect(missed.map((notice) => notice.subject)).toEqual(["PAGE backup-missed: nightly-shop selector"]);
  expect(missed[0]?.body).toContain("all that the selector means");
  expect(liveBackups(site.simulator)).toEqual([]);
});

test("killed between opening a held slot's runs and ending what stood for it: nothing is done twice", async () => {
  const site = await aSite([picked(sales)]);
  site.simulator.control.setFaults([listingFails]);
  await site.create();
  site.simulator.control.clearFaults();
  site.clock.set(site.clock.now() + minuteMs);
  const { runs } = site.site;
  const replace: typeof runs.replace = (previous, next) =>
    previous.instanceId === "selector" && next.state === "skipped"
      ? Promise.reject(new Error("the process was killed"))
      : runs.replace(previous, next);
  const dying = {
    insert: runs.insert.bind(runs),
    insertWaiting: runs.insertWaiting.bind(runs),
    forgetUsedUp: runs.forgetUsedUp.bind(runs),
    due: runs.due.bind(runs),
    ofPolicy: runs.ofPolicy.bind(runs),
    read: runs.read.bind(runs),
    pagesOfPolicy: runs.pagesOfPolicy.bind(runs),
    inspect: runs.inspect.bind(runs),
    atOtc: () => runs.atOtc(),
    replace,
  };
  await expect(site.create({ ...site.site, runs: dying })).rejects.toThrow("the process was killed");
  await site.minutes(25);
  expect((await site.runs()).map((run) => [run.instanceId, run.state])).toEqual([
    [crm, "completed"],
    [reports, "completed"],
    ["selector", "skipped"],
  ]);
  expect(liveBackups(site.simulator)).toHaveLength(2);
});

test("databases that lose their tags at once are named in a page and backed up for one more day", async () => {
  const site = await aSite([picked(sales)]);
  await site.create();
  site.simulator.control.changeInstance(crm, { tags: [] });
  site.clock.set(slotAt + dayMs);
  await site.create();
  expect(subjects(site)).toEqual(["PAGE selector-drop: policy nightly-shop"]);
  expect(site.notices[0]?.body).toContain(`crm-prod (${crm})`);
  site.clock.set(slotAt + 2 * dayMs);
  await site.create();
  const perNight = Map.groupBy(await site.runs(), (run) => run.slotAt);
  expect([...perNight.values()].map((night) => night.map((run) => run.instanceId))).toEqual([
    [crm, reports],
    [crm, reports],
    [reports],
  ]);
  expect(await site.site.standingAlerts.open()).toEqual([]);
});

test("an answer of OTC without any tags costs no backup: everything that was meant is backed up, and a page names it", async () => {
  const site = await aSite([picked(sales)]);
  site.simulator.control.setKnobs({ tagsInInstanceList: "absent" });
  await site.create();
  await site.minutes(25);
  expect((await site.runs()).map((run) => [run.instanceId, run.state])).toEqual([
    [crm, "completed"],
    [reports, "completed"],
  ]);
  expect(subjects(site)).toEqual(["PAGE selector-drop: policy nightly-shop"]);
  expect(await site.row("nightly-shop")).toMatchObject({ problems: [expect.stringContaining("matches nothing")] });
});

const states = async ({ runs }: TestSite) => (await runs()).map((run) => [run.instanceId, run.state]);

test("slots missed in an outage are written down for the databases that match", async () => {
  const site = await aSite([picked(sales)]);
  site.clock.set(slotAt + 2 * dayMs);
  await site.create();
  expect(await states(site)).toEqual([
    [crm, "missed"],
    [reports, "missed"],
    [crm, "missed"],
    [reports, "missed"],
    [crm, "building"],
    [reports, "building"],
  ]);
});

test("a slot nobody came for names the databases it was for: also one that joined since the last look, not one that came later", async () => {
  const site = await aSite([picked(sales, { catchUp: "none", startWindowMinutes: 60 })]);
  const tags = [{ key: "team", value: "sales" }];
  site.simulator.control.changeInstance(ledger, { tags });
  site.simulator.control.changeInstance(reports, { tags: [] });
  site.simulator.control.addInstance({ id: late, name: "late", createdAt: slotAt + 30 * minuteMs, tags });
  site.clock.set(slotAt + 70 * minuteMs);
  await site.create();
  expect(await states(site)).toEqual([
    [crm, "missed"],
    [ledger, "missed"],
    // It lost its tag all of a sudden, and counts for one more day.
    [reports, "missed"],
  ]);
  const missed = site.notices.filter((notice) => notice.subject.includes("backup-missed"));
  expect(missed.map(({ subject }) => subject)).toEqual(["PAGE backup-missed: 3 databases of account demo"]);
  expect(missed[0]?.body).toContain(ledger);
  expect(liveBackups(site.simulator)).toEqual([]);
});

test("a slot nobody came for is told at once for the whole selector when its account cannot be listed", async () => {
  const site = await aSite([picked(sales, { catchUp: "none", startWindowMinutes: 60 })]);
  site.simulator.control.setFaults([listingFails]);
  site.clock.set(slotAt + 70 * minuteMs);
  await site.create();
  expect(await states(site)).toEqual([["selector", "missed"]]);
  expect(subjects(site)).toContain("PAGE backup-missed: nightly-shop selector");
  site.simulator.control.clearFaults();
  site.clock.set(slotAt + dayMs);
  await site.create();
  await site.minutes(25);
  expect(await states(site)).toEqual([
    ["selector", "missed"],
    [crm, "completed"],
    [reports, "completed"],
  ]);
});

test("two policies due at once on one database: one backup after the other, and never a request while it is busy", async () => {
  const site = await aSite([aRow(), aRow({ policyId: "second-shop" })]);
  await site.create();
  await site.minutes(45);
  const [first] = await site.runs();
  const [second] = await site.runs("second-shop");
  expect([first?.state, second?.state]).toEqual(["completed", "completed"]);
  expect(second?.acceptedAt).toBeGreaterThanOrEqual(first?.endedAt ?? Number.POSITIVE_INFINITY);
  expect(site.simulator.control.calls().byOperation["create-backup"]).toEqual({ 200: 2 });
});
