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
  expect(await creator.read("demo")).toBeUndefined();
  const learned = { ratePerSecond: 4.5, learnedAt: at, pressedMs: 100 };
  await creator.keep("demo", learned);
  await poller.keep("demo", { ratePerSecond: 1, learnedAt: at - 60_000, pressedMs: 0 });
  await creator.keep("demo", { ratePerSecond: 9, learnedAt: at - 1, pressedMs: 0 });
  expect(await creator.read("demo")).toEqual(learned);
  expect(await poller.read("demo")).toMatchObject({ ratePerSecond: 1 });
  expect(await creator.read("other")).toBeUndefined();
  expect(await ledger.get({ pk: "account#demo", sk: "pace" })).toMatchObject({
    "create-backups": { learnedAt: "2026-11-24T02:30:00.000Z" },
  });
});

test("the next process begins with what the last one found, and an idle tick writes nothing", async () => {
  const ledger = await aLedger();
  const clock = new EventClock(at);
  const process = () =>
    new AccountPaces({ clock, random: () => 0, memory: new LedgerPace(ledger, "site"), ceilingPerSecond: 10 });
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

test("the shares of all functions fill the ceiling and no more", () => {
  expect(Object.values(callShares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(callShareOf("poll-backups")).toBeGreaterThanOrEqual(0.2);
  expect(callShareOf("somebody else")).toBe(0.05);
});
