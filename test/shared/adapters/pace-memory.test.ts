// What is learned of an account's pace outlives the process, in the ledger, each function's own; and how functions share it.

import { expect, onTestFinished, test } from "vitest";
import { localTableNames, startEmbeddedTables } from "../../../local/embedded-tables.ts";
import { AccountPaces, type KeptPace, type PaceMemory } from "../../../shared/adapters/account-paces.ts";
import { DynamoDbTable } from "../../../shared/adapters/dynamodb-table.ts";
import { LedgerPace } from "../../../shared/adapters/ledger-pace.ts";
import type { CallClaim } from "../../../shared/domain/runs/poll-claim.ts";
import type { LearnedRate } from "../../../shared/otc/pace.ts";
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
  expect(resumed.snapshot()?.ratePerSecond).toBeCloseTo(pacer.snapshot()?.ratePerSecond ?? 0, 5);
  const kept = await ledger.get({ pk: "account#demo", sk: "pace" });
  await second.keep();
  expect(await ledger.get({ pk: "account#demo", sk: "pace" })).toEqual(kept);
});

/** One account's record for processes on a clock that jumps, which no real reading and writing could follow. */
class PaceRecord {
  readonly #learned = new Map<string, LearnedRate>();
  #claims: readonly CallClaim[] = [];
  #background: KeptPace["background"] = { "prune-backups": [], "audit-backups": [] };
  isReadable = true;

  of(role: string): PaceMemory {
    return {
      read: async () => {
        if (!this.isReadable) throw new Error("the table is away");
        const created = this.#learned.get("create");
        return { learned: this.#learned.get(role), created, claims: this.#claims, background: this.#background };
      },
      keep: async (_account, rate) => void this.#learned.set(role, rate),
      claim: async (_account, claims) => {
        this.#claims = claims;
      },
      claimInBackground: async (_account, name, claims) => {
        this.#background = { ...this.#background, [name]: claims };
      },
    };
  }
}

/** The two functions of an account as processes of their own, on a ceiling of ten calls per second. */
function creatorAndPoller() {
  const clock = new EventClock(at);
  const record = new PaceRecord();
  const processOf = (role: "create" | "poll" | "prune-backups") =>
    new AccountPaces({ ...{ clock, random: () => 0, role, ceilingPerSecond: 10 }, memory: record.of(role) });
  /** Calls that a process makes in a tick of 57 seconds when it wants as many as it can have. */
  const tick = async (paces: AccountPaces, wanted = 1_000) => {
    const stopAt = clock.now() + 57_000;
    const pacer = await paces.of("demo");
    pacer.want(wanted);
    let calls = 0;
    const worker = async () => {
      while (calls < wanted && (await pacer.acquire({ priority: "poll", deadlineAt: stopAt })).granted) calls += 1;
    };
    await clock.runUntil(Promise.all([worker(), worker()]));
    await paces.keep();
    return calls;
  };
  /** Both at work side by side: creating as fast as it may, and so many looks. */
  const during = async (
    seconds: number,
    at: { creator: AccountPaces; poller: AccountPaces | undefined; looks: number },
  ) => {
    const stopAt = clock.now() + seconds * 1000;
    const counts = { looks: 0, requests: 0 };
    const work = async (paces: AccountPaces, made: keyof typeof counts, most: number) => {
      const pace = await paces.of("demo");
      if (made === "looks") await pace.makeRoom(most, stopAt - 3_000);
      const worker = async () => {
        while (counts[made] < most && (await pace.acquire({ priority: "poll", deadlineAt: stopAt })).granted)
          counts[made] += 1;
      };
      await Promise.all([worker(), worker()]);
    };
    const looking = at.poller === undefined || at.looks === 0 ? [] : [work(at.poller, "looks", at.looks)];
    await clock.runUntil(Promise.all([...looking, work(at.creator, "requests", Number.POSITIVE_INFINITY)]));
    await clock.runUntil(clock.sleep(stopAt - clock.now()));
    return counts;
  };
  const nextMinute = () => clock.runUntil(clock.sleep(60_000 - ((clock.now() - at) % 60_000)));
  return {
    tick,
    during,
    record,
    clock,
    nextMinute,
    creator: processOf("create"),
    poller: processOf("poll"),
    another: processOf("poll"),
    pruner: processOf("prune-backups"),
  };
}

test("looks have what they claimed in the next tick, and creating has the rest", async () => {
  const { tick, nextMinute, creator, poller } = creatorAndPoller();
  // Half a call per second needs no claim.
  expect(await tick(poller)).toBeLessThanOrEqual(29);
  await nextMinute();
  const looks = await tick(poller);
  expect(looks).toBeGreaterThan(0.5 * 10 * 57);
  expect(looks).toBeLessThanOrEqual(0.88 * 10 * 57 + 1);
  await nextMinute();
  const requests = await tick(creator);
  expect(requests).toBeLessThanOrEqual((0.95 - 0.88) * 10 * 57 + 2);
});

test("a tick of looking that needs more, or less, is made room for while creating goes on", async () => {
  const { during, creator, poller } = creatorAndPoller();
  expect(await during(30, { creator, poller, looks: 0 })).toEqual({
    looks: 0,
    requests: expect.toSatisfy((n) => n > 230),
  });
  // The first twenty seconds pass before the claim begins.
  const storm = await during(60, { creator, poller, looks: 300 });
  expect(storm.looks).toBeGreaterThan(280);
  expect(storm.looks + storm.requests).toBeLessThanOrEqual(0.95 * 10 * 60 + 2);
  const calm = await during(60, { creator, poller, looks: 30 });
  expect(calm.looks).toBeGreaterThanOrEqual(30);
  expect(calm.requests).toBeGreaterThan(300);
  expect(calm.looks + calm.requests).toBeLessThanOrEqual(0.95 * 10 * 60 + 2);
});

test("claims that cannot be read are taken to be the largest", async () => {
  const { during, record, clock, creator } = creatorAndPoller();
  await during(15, { creator, poller: undefined, looks: 0 });
  void clock.sleep(5_000).then(() => {
    record.isReadable = false;
  });
  const { requests } = await during(60, { creator, poller: undefined, looks: 0 });
  expect(requests).toBeLessThanOrEqual(10 * 9.5 + (0.95 - 0.88) * 10 * 50 + 2);
  expect(requests).toBeGreaterThan(70);
});

test("a process that worked the account before takes back no claim of the one that works it now", async () => {
  const { tick, nextMinute, poller, another } = creatorAndPoller();
  await tick(another, 5);
  await nextMinute();
  await tick(poller);
  // Its tick was for other accounts.
  await another.keep();
  await nextMinute();
  expect(await tick(poller)).toBeGreaterThan(0.5 * 10 * 57);
});

test("as long as nothing is claimed creating has nearly all", async () => {
  const { tick, nextMinute, creator, poller } = creatorAndPoller();
  await tick(poller, 5);
  await tick(creator);
  await nextMinute();
  expect(await tick(creator)).toBeGreaterThan(0.88 * 10 * 57);
});

/** What a tick of prune-backups gets done that has more to do than it can. */
async function pruning({ clock, pruner }: ReturnType<typeof creatorAndPoller>): Promise<number> {
  const stopAt = clock.now() + 57_000;
  const pace = await pruner.of("demo");
  await pace.makeRoom(1_000, stopAt - 6_000);
  let calls = 0;
  const worker = async () => {
    while ((await pace.acquire({ priority: "poll", deadlineAt: stopAt })).granted) calls += 1;
  };
  await clock.runUntil(Promise.all([worker(), worker()]));
  await pruner.keep();
  return calls;
}

test("in the background much is done of a quiet account, and little beside creating, which has all the rest meanwhile", async () => {
  const functions = creatorAndPoller();
  const { during, nextMinute, creator, record } = functions;
  // A few requests an hour ago never found out what the account takes.
  await record.of("create").keep("demo", { ratePerSecond: 2, learnedAt: at - 3_600_000, pressedMs: 0 });
  const quiet = await pruning(functions);
  expect(quiet).toBeGreaterThan(0.27 * 10 * 37);
  expect(quiet).toBeLessThanOrEqual(0.3 * 10 * 37 + 0.025 * 10 * 20 + 2);
  await nextMinute();
  await nextMinute();
  await during(30, { creator, poller: undefined, looks: 0 });
  await creator.keep();
  await nextMinute();
  const both = await Promise.all([pruning(functions), during(57, { creator, poller: undefined, looks: 0 })]);
  expect(both[0]).toBeGreaterThan(0.05 * 10 * 37);
  expect(both[0]).toBeLessThanOrEqual(0.05 * 10 * 37 + 0.025 * 10 * 20 + 2);
  expect(both[1].requests).toBeGreaterThan(0.83 * 10 * 57);
  expect(both[0] + both[1].requests).toBeLessThanOrEqual(0.97 * 10 * 57);
});
