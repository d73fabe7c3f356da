// An account that comes near its limit of manual backups is told of once, while there is time; the morning digest has the figures.
// And when OTC refuses with 413, people hear of it, and nothing is deleted to make room.

import { expect, test } from "vitest";
import { aSite, liveBackups, slotAt } from "../support/test-site.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

test("19 days before the limit a ticket, once; the digest says where the account stands; a higher limit ends it", async () => {
  const test = await aSite();
  const limited = (manualBackupLimit: number) => ({
    ...test.site,
    settings: { ...test.site.settings, manualBackupLimit },
  });
  await test.create();
  await test.minutes(40);
  await test.audit(limited(20));
  expect(test.notices.map(({ subject }) => subject)).toEqual(["TICKET backup-limit-near: account demo"]);
  expect(test.notices[0]?.body).toContain(
    "1 manual backups now, 1 more a day: the limit of 20 is reached about 2026-12-13",
  );
  test.clock.set(slotAt + 5 * hourMs);
  await test.audit(limited(20));
  expect(test.notices.at(-1)?.body).toMatch(
    /manual backups of account demo: 1 \(\d+ GB\), in 30 days 31,.* THE LIMIT OF 20 is reached/,
  );
  const told = test.notices.length;
  test.clock.set(slotAt + dayMs);
  await test.create();
  await test.minutes(40);
  await test.audit(limited(20));
  expect(test.notices.slice(told).map(({ subject }) => subject)).not.toContain(
    "TICKET backup-limit-near: account demo",
  );
  test.clock.set(slotAt + 2 * dayMs);
  await test.create();
  await test.minutes(40);
  await test.audit(limited(4000));
  expect((await test.site.standingAlerts.open()).map(({ kind }) => kind)).not.toContain("backup-limit-near");
});

test("413 pages, its run is tried until the window ends, and not a backup is deleted", async () => {
  const test = await aSite();
  await test.create();
  await test.minutes(40);
  const before = liveBackups(test.simulator).map(({ name }) => name);
  test.simulator.control.setKnobs({ manualBackupQuota: 1 });
  test.clock.set(slotAt + dayMs);
  await test.create();
  for (let i = 0; i < 5; i += 1) {
    test.clock.set(slotAt + dayMs + (i + 1) * hourMs);
    await test.create();
    await test.poll();
    await test.prune();
  }
  const subjects = test.notices.map(({ subject }) => subject);
  expect(subjects.filter((one) => one.startsWith("PAGE")).length).toBeGreaterThan(0);
  expect(test.notices.map(({ body }) => body).join("\n")).toContain("quota-reached");
  expect((await test.runs()).map(({ state }) => state)).toEqual(["completed", "missed"]);
  expect(liveBackups(test.simulator).map(({ name }) => name)).toEqual(before);
  expect(JSON.stringify(test.simulator.control.calls())).not.toContain("delete-backup");
});
