// OTC's own automated backups behind a failed one of ours: told in the alert, and where the policy says so, a page less.

import { expect, test } from "vitest";
import { noteSecondLine } from "../../shared/domain/runs/run-machine.ts";
import { secondLineOf } from "../../shared/domain/runs/second-line.ts";
import { aRow, aSite, instanceIds, slotAt } from "../support/test-site.ts";

const hourMs = 3_600_000;
const begunAt = slotAt - 7 * hourMs;

/** A site whose only database fails tonight, and had an automated backup some hours ago. */
async function aFailingNight(changes: Record<string, unknown>, automated: Record<string, unknown> | undefined) {
  const site = await aSite([aRow({ maxAttempts: 1, ...changes })]);
  const { control } = site.simulator;
  control.changeInstance(instanceIds.shop, { backupOutcome: "fails-early" });
  const seed = { instanceId: instanceIds.shop, name: "mysql-rds-2026", type: "auto", beginAt: begunAt, endAt: begunAt };
  if (automated !== undefined) control.addBackup({ ...seed, ...automated } as never);
  await site.create();
  await site.minutes(4);
  return site;
}

test("an alert says which automated backup is there, and is the page it was", async () => {
  const { notices, runs } = await aFailingNight({}, {});
  expect(notices.map((notice) => notice.subject)).toEqual([`PAGE backup-failed: nightly-shop ${instanceIds.shop}`]);
  expect(notices[0]?.body).toContain("second line: OTC's automated backup from 2026-11-23T19:30Z exists, 7 h old");
  expect(await runs()).toMatchObject([{ state: "failed", secondLine: { beganAt: begunAt } }]);
});

test("a policy that accepts automated backups makes a ticket of it", async () => {
  const { notices } = await aFailingNight({ acceptAutomated: true }, {});
  expect(notices.map((notice) => notice.subject)).toEqual([`TICKET backup-failed: nightly-shop ${instanceIds.shop}`]);
});

test("without an automated backup, or with one that is too old, it stays a page", async () => {
  const none = await aFailingNight({ acceptAutomated: true }, undefined);
  expect(none.notices.map((notice) => notice.level)).toEqual(["page"]);
  expect(none.notices[0]?.body).toContain("second line: OTC has no automated backup of this database");
  const old = await aFailingNight({ acceptAutomated: true, maxAgeHours: 6 }, {});
  expect(old.notices.map((notice) => notice.level)).toEqual(["page"]);
});

test("when OTC cannot be asked, the alert leaves as it is", async () => {
  const site = await aSite([aRow({ maxAttempts: 1, acceptAutomated: true })]);
  site.simulator.control.changeInstance(instanceIds.shop, { backupOutcome: "fails-early" });
  await site.create();
  const { account } = site.site.provider;
  const deaf = {
    keepPace: () => site.site.provider.keepPace(),
    account: async (...args: Parameters<typeof account>) => {
      const found = await account.apply(site.site.provider, args);
      if (!found.ok) return found;
      const { listBackups } = found.value;
      const listing: typeof listBackups = (id, query) =>
        query?.type === "auto" ? Promise.reject(new Error("cut")) : listBackups(id, query);
      return { ok: true as const, value: { ...found.value, listBackups: listing } };
    },
  };
  site.clock.set(slotAt + 3 * 60_000);
  await site.poll({ ...site.site, provider: deaf });
  expect(site.notices.map((notice) => notice.level)).toEqual(["page"]);
});

test("only completed automated backups count, and the newest of them", () => {
  const backup = (beganAt: number, type: string, status: "COMPLETED" | "FAILED" | "BUILDING") => ({
    ...{ id: `${type}${beganAt}`, name: "x", instanceId: "i", type, status, beganAt },
  });
  const list = [
    backup(1, "auto", "COMPLETED"),
    backup(2, "auto", "COMPLETED"),
    backup(3, "auto", "FAILED"),
    backup(4, "incremental", "COMPLETED"),
    backup(5, "manual", "COMPLETED"),
    backup(6, "auto", "BUILDING"),
  ];
  expect(secondLineOf(list, 10)).toEqual({ checkedAt: 10, beganAt: 2 });
  expect(secondLineOf([], 10)).toEqual({ checkedAt: 10 });
});

test("what has been sent is not changed afterwards", async () => {
  const { runs } = await aFailingNight({ acceptAutomated: true }, undefined);
  const [run] = await runs();
  if (run === undefined) throw new Error("there is a run");
  expect(noteSecondLine(run, { checkedAt: slotAt, beganAt: slotAt }).alerts).toEqual(run.alerts);
});
