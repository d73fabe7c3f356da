// prune-backups killed after each of its effects, delivered twice, and answered strangely: in the end exactly what had to go
// is gone, and nothing else was touched.

import { describe, expect, test } from "vitest";
import { dyingAfter } from "../support/dying-site.ts";
import { plantNights } from "../support/planted-nights.ts";
import { aRow, aSite, liveBackups, type TestSite } from "../support/test-site.ts";

const hourMs = 3_600_000;

/** Four good nights, of which the older two have to go. */
async function aSiteWithFourNights(): Promise<TestSite> {
  const on = await aSite([aRow({ retention: { keepLast: 2, minimum: 1 }, maxAgeHours: 240 })]);
  await plantNights(on, 4, { lastDay: "2026-11-24" });
  on.clock.set(Date.parse("2026-11-24T09:00Z"));
  return on;
}

/** Days of November whose backups OTC still has. */
const held = ({ simulator }: TestSite) =>
  liveBackups(simulator)
    .filter((backup) => backup.status === "COMPLETED")
    .map((backup) => /-202611(\d\d)T/.exec(backup.name)?.[1])
    .sort();

async function expectTheEnd(on: TestSite): Promise<void> {
  expect(held(on)).toEqual(["23", "24"]);
  const stages = (await on.runs()).map((run) => run.retention?.stage ?? "kept");
  expect(stages).toEqual(["deleted", "deleted", "kept", "kept"]);
  const deletions = on.simulator.control.callLog().filter((call) => call.operation === "delete-backup");
  expect(deletions.length).toBeLessThanOrEqual(3);
}

async function hourly(on: TestSite, ticks: number): Promise<void> {
  for (let i = 0; i < ticks; i += 1) {
    on.clock.set(on.clock.now() + hourMs);
    await on.prune();
  }
}

/** Marks, waits, deletes and confirms on a site that may die, then goes on with a healthy one. */
async function lifeAndDeath(on: TestSite, lastEffect: number): Promise<number> {
  const dying = dyingAfter(on.site, lastEffect);
  for (const hours of [0, 72, 1]) {
    on.clock.set(on.clock.now() + hours * hourMs);
    await on.prune(dying.site).catch(() => undefined);
  }
  await hourly(on, 3);
  on.clock.set(on.clock.now() + 72 * hourMs);
  await on.prune();
  await hourly(on, 3);
  return dying.effects();
}

test("a life without death makes the effects that the next tests die after", async () => {
  const on = await aSiteWithFourNights();
  expect(await lifeAndDeath(on, 1000)).toBe(13);
  await expectTheEnd(on);
});

test.each(Array.from({ length: 12 }, (_, i) => i + 1))("killed after effect %i of 13", async (lastEffect) => {
  const on = await aSiteWithFourNights();
  expect(await lifeAndDeath(on, lastEffect)).toBe(lastEffect);
  await expectTheEnd(on);
});

describe("twice and at once", () => {
  test("ticks that run at the same time delete each backup once and count each deletion", async () => {
    const on = await aSiteWithFourNights();
    await Promise.all([on.prune(), on.prune(), on.prune()]);
    on.clock.set(on.clock.now() + 72 * hourMs);
    await Promise.all([on.prune(), on.prune(), on.prune()]);
    const deleted = on.simulator.control.callLog().filter((call) => call.operation === "delete-backup");
    expect(deleted).toHaveLength(2);
    await hourly(on, 2);
    await expectTheEnd(on);
  });
});

describe("answers", () => {
  test.each([
    ["is lost after the effect", { kind: "drop-after" }],
    ["is lost before the effect", { kind: "drop-before" }],
    ["is a gateway's page", { kind: "html" }],
    ["is an error of the server", { kind: "status", status: 500 }],
    ["says that another operation runs", { kind: "status", status: 409 }],
  ] as const)(
    "the answer to the first DELETE %s: gone in the end, told truly, nothing else touched",
    async (_what, action) => {
      const on = await aSiteWithFourNights();
      await on.prune();
      on.simulator.control.addFault({ operation: "delete-backup", action, times: 1 });
      on.clock.set(on.clock.now() + 72 * hourMs);
      await on.prune();
      on.simulator.control.clearFaults();
      await hourly(on, 4);
      await expectTheEnd(on);
    },
  );

  test("a DELETE that is not permitted is told, tried again with a later secret, and leaves the mark as it was", async () => {
    const on = await aSiteWithFourNights();
    await on.prune();
    const { provider } = on.site;
    const asBackupUser = { account: (name: string) => provider.account(name), keepPace: () => provider.keepPace() };
    on.clock.set(on.clock.now() + 72 * hourMs);
    for (let i = 0; i < 3; i += 1) await on.prune({ ...on.site, provider: asBackupUser });
    const [oldest] = await on.runs();
    expect(oldest?.retention?.stage).toBe("marked");
    expect(oldest?.events.filter((event) => event.reason === "deletion-refused")).toMatchObject([{ times: 3 }]);
    expect(on.notices).toMatchObject([{ level: "page", body: expect.stringContaining("permission-denied") }]);
    await hourly(on, 2);
    expect(held(on)).toEqual(["23", "24"]);
    expect(await on.site.standingAlerts.open()).toEqual([]);
  });
});
