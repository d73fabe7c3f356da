// OTC in trouble: told once it has lasted for half an hour, whatever its faces and whoever meets it, and not sooner.

import { expect, test } from "vitest";
import { aRow, aSite, instanceIds, type TestSite } from "../support/test-site.ts";

const { shop } = instanceIds;
const subjects = ({ notices }: TestSite) => notices.map(({ subject }) => subject);
const page = "PAGE account-unusable: account demo";
const { instanceIds: _named, ...bySelector } = aRow({ selector: { tags: { team: "sales" } } });

const failing = (site: TestSite, status: number) => {
  site.simulator.control.clearFaults();
  site.simulator.control.addFault({ times: "always", action: { kind: "status", status } });
};

test.each([
  ["named", aRow()],
  ["picked by a selector", bySelector],
])("databases %s: an outage pages after half an hour, once", async (_what, row) => {
  const site = await aSite([row]);
  failing(site, 503);
  await site.minutes(25);
  expect(subjects(site)).toEqual([]);
  await site.minutes(10);
  expect(subjects(site)).toEqual([page]);
});

test("an outage that changes its face from minute to minute pages after half an hour, once", async () => {
  const site = await aSite([aRow({ startWindowMinutes: 120 })]);
  for (let minute = 0; minute < 36; minute += 1) {
    if (minute === 28) expect(subjects(site)).toEqual([]);
    failing(site, minute % 2 === 0 ? 503 : 500);
    if (minute % 3 === 2) {
      site.simulator.control.clearFaults();
      site.simulator.control.addFault({ times: "always", action: { kind: "drop-before" } });
    }
    await site.minutes(1);
  }
  expect(subjects(site)).toEqual([page]);
});

test("a run that has waited for an hour, and OTC that fails to answer for a moment: no outage", async () => {
  const site = await aSite([aRow({ startWindowMinutes: 180 })]);
  site.simulator.control.occupyInstance(shop, 90);
  await site.minutes(60);
  failing(site, 503);
  await site.minutes(3);
  site.simulator.control.clearFaults();
  await site.minutes(60);
  expect(subjects(site)).toEqual([]);
  expect(await site.runs()).toMatchObject([{ state: "completed" }]);
});

test("one survey that finds no OTC is no outage; the next one, half an hour later, is", async () => {
  const site = await aSite();
  await site.minutes(29);
  const auditFor = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 5) {
      site.clock.set(site.clock.now() + 5 * 60_000);
      await site.audit();
    }
  };
  await auditFor(90);
  failing(site, 503);
  await auditFor(60);
  expect(subjects(site)).toEqual([]);
  await auditFor(30);
  expect(subjects(site)).toEqual([page]);
});

test("an auditor that was away for hours and finds no OTC when it returns has not waited for OTC", async () => {
  const site = await aSite();
  await site.minutes(29);
  await site.audit();
  failing(site, 503);
  site.clock.set(site.clock.now() + 3 * 60 * 60_000);
  await site.audit();
  expect(subjects(site)).toEqual([]);
});
