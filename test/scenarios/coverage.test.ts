// Databases come, change and go: what nobody backs up is told within hours, with one alert per cause.

import { expect, test } from "vitest";
import { deliverAlerts } from "../../shared/workflows/deliver-alerts.ts";
import { surveyAccounts } from "../../shared/workflows/survey-accounts.ts";
import { TickJournal } from "../../shared/workflows/tick-journal.ts";
import { aRow, aSite, instanceIds, type TestSite } from "../support/test-site.ts";

const hourMs = 3_600_000;
const { crm, reports, shop } = instanceIds;
const everything = { policyId: "all", schedule: "0 4 * * *", selector: { name: "*" }, account: "demo" };

/** One survey and the delivery of what it found, as audit-backups does it; the subjects sent. */
async function survey({ site, notices }: TestSite): Promise<string[]> {
  const before = notices.length;
  const { standing, errors } = await surveyAccounts(site, { stopAt: site.clock.now() + 60_000 });
  expect(errors).toEqual([]);
  await deliverAlerts(site, { journal: new TickJournal(site), rescued: [], standing });
  return notices.slice(before).map((notice) => notice.subject);
}

async function surveyLater(test: TestSite, hours = 1): Promise<string[]> {
  test.clock.set(test.clock.now() + hours * hourMs);
  return survey(test);
}

test("databases that no policy means are told in one ticket, again when one joins them, and not when one leaves", async () => {
  const test = await aSite([aRow()], { optedOut: false });
  expect(await survey(test)).toEqual(["TICKET databases-uncovered: account demo"]);
  expect(test.notices.at(-1)?.body).toContain(`crm-prod (${crm})`);
  expect(test.notices.at(-1)?.body).not.toContain("shop-prod-replica");
  expect(await surveyLater(test)).toEqual([]);
  test.simulator.control.addInstance({ id: "5a0effffd3b07384d113edec49eaa623in01", name: "made-today" });
  expect(await surveyLater(test, 2)).toEqual(["TICKET databases-uncovered: account demo"]);
  expect(test.notices.at(-1)?.body).toContain("made-today");
  test.simulator.control.changeInstance(crm, { tags: [{ key: "otc-backup-optout", value: "no data" }] });
  expect(await surveyLater(test)).toEqual([]);
  const inventory = await test.site.inventories.read("demo");
  expect(inventory?.coverage.optedOut).toEqual([{ id: crm, name: "crm-prod", reason: "no data" }]);
});

test("the ticket ends when everything is covered", async () => {
  const test = await aSite([aRow()], { optedOut: false });
  await survey(test);
  await test.putRow(everything);
  await test.create();
  expect(await surveyLater(test)).toEqual([]);
  expect(await test.site.standingAlerts.open()).toEqual([]);
  expect((await test.site.inventories.read("demo"))?.coverage).toMatchObject({
    uncovered: [],
    databases: 7,
    replicas: 1,
  });
});

test("an account is listed once an hour however often the survey comes", async () => {
  const test = await aSite([everything], { optedOut: false });
  await survey(test);
  const calls = () => test.simulator.control.calls().byOperation["list-instances"]?.["200"];
  const before = calls();
  test.clock.set(test.clock.now() + 50 * 60_000);
  await survey(test);
  expect(calls()).toBe(before);
});

test("each event in the life of a database has its one alert, and its backups stay", async () => {
  const test = await aSite([everything], { optedOut: false });
  await test.create();
  expect(await survey(test)).toEqual([]);
  const { control } = test.simulator;
  control.changeInstance(shop, { name: "shop-new" });
  control.changeInstance(crm, { status: "SHUTDOWN" });
  control.removeInstance(reports);
  control.addInstance({ id: "5a0efffed3b07384d113edec49eaa623in03", name: "reports-prod" });
  expect(await surveyLater(test)).toEqual([
    "PAGE databases-gone: account demo",
    "TICKET databases-changed: account demo",
    "TICKET databases-unwell: account demo",
  ]);
  const [gone, changed, unwell] = test.notices.slice(-3).map((notice) => notice.body);
  expect(gone).toContain(`reports-prod (${reports}), of all`);
  expect(gone).toContain("another one of that name is 5a0efffed3b07384d113edec49eaa623in03");
  expect(changed).toContain(`shop-prod is now called shop-new (${shop})`);
  expect(unwell).toContain("start it, or pause the policy");
  expect(await surveyLater(test)).toEqual([]);
  control.changeInstance(crm, { status: "ACTIVE" });
  expect(await surveyLater(test)).toEqual([]);
  expect((await test.site.standingAlerts.open()).map((alert) => alert.kind)).toEqual(["databases-gone"]);
});

test("tags that vanish by day are told before the night", async () => {
  const test = await aSite([{ ...everything, selector: { tags: { team: "sales" } } }], { optedOut: false });
  await test.create();
  await survey(test);
  test.simulator.control.changeInstance(crm, { tags: [] });
  expect(await surveyLater(test)).toEqual(["PAGE selector-drop: policy all"]);
});

test("killed before the record is written, the survey tells nobody twice", async () => {
  const test = await aSite([aRow()], { optedOut: false });
  const dying = {
    ...test.site,
    inventories: {
      read: (account: string) => test.site.inventories.read(account),
      write: () => Promise.reject(new Error("the process was killed")),
    },
  };
  const tick = { stopAt: test.clock.now() + 60_000 };
  const { standing, errors } = await surveyAccounts(dying, tick);
  expect(errors).toHaveLength(1);
  expect(standing.map((alert) => alert.kind)).toEqual(["databases-uncovered"]);
  expect((await surveyAccounts(test.site, tick)).standing).toEqual([]);
  expect(await test.site.inventories.read("demo")).toBeDefined();
});

test("a database of two policies is told on both rows once it was surveyed, and no longer when one of them lets go", async () => {
  const weekly = aRow({ policyId: "weekly-shop", schedule: "0 5 * * SUN" });
  const test = await aSite([aRow(), weekly]);
  await survey(test);
  // The rows are told at the next half hour.
  test.clock.set(test.clock.now() + hourMs);
  await test.create();
  const other = (policyId: string) =>
    `databases shared: shop-prod, also by ${policyId}; runs take turns and each policy keeps its own backups; let one policy mean them if that is not meant`;
  expect((await test.row("nightly-shop")).warnings).toEqual([other("weekly-shop")]);
  expect((await test.row("weekly-shop")).warnings).toEqual([other("nightly-shop")]);
  test.clock.set(test.clock.now() + 60_000);
  await test.create();
  expect(await test.row("nightly-shop")).toMatchObject({
    status: "OK",
    problems: [],
    warnings: [other("weekly-shop")],
  });
  await test.removeRow("weekly-shop");
  expect(await surveyLater(test)).toEqual([]);
  test.clock.set(test.clock.now() + hourMs);
  await test.create();
  expect((await test.row("nightly-shop")).warnings).toBeUndefined();
});
