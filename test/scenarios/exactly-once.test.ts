// One slot, one backup: whatever is delivered twice, at once, or dies in the middle.

import { expect, test } from "vitest";
import type { Run } from "../../shared/domain/runs/run.ts";
import type { Site } from "../../shared/ports.ts";
import { aRow, aSite, instanceIds, liveBackups } from "../support/test-site.ts";

test("a due slot becomes one backup, followed to its end, with size and end time recorded", async () => {
  const { create, minutes, runs, simulator, notices, row } = await aSite();
  await create();
  await minutes(60);
  const [run, ...others] = await runs();
  expect(others).toEqual([]);
  const [backup, ...extra] = simulator.control.backups();
  expect(extra).toEqual([]);
  expect(run).toMatchObject({
    state: "completed",
    backupId: backup?.id,
    name: backup?.name,
    sizeKb: expect.any(Number),
    endedAt: expect.any(Number),
  });
  expect(backup).toMatchObject({
    status: "COMPLETED",
    instanceId: instanceIds.shop,
    name: expect.stringMatching(/^otcbk-nightly-shop-5a0e0001-20261124T0230Z-[0-9a-f]{6}$/),
  });
  expect(notices).toEqual([]);
  expect(await row("nightly-shop")).toMatchObject({ status: "OK", lastGoodAt: Date.UTC(2026, 10, 24, 2, 30) });
});

test("a tick delivered twice makes one backup", async () => {
  const { create, simulator, runs } = await aSite();
  await create();
  await create();
  expect(liveBackups(simulator)).toHaveLength(1);
  expect(simulator.control.calls().byOperation["create-backup"]).toEqual({ 200: 1 });
  expect(await runs()).toHaveLength(1);
});

test("ticks that run at the same time make one backup and one POST", async () => {
  const { create, simulator, runs } = await aSite();
  await Promise.all([create(), create(), create(), create()]);
  expect(simulator.control.calls().byOperation["create-backup"]).toEqual({ 200: 1 });
  expect(liveBackups(simulator)).toHaveLength(1);
  expect(await runs()).toMatchObject([{ state: "building" }]);
});

/** The site of a process that dies when it writes a run that `isFatal` says it shall not live to write. */
function dyingSite(site: Site, isFatal: (next: Run) => boolean): Site {
  const replace: Site["runs"]["replace"] = (previous, next) =>
    isFatal(next) ? Promise.reject(new Error("the process was killed")) : site.runs.replace(previous, next);
  const { insert, due, ofPolicy, read } = site.runs;
  const runs = {
    insert: insert.bind(site.runs),
    insertWaiting: site.runs.insertWaiting.bind(site.runs),
    forgetUsedUp: site.runs.forgetUsedUp.bind(site.runs),
    due: due.bind(site.runs),
    ofPolicy: ofPolicy.bind(site.runs),
    read: read.bind(site.runs),
    pagesOfPolicy: site.runs.pagesOfPolicy.bind(site.runs),
    inspect: site.runs.inspect.bind(site.runs),
    atOtc: () => site.runs.atOtc(),
    replace,
  };
  return { ...site, runs };
}

test("killed after the POST and before the record: the backup is found by its name and adopted", async () => {
  const { site, create, minutes, simulator, runs } = await aSite();
  await expect(create(dyingSite(site, (next) => next.state === "building"))).rejects.toThrow("the process was killed");
  expect(await runs()).toMatchObject([{ state: "requested" }]);
  await minutes(60);
  expect(liveBackups(simulator)).toHaveLength(1);
  expect(simulator.control.calls().byOperation["create-backup"]).toEqual({ 200: 1 });
  const [run] = await runs();
  expect(run).toMatchObject({ state: "completed", backupId: simulator.control.backups()[0]?.id });
  expect(run?.events.map((event) => event.reason)).toContain("adopted");
});

test("the answer is lost after the effect: adopted, never posted again", async () => {
  const { create, minutes, simulator, runs } = await aSite();
  simulator.control.addFault({ operation: "create-backup", action: { kind: "drop-after" } });
  await create();
  await minutes(60);
  expect(simulator.control.backups()).toHaveLength(1);
  expect(simulator.control.callLog().filter((call) => call.operation === "create-backup")).toHaveLength(1);
  expect(await runs()).toMatchObject([{ state: "completed", attempt: 1 }]);
});

test("the answer is lost before the effect: after two looks without it the same name is sent again", async () => {
  const { create, minutes, simulator, runs } = await aSite();
  simulator.control.addFault({ operation: "create-backup", action: { kind: "drop-before" } });
  await create();
  await minutes(60);
  const posts = simulator.control.callLog().filter((call) => call.operation === "create-backup");
  expect(posts).toHaveLength(2);
  expect(new Set(posts.map((call) => call.name)).size).toBe(1);
  expect(simulator.control.backups()).toHaveLength(1);
  expect(await runs()).toMatchObject([{ state: "completed", attempt: 1 }]);
});

test.each([
  { title: "500 after the effect", action: { kind: "status", status: 500, performed: true } as const },
  {
    title: "504 from the gateway after the effect",
    action: { kind: "status", status: 504, code: "APIGW.0202", performed: true } as const,
  },
  { title: "an HTML page after the effect", action: { kind: "html", performed: true } as const },
  { title: "half a body", action: { kind: "truncate" } as const },
  { title: "a 200 that speaks of another instance", action: { kind: "wrong-id", field: "instance_id" } as const },
])("an ambiguous answer ($title) ends in exactly one backup", async ({ action }) => {
  const { create, minutes, simulator, runs } = await aSite();
  simulator.control.addFault({ operation: "create-backup", action });
  await create();
  await minutes(60);
  expect(simulator.control.faults()).toMatchObject([{ hit: 1 }]);
  expect(liveBackups(simulator)).toHaveLength(1);
  expect(await runs()).toMatchObject([
    {
      state: "completed",
      backupId: liveBackups(simulator).map((b) => simulator.control.backups({ name: b.name })[0]?.id)[0],
    },
  ]);
});

test("a list that lags behind the POST does not lead to a second backup", async () => {
  const { create, minutes, simulator, runs } = await aSite();
  simulator.control.addFault({ operation: "create-backup", action: { kind: "drop-after" } });
  simulator.control.setKnobs({ visibilityLagSeconds: 240 });
  await create();
  await minutes(60);
  expect(liveBackups(simulator)).toHaveLength(1);
  expect(await runs()).toMatchObject([{ state: "completed" }]);
});

test("a tick that failed to write down one slot has accounted for nothing: the next one makes what is missing", async () => {
  const rows = ["nightly-shop", "nightly-crm"].map((policyId, n) =>
    aRow({ policyId, instanceIds: [n === 0 ? instanceIds.shop : instanceIds.crm] }),
  );
  const { create, clock, simulator, site } = await aSite(rows);
  const runs = new Proxy(site.runs, {
    get: (real, name) => {
      const member: unknown = Reflect.get(real, name, real);
      if (name === "insert")
        return (run: Run) =>
          run.policyId === "nightly-crm" ? Promise.reject(new Error("no answer in time")) : real.insert(run);
      return typeof member === "function" ? member.bind(real) : member;
    },
  });
  await expect(create({ ...site, runs })).rejects.toThrow("no answer in time");
  expect(liveBackups(simulator).map(({ instanceId }) => instanceId)).toEqual([instanceIds.shop]);
  clock.set(clock.now() + 60_000);
  await create();
  expect(liveBackups(simulator).map(({ instanceId }) => instanceId)).toEqual([instanceIds.shop, instanceIds.crm]);
});
