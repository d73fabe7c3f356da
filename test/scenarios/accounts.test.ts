// Many accounts: every dawn the report is the truth. That the trouble of one neither delays nor hides another: test/fleet.

import { expect, test } from "vitest";
import type { TrueInstance } from "../../local/simulator/control-instances.ts";
import { readStatus } from "../../shared/status/read-status.ts";
import {
  type AccountName,
  accounts,
  aDatabase,
  databaseId,
  firstSlotAt,
  projectOf,
  type ThreeAccounts,
  threeAccounts,
} from "../support/three-accounts.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Numbers that look random and are the same every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** By day something happens to one database of each account. */
function changeSomething(
  test: ThreeAccounts,
  account: AccountName,
  at: { night: number; roll: (n: number) => number },
) {
  const { control } = test.simulator;
  const here = control.instances().filter((one) => one.projectId === projectOf(account) && one.removedAt === null);
  const one = here[at.roll(here.length)];
  const fresh = 100 + at.night;
  const optOut = { key: "otc-backup-optout", value: "somebody said so" };
  const events: (() => unknown)[] = [
    () => control.addInstance(aDatabase(account, fresh)),
    () => control.addInstance(aDatabase(account, fresh, { tags: [] })),
    () => control.addInstance(aDatabase(account, fresh, { tags: [optOut] })),
    () => one && control.changeInstance(one.id, { tags: [] }),
    () => one && control.changeInstance(one.id, { name: `renamed-${at.night}` }),
    () => one && control.removeInstance(one.id),
    () => one && control.changeInstance(one.id, { status: "SHUTDOWN" }),
    () => one && control.changeInstance(one.id, { status: "ACTIVE" }),
    () => one && control.changeInstance(one.id, { backupOutcome: "fails-early" }),
  ];
  // In three days each of them happens to some account.
  events[(at.night * accounts.length + accounts.indexOf(account)) % events.length]?.();
}

const isMeant = ({ tags }: TrueInstance) => tags.some(({ key, value }) => key === "backup" && value === "nightly");
const isOptedOut = ({ tags }: TrueInstance) => tags.some(({ key }) => key === "otc-backup-optout");

/** From what OTC really has: which databases are covered, open, opted out, gone, and without a backup of last night. */
function truthAt({ simulator }: ThreeAccounts, account: AccountName, at: { slotAt: number; everMeant: Set<string> }) {
  const all = simulator.control.instances().filter((one) => one.projectId === projectOf(account));
  const here = all.filter((one) => one.removedAt === null);
  const saved = new Set(
    simulator.control
      .backups()
      .filter((backup) => backup.status === "COMPLETED" && backup.beginAt >= at.slotAt)
      .map((backup) => backup.instanceId),
  );
  const ids = (list: readonly TrueInstance[]) => list.map((one) => one.id).toSorted();
  return {
    covered: here.filter(isMeant).length,
    uncovered: ids(here.filter((one) => !isMeant(one) && !isOptedOut(one))),
    optedOut: ids(here.filter((one) => !isMeant(one) && isOptedOut(one))),
    gone: ids(all.filter((one) => one.removedAt !== null && at.everMeant.has(one.id))),
    atRisk: ids(here.filter((one) => isMeant(one) && !saved.has(one.id))),
  };
}

async function reportAt({ site, clock }: ThreeAccounts, account: AccountName) {
  const inventory = await site.inventories.read(account);
  const status = await readStatus(site, { now: clock.now() });
  const ids = (list: readonly { id: string }[] = []) => list.map((one) => one.id).toSorted();
  return {
    covered: inventory?.coverage.covered,
    uncovered: ids(inventory?.coverage.uncovered),
    optedOut: ids(inventory?.coverage.optedOut),
    gone: ids(inventory?.gone),
    atRisk: status.databases
      .filter((database) => database.policyId === account && database.atRisk)
      .map((database) => database.instanceId ?? "")
      .toSorted(),
  };
}

test("tags, names and lives change by day: at every dawn the report of what is covered, at risk and gone is the truth", async () => {
  const fleet = await threeAccounts(6);
  const everMeant = new Set(accounts.flatMap((name) => [0, 1, 2, 3, 4, 5].map((n) => databaseId(name, n))));
  const roll = dice(7);
  for (let night = 0; night < 5; night += 1) {
    const slotAt = firstSlotAt + night * dayMs;
    fleet.clock.set(slotAt - minuteMs);
    await fleet.minutes(25);
    for (const one of fleet.simulator.control.instances()) if (isMeant(one)) everMeant.add(one.id);
    fleet.clock.set(slotAt + 4 * hourMs);
    await fleet.audit();
    for (const account of accounts) {
      expect([night, account, await reportAt(fleet, account)]).toEqual([
        night,
        account,
        truthAt(fleet, account, { slotAt, everMeant }),
      ]);
    }
    fleet.clock.set(slotAt + 9 * hourMs);
    for (const account of accounts) changeSomething(fleet, account, { night, roll });
  }
}, 120_000);
