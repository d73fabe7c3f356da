// The auditor: asks from outside, finds what nothing else would tell of, pages once per cause, and falls silent when it is over.

import { expect, test } from "vitest";
import { failed, failure } from "../../shared/domain/failure.ts";
import { aRow, aSite, instanceIds, slotAt, type TestSite, withoutRunsOfPolicies } from "../support/test-site.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const subjects = (notices: readonly { subject: string }[]) => notices.map((notice) => notice.subject);

/** A tick at the slot, and one when its backup has long been finished. */
async function night(clock: TestSite["clock"], { create, poll }: Pick<TestSite, "create" | "poll">): Promise<void> {
  await create();
  clock.set(clock.now() + 59 * minuteMs);
  await create();
  await poll();
}

const quiet = {
  AuditHeartbeat: 1,
  OverduePolicies: 0,
  StuckBackups: 0,
  UnaccountedSlots: 0,
  PolicyCountDropPct: 0,
  PausedPolicies: 0,
  DisabledPolicies: 0,
};

test("a good night: every gauge is there, as zero, and nobody hears anything", async () => {
  const { create, audit, gauges, notices, poll, clock } = await aSite();
  await night(clock, { create, poll });
  await audit();
  expect(gauges()).toMatchObject(quiet);
  expect(gauges().WorstFreshnessRatio).toBeCloseTo(1 / 36, 2);
  expect(notices).toEqual([]);
});

test("a database without a good backup pages once when the policy's target has passed since its first slot, and again every four hours", async () => {
  const { create, minutes, audit, gauges, notices, clock, simulator } = await aSite([aRow({ maxAttempts: 1 })]);
  simulator.control.changeInstance(instanceIds.shop, { backupOutcome: "fails-early" });
  await create();
  await minutes(10);
  clock.set(slotAt + 24 * hourMs);
  await create();
  await minutes(10);
  expect(subjects(notices)).toEqual(Array(2).fill(expect.stringContaining("PAGE backup-failed")));
  clock.set(slotAt + 36 * hourMs);
  await audit();
  expect(gauges()).toMatchObject({ OverduePolicies: 0, WorstFreshnessRatio: 1 });
  for (let minute = 5; minute <= 5 * 60; minute += 20) {
    clock.set(slotAt + 36 * hourMs + minute * minuteMs);
    await audit();
  }
  expect(gauges()).toMatchObject({ AuditHeartbeat: 1, OverduePolicies: 1 });
  expect(subjects(notices.slice(2))).toEqual(Array(2).fill("PAGE backups-overdue: account demo, backup-failed"));
  expect(notices[2]?.body).toContain(
    `nightly-shop ${instanceIds.shop}: no good backup yet, 36 h 5 m old, target 36 h 0 m`,
  );
  expect(notices[3]?.body).toContain("still open since 2026-11-25T14:35");
});

test("a good backup ends the alert, and the next miss pages again", async () => {
  const { create, minutes, audit, gauges, notices, clock, simulator, site, poll } = await aSite([
    aRow({ maxAttempts: 1 }),
  ]);
  simulator.control.changeInstance(instanceIds.shop, { backupOutcome: "fails-early" });
  await create();
  await minutes(10);
  clock.set(slotAt + 47 * hourMs);
  await create();
  clock.set(clock.now() + 20 * minuteMs);
  await poll();
  await audit();
  expect(await site.standingAlerts.open()).toMatchObject([{ kind: "backups-overdue" }]);
  simulator.control.changeInstance(instanceIds.shop, { backupOutcome: "completes" });
  clock.set(slotAt + 48 * hourMs);
  await night(clock, { create, poll });
  await audit();
  expect(gauges()).toMatchObject(quiet);
  expect(await site.standingAlerts.open()).toEqual([]);
  clock.set(slotAt + 85 * hourMs);
  await audit();
  expect(subjects(notices).filter((subject) => subject.includes("backups-overdue"))).toHaveLength(2);
  expect(subjects(notices)).toContain("PAGE slots-unaccounted: create-backups is behind");
});

test("a slot that nobody wrote down is found although every tick was content", async () => {
  const { create, audit, gauges, notices, clock, site, poll } = await aSite();
  await night(clock, { create, poll });
  // As a defect or a hand in the ledger would do it: accounted for, but no run.
  await site.accounting.advance(slotAt + 24 * hourMs + minuteMs);
  clock.set(slotAt + 24 * hourMs + 2 * minuteMs);
  await create();
  await audit();
  expect(gauges()).toMatchObject({ UnaccountedSlots: 0 });
  clock.set(slotAt + 24 * hourMs + 11 * minuteMs);
  await audit();
  await audit();
  expect(gauges()).toMatchObject({ UnaccountedSlots: 1 });
  expect(subjects(notices)).toEqual(["PAGE slots-unaccounted: slots without a run"]);
  expect(notices[0]?.body).toContain(`nightly-shop ${instanceIds.shop} slot 2026-11-25T02:30Z`);
});

test("while create-backups is away its slots are one page, however many they become", async () => {
  const { audit, gauges, notices, clock } = await aSite([aRow({ schedule: "30 3-7 * * *" })]);
  for (const hours of [1.2, 2.2, 3.2]) {
    clock.set(slotAt + hours * hourMs);
    await audit();
  }
  expect(gauges()).toMatchObject({ UnaccountedSlots: 3 });
  expect(subjects(notices)).toEqual(["PAGE slots-unaccounted: create-backups is behind"]);
});

test("an edit of the row owes no slots from before it", async () => {
  const { create, minutes, audit, gauges, putRow, poll, clock } = await aSite();
  await night(clock, { create, poll });
  await putRow(aRow({ schedule: "0 1 * * *", instanceIds: [instanceIds.shop, instanceIds.crm] }));
  await minutes(20);
  await audit();
  expect(gauges()).toMatchObject(quiet);
});

test("a run that no tick picks up any more is stuck, also when its policy's row is gone", async () => {
  const { create, audit, gauges, notices, clock, removeRow } = await aSite();
  await create();
  await removeRow("nightly-shop");
  clock.set(slotAt + 20 * minuteMs);
  await audit();
  expect(gauges()).toMatchObject({ StuckBackups: 0 });
  clock.set(slotAt + 40 * minuteMs);
  await audit();
  expect(gauges()).toMatchObject({ StuckBackups: 1 });
  expect(subjects(notices)).toEqual(["PAGE runs-stuck: account demo"]);
  expect(notices[0]?.body).toContain("building, its backup is not being looked at");
});

test.each([{}, { schedule: "30 2 * * 0-6" }])(
  "a row deleted over a slot and written again, %o: what fell into its absence is owed by nobody",
  async (change) => {
    const { create, audit, minutes, clock, putRow, removeRow, notices, gauges } = await aSite();
    await minutes(30);
    await removeRow("nightly-shop");
    clock.set(slotAt + 29 * hourMs);
    await create();
    await putRow(aRow(change));
    await audit();
    expect(gauges()).toMatchObject({ UnaccountedSlots: 0 });
    await minutes(15);
    await audit();
    expect(gauges()).toMatchObject({ UnaccountedSlots: 0 });
    expect(subjects(notices).filter((subject) => subject.includes("unaccounted"))).toEqual([]);
  },
);

test("rows deleted or disabled in bulk page, one of five does not, and a day later the rest is normal", async () => {
  const names = ["one", "two", "three", "four", "five"].map((name) => `nightly-${name}`);
  const rows = names.map((policyId) => aRow({ policyId, schedule: "0 12 * * *" }));
  const { create, audit, gauges, notices, clock, putRow, removeRow } = await aSite(rows);
  await create();
  await audit();
  await removeRow("nightly-one");
  await audit();
  expect(gauges()).toMatchObject({ PolicyCountDropPct: 0 });
  await putRow(aRow({ policyId: "nightly-two", schedule: "0 12 * * *", enabled: false }));
  clock.set(clock.now() + minuteMs);
  await create();
  await audit();
  expect(gauges()).toMatchObject({ PolicyCountDropPct: 40, DisabledPolicies: 1 });
  expect(subjects(notices)).toEqual(["PAGE policies-dropped: policies"]);
  expect(notices[0]?.body).toContain("3 policies in force and enabled, 5 before: 40 % are gone or disabled");
  clock.set(clock.now() + dayMs);
  await create();
  await audit();
  expect(gauges()).toMatchObject({ PolicyCountDropPct: 0 });
});

test("a paused policy is visible, not overdue, and owes again from its first slot after the pause", async () => {
  const pause = { pausedUntil: "2026-11-28T00:00:00Z", pauseReason: "migration" };
  const { create, audit, gauges, notices, clock, putRow, poll } = await aSite();
  await night(clock, { create, poll });
  await putRow(aRow(pause));
  for (const day of [1, 2, 3]) {
    clock.set(slotAt + day * dayMs + minuteMs);
    await create();
  }
  await audit();
  expect(gauges()).toMatchObject({ ...quiet, PausedPolicies: 1, WorstFreshnessRatio: 0 });
  clock.set(Date.UTC(2026, 10, 28, 1));
  await audit();
  expect(gauges()).toMatchObject(quiet);
  clock.set(slotAt + 4 * dayMs + 37 * hourMs);
  await audit();
  expect(gauges()).toMatchObject({ OverduePolicies: 1 });
  expect(subjects(notices)).toContain("PAGE backups-overdue: account demo, paused");
});

test("an audit that could not see everything says so by its heartbeat, ends no alert, and fails", async () => {
  const { create, audit, gauges, clock, site, poll } = await aSite();
  await night(clock, { create, poll });
  await site.accounting.advance(slotAt + 24 * hourMs + minuteMs);
  clock.set(slotAt + 24 * hourMs + 11 * minuteMs);
  await create();
  await audit();
  const down = failure("storage-unavailable", "the table is gone");
  await expect(audit({ ...site, runs: withoutRunsOfPolicies(site.runs, down) })).rejects.toThrow(
    "audit-backups: 1 part failed",
  );
  expect(gauges()).toMatchObject({ AuditHeartbeat: 0 });
  expect(await site.standingAlerts.open()).toHaveLength(1);
});

test("an alert of the auditor that could not be sent is sent by the next poll tick", async () => {
  const { create, audit, poll, notices, clock, site } = await aSite();
  await night(clock, { create, poll });
  clock.set(slotAt + 40 * hourMs);
  const deaf = { ...site, notifier: { publish: async () => failed(failure("notify-failed", "the topic is gone")) } };
  await expect(audit(deaf)).rejects.toThrow("the topic is gone");
  expect(notices).toEqual([]);
  clock.set(clock.now() + 2 * minuteMs);
  await poll();
  expect(subjects(notices)).toContain("PAGE backups-overdue: account demo, completed");
});

test("two audits at once page once", async () => {
  const { create, audit, notices, clock, poll } = await aSite();
  await night(clock, { create, poll });
  clock.set(slotAt + 40 * hourMs);
  await Promise.all([audit(), audit()]);
  expect(subjects(notices).toSorted()).toEqual([
    "PAGE backups-overdue: account demo, completed",
    "PAGE slots-unaccounted: create-backups is behind",
  ]);
});
