// `plan`: what the next tick would do, and nothing of it done.

import { expect, test } from "vitest";
import { rehearseTick } from "../../shared/workflows/rehearse-tick.ts";
import { aRow, aSite, instanceIds, liveBackups } from "../support/test-site.ts";

test("a rehearsal foretells the very backup the tick then makes, posts nothing and writes nothing", async () => {
  const { site, simulator, create, runs, putRow, row } = await aSite();
  await putRow(aRow({ policyId: "brand-new", instanceIds: [instanceIds.crm] }));
  const foretold = await rehearseTick(site);
  expect(simulator.control.backups()).toEqual([]);
  expect(await runs()).toEqual([]);
  expect(await runs("brand-new")).toEqual([]);
  expect(await row("brand-new")).toEqual({});
  expect(await site.versions.effective("brand-new")).toBeUndefined();
  expect(foretold.errors).toEqual([]);
  expect(foretold.notes).toContain("policy brand-new: version 1 would come into force");
  await create();
  const posts = foretold.calls.filter((call) => call.method === "POST").map((call) => call.what);
  const made = liveBackups(simulator).map((backup) => `back up ${backup.instanceId} as ${backup.name}`);
  expect(posts.toSorted()).toEqual(made.toSorted());
  expect(made).toHaveLength(2);
});

test("a night that will wake somebody is foretold with its page, which nobody gets", async () => {
  const { site, notices, putRow } = await aSite();
  await putRow(aRow({ instanceIds: [instanceIds.shopReplica] }));
  const { notices: foretold } = await rehearseTick(site);
  expect(foretold.map(({ subject }) => subject)).toEqual([expect.stringContaining("run-skipped")]);
  expect(notices).toEqual([]);
});
