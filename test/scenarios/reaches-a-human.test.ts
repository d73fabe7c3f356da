// Whatever does not end in COMPLETED reaches a human, once per cause.

import { expect, test } from "vitest";
import { failed, failure } from "../../shared/domain/failure.ts";
import { noteAccount } from "../../shared/workflows/account-trouble.ts";
import { aRow, aSite, instanceIds, liveBackups, slotAt } from "../support/test-site.ts";

const subjects = (notices: readonly { subject: string }[]) => notices.map((notice) => notice.subject);

test("a FAILED backup is told at once, tried again under a new name, and pages when it fails again", async () => {
  const { create, minutes, runs, notices, simulator } = await aSite();
  simulator.control.changeInstance(instanceIds.shop, { backupOutcome: "fails-early" });
  await create();
  await minutes(20);
  expect(subjects(notices)).toEqual([
    expect.stringContaining("TICKET attempt-failed: nightly-shop"),
    expect.stringContaining("PAGE backup-failed: nightly-shop"),
  ]);
  expect(simulator.control.backups().map((backup) => backup.name)).toEqual([
    expect.stringMatching(/^otcbk-nightly-shop-5a0e0001-20261124T0230Z-[0-9a-f]{6}$/),
    expect.stringMatching(/^otcbk-nightly-shop-5a0e0001-20261124T0230Z-[0-9a-f]{6}-a2$/),
  ]);
  expect(await runs()).toMatchObject([
    {
      state: "failed",
      reason: "backup-failed",
      attempt: 2,
      alerts: [{ sentAt: expect.any(Number) }, { sentAt: expect.any(Number) }],
    },
  ]);
});

test("the page names policy, database, owner, reason and what to do first", async () => {
  const { create, minutes, notices, simulator } = await aSite([aRow({ maxAttempts: 1 })]);
  simulator.control.changeInstance(instanceIds.shop, { backupOutcome: "fails-early" });
  await create();
  await minutes(10);
  expect(notices).toHaveLength(1);
  for (const part of [
    "policy: nightly-shop (version 1)",
    `database: ${instanceIds.shop}`,
    "owner: team-shop",
    "reason: backup-failed",
    "do first:",
    `then: npx otc-backup why nightly-shop/${instanceIds.shop}/2026-11-24T02:30Z --local\n`,
    "runbook: docs/operations.md#backup-failed",
  ]) {
    expect(notices[0]?.body).toContain(part);
  }
});

test("a database busy at the slot is waited for inside the start window", async () => {
  const { create, minutes, runs, notices, simulator } = await aSite();
  simulator.control.occupyInstance(instanceIds.shop, 45, "MODIFYING");
  await create();
  await minutes(120);
  expect(await runs()).toMatchObject([{ state: "completed", attempt: 1 }]);
  expect(liveBackups(simulator)).toHaveLength(1);
  expect(notices).toEqual([]);
});

test("a database busy for the whole start window is missed, and a human hears it as soon as the window ends", async () => {
  const { create, minutes, runs, notices, clock, simulator } = await aSite([aRow({ startWindowMinutes: 30 })]);
  simulator.control.occupyInstance(instanceIds.shop, 600, "BACKING UP");
  await create();
  await minutes(31);
  expect(await runs()).toMatchObject([{ state: "missed", lastFailure: { code: "instance-busy" } }]);
  expect(subjects(notices)).toEqual([expect.stringContaining("PAGE backup-missed: nightly-shop")]);
  expect(clock.now()).toBeLessThan(slotAt + 32 * 60_000);
  expect(simulator.control.backups()).toEqual([]);
});

test("a 409 that only the POST reveals waits like any busy database", async () => {
  const { create, minutes, runs, simulator } = await aSite();
  simulator.control.addFault({
    operation: "create-backup",
    times: 3,
    action: { kind: "status", status: 409, code: "DBS.200019" },
  });
  await create();
  await minutes(60);
  expect(simulator.control.faults()).toMatchObject([{ hit: 3 }]);
  expect(await runs()).toMatchObject([{ state: "completed" }]);
  expect(liveBackups(simulator)).toHaveLength(1);
});

test("a backup that vanishes while it is building is lost, and pages", async () => {
  const { create, minutes, runs, notices, simulator } = await aSite();
  simulator.control.addFault({ operation: "create-backup", action: { kind: "vanish-after", minutes: 3 } });
  simulator.control.changeInstance(instanceIds.shop, { backupOutcome: "never-finishes" });
  await create();
  await minutes(15);
  expect(await runs()).toMatchObject([{ state: "lost" }]);
  expect(subjects(notices)).toEqual([expect.stringContaining("PAGE backup-lost")]);
});

test("a backup that never ends pages once as overdue and is followed on", async () => {
  const { create, minutes, runs, notices, clock, simulator } = await aSite([
    aRow({ completionWindowMinutes: 60, startWindowMinutes: 30 }),
  ]);
  simulator.control.changeInstance(instanceIds.shop, { backupOutcome: "never-finishes" });
  await create();
  clock.set(slotAt + 58 * 60_000);
  await minutes(30);
  expect(subjects(notices)).toEqual([expect.stringContaining("PAGE backup-overdue")]);
  const [backup] = simulator.control.backups();
  simulator.control.changeBackup(backup?.id ?? "", { now: "complete" });
  await minutes(5);
  expect(await runs()).toMatchObject([{ state: "completed" }]);
});

test("a COMPLETED backup of size zero is not taken for good", async () => {
  const { create, minutes, notices, row, simulator } = await aSite();
  simulator.control.changeInstance(instanceIds.shop, { backupSizeKb: 0 });
  await create();
  await minutes(60);
  expect(subjects(notices)).toEqual([expect.stringContaining("PAGE backup-not-good")]);
  expect(await row("nightly-shop")).not.toHaveProperty("lastGoodAt");
});

test("a wrong password: one login try in all, one page for the account, the runs go on waiting", async () => {
  const both = [aRow(), aRow({ policyId: "nightly-crm", instanceIds: [instanceIds.crm] })];
  const { create, minutes, runs, notices, simulator } = await aSite(both);
  simulator.control.changePassword("svc-backup", "another-one");
  simulator.control.expireTokens();
  const failedLogins = () => simulator.control.logins().find((login) => login.user.endsWith("svc-backup"))?.failed;
  await Promise.all([create(), create()]);
  await minutes(30);
  expect(failedLogins()).toBe(1);
  expect(subjects(notices)).toEqual(["PAGE account-unusable: account demo"]);
  expect(await runs()).toMatchObject([{ state: "waiting" }]);
  simulator.control.changePassword("svc-backup", "not-a-real-password-1");
  await minutes(120);
  expect([...(await runs()), ...(await runs("nightly-crm"))]).toMatchObject([
    { state: "completed" },
    { state: "completed" },
  ]);
});

test("an OTC that fails now in this way and now in that is one page, not one a change", async () => {
  const { site } = await aSite();
  const raised: string[] = [];
  for (const code of ["provider-unreachable", "provider-unavailable", "throttled", "provider-unreachable"] as const) {
    const trouble = failure(code, "the account cannot be used");
    const open = await site.standingAlerts.open();
    const waitingSince = site.clock.now() - 40 * 60_000;
    const alert = await noteAccount(site, { account: "demo", trouble, waitingSince, hasPosted: false, open });
    if (alert !== undefined) raised.push(alert.details[0] ?? "");
  }
  expect(raised).toEqual(["the account cannot be used (provider-unreachable)"]);
});

test("four hundred databases behind one expired password are one page with the list", async () => {
  const ids = Array.from({ length: 400 }, (_, n) => `${(0x6c0e0000 + n).toString(16)}d3b07384d113edec49eaa623in01`);
  const { create, minutes, notices, simulator } = await aSite([aRow({ policyId: "fleet", instanceIds: ids })]);
  simulator.control.changePassword("svc-backup", "another-one");
  simulator.control.expireTokens();
  await create();
  await minutes(5);
  expect(subjects(notices)).toEqual(["PAGE account-unusable: account demo"]);
  expect(ids.filter((id) => !notices[0]?.body.includes(id))).toEqual([]);
  expect(notices[0]?.body).toContain("waiting for it: 400 runs");
});

test("an alert that cannot be delivered stays in the outbox and is sent when delivery works again", async () => {
  const { site, create, poll, minutes, runs, notices, simulator } = await aSite([aRow({ maxAttempts: 1 })]);
  simulator.control.changeInstance(instanceIds.shop, { backupOutcome: "fails-early" });
  await create();
  const deaf = { ...site, notifier: { publish: async () => failed(failure("notify-failed", "the topic is gone")) } };
  const { clock } = site;
  if ("set" in clock && typeof clock.set === "function") clock.set(slotAt + 10 * 60_000);
  await expect(poll(deaf)).rejects.toThrow("the topic is gone");
  expect(await runs()).toMatchObject([{ state: "failed", alerts: [{ kind: "backup-failed" }] }]);
  expect(notices).toEqual([]);
  await minutes(3);
  expect(subjects(notices)).toEqual([expect.stringContaining("PAGE backup-failed")]);
  await minutes(10);
  expect(notices).toHaveLength(1);
});

test("what follows from a refused login that has paged arrives as one ticket with the list; another failure still pages", async () => {
  const rows = [instanceIds.shop, instanceIds.crm, instanceIds.wiki].map((id, i) =>
    aRow({ policyId: `nightly-${i}`, instanceIds: [id], startWindowMinutes: 30 }),
  );
  const { site, create, poll, minutes, notices, clock, simulator } = await aSite(rows);
  simulator.control.changePassword("svc-backup", "another-one");
  simulator.control.expireTokens();
  await create();
  clock.set(slotAt + 29 * 60_000);
  await minutes(3);
  await poll();
  expect(subjects(notices)).toEqual([
    "PAGE account-unusable: account demo",
    "TICKET backup-missed: 3 databases of account demo",
  ]);
  expect(notices[1]?.body).toContain("follows from account-unusable, account demo, paged at 2026-11-24T02:30");
  for (const id of [instanceIds.shop, instanceIds.crm, instanceIds.wiki]) expect(notices[1]?.body).toContain(id);
  expect(await site.standingAlerts.open()).toHaveLength(1);
});
