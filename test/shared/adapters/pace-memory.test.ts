// What is learned of an account's pace outlives the process, in the ledger, each function's own; and the functions' shares.

import { expect, onTestFinished, test } from "vitest";
import { localTableNames, startEmbeddedTables } from "../../../local/embedded-tables.ts";
import { AccountPaces } from "../../../shared/adapters/account-paces.ts";
import { DynamoDbTable } from "../../../shared/adapters/dynamodb-table.ts";
import { LedgerPace } from "../../../shared/adapters/ledger-pace.ts";
import { callShareOf, callShares } from "../../../shared/call-shares.ts";
import { EventClock } from "../../support/event-clock.ts";

const at = Date.UTC(2026, 10, 24, 2, 30);

async function aLedger(): Promise<DynamoDbTable> {
  const tables = await startEmbeddedTables(undefined);
  onTestFinished(() => tables.close());
  return new DynamoDbTable(tables.client, localTableNames.ledger);
}

test("the latest knowledge stays, each function has its own, and a late writer changes nothing", async () => {
  const ledger = await aLedger();
  const creator = new LedgerPace(ledger, "create-backups");
  const poller = new LedgerPace(ledger, "poll-backups");
  expect((await creator.read("demo")).learned).toBeUndefined();
  const learned = { ratePerSecond: 4.5, learnedAt: at, pressedMs: 100 };
  await creator.keep("demo", learned);
  await poller.keep("demo", { ratePerSecond: 1, learnedAt: at - 60_000, pressedMs: 0 });
  await creator.keep("demo", { ratePerSecond: 9, learnedAt: at - 1, pressedMs: 0 });
  expect((await creator.read("demo")).learned).toEqual(learned);
  expect((await poller.read("demo")).learned).toMatchObject({ ratePerSecond: 1 });
  expect((await creator.read("other")).learned).toBeUndefined();
  expect(await ledger.get({ pk: "account#demo", sk: "pace" })).toMatchObject({
    "create-backups": { learnedAt: "2026-11-24T02:30:00.000Z" },
  });
});

test("the next process begins with what the last one found, and an idle tick writes nothing", async () => {
  const ledger = await aLedger();
  const clock = new EventClock(at);
  const process = () =>
    new AccountPaces({
      ...{ clock, random: () => 0, role: "whole", ceilingPerSecond: 10 },
      memory: new LedgerPace(ledger, "site"),
    });
  const first = process();
  const pacer = await first.of("demo");
  await clock.runUntil(Promise.all(Array.from({ length: 40 }, () => pacer.acquire({ priority: "create" }))));
  pacer.report({ kind: "throttled", sentAt: clock.now() });
  await first.keep();
  const second = process();
  const resumed = await second.of("demo");
  expect(resumed).toBe(await second.of("demo"));
  expect(resumed.snapshot()?.ratePerSecond).toBeCloseTo(pacer.snapshot()?.ratePerSecond ?? 0, 5);
  const kept = await ledger.get({ pk: "account#demo", sk: "pace" });
  await second.keep();
  expect(await ledger.get({ pk: "account#demo", sk: "pace" })).toEqual(kept);
});

/** The two functions of an account as processes of their own, on a ceiling of ten calls per second. */
async function creatorAndPoller() {
  const ledger = await aLedger();
  const clock = new EventClock(at);
  const processOf = (role: "create" | "poll") =>
    new AccountPaces({
      ...{ clock, random: () => 0, role, ceilingPerSecond: 10 },
      memory: new LedgerPace(ledger, `${role}-backups`),
    });
  /** Calls that a process makes in a tick of 57 seconds when it wants as many as it can have. */
  const tick = async (paces: AccountPaces, wanted = 1_000) => {
    const stopAt = clock.now() + 57_000;
    const pacer = await paces.of("demo", stopAt);
    pacer.want(wanted);
    let calls = 0;
    const worker = async () => {
      while (calls < wanted && (await pacer.acquire({ priority: "poll", deadlineAt: stopAt })).granted) calls += 1;
    };
    await clock.runUntil(Promise.all([worker(), worker()]));
    await paces.keep();
    return calls;
  };
  const nextMinute = () => clock.runUntil(clock.sleep(60_000 - ((clock.now() - at) % 60_000)));
  return { tick, nextMinute, creator: processOf("create"), poller: processOf("poll"), another: processOf("poll") };
}

test("looks have what they claimed when the next tick but one has begun, and creating has the rest", async () => {
  const { tick, nextMinute, creator, poller } = await creatorAndPoller();
  // Half a call per second needs no claim.
  expect(await tick(poller)).toBeLessThanOrEqual(29);
  await nextMinute();
  await nextMinute();
  const looks = await tick(poller);
  expect(looks).toBeGreaterThan(0.7 * 10 * 57);
  expect(looks).toBeLessThanOrEqual(0.75 * 10 * 57 + 1);
  await nextMinute();
  await tick(creator);
  await nextMinute();
  const requests = await tick(creator);
  expect(requests).toBeLessThanOrEqual(0.15 * 10 * 57 + 1);
});

test("a process that worked the account before takes back no claim of the one that works it now", async () => {
  const { tick, nextMinute, poller, another } = await creatorAndPoller();
  await tick(another, 5);
  await nextMinute();
  await tick(poller);
  // Its tick was for other accounts.
  await another.keep();
  await nextMinute();
  await nextMinute();
  expect(await tick(poller)).toBeGreaterThan(0.7 * 10 * 57);
});

test("as long as nothing is claimed creating has nearly all", async () => {
  const { tick, nextMinute, creator, poller } = await creatorAndPoller();
  await tick(poller, 5);
  await tick(creator);
  await nextMinute();
  expect(await tick(creator)).toBeGreaterThan(0.82 * 10 * 57);
});

test("the shares of all functions fill the ceiling and no more", () => {
  expect(Object.values(callShares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(callShareOf("poll-backups")).toBeGreaterThanOrEqual(0.2);
  expect(callShareOf("somebody else")).toBe(0.05);
});
