// Which accounts a shard has, what it reads when too much is due, and which shard has fallen silent.

import fc from "fast-check";
import { expect, test } from "vitest";
import { silentShards } from "../../../shared/domain/audit/silent-shards.ts";
import { type DueKey, fairChoice } from "../../../shared/domain/runs/fair-choice.ts";
import { isMine, partitionCount, partitionOf, partitionsOf, wholeSite } from "../../../shared/domain/shard.ts";

const shardsOf = (of: number) => Array.from({ length: of }, (_, index) => ({ index, of }));

test("every account belongs to exactly one shard, whatever their number", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: partitionCount }), (account, of) => {
      expect(shardsOf(of).filter((shard) => isMine(account, shard))).toHaveLength(1);
    }),
  );
});

test("the partition of an account never changes: what the ledger holds is sorted by it", () => {
  const names = ["germany", "holland", "swiss", "alpha", "beta", "demo"];
  expect(names.map(partitionOf)).toEqual([6, 10, 10, 17, 3, 12]);
});

test.each([1, 2, 3, 10, 20])("%d shards have all partitions between them", (of) => {
  expect(
    shardsOf(of)
      .flatMap(partitionsOf)
      .toSorted((a, b) => a - b),
  ).toEqual(partitionsOf(wholeSite));
});

test("a stale schedule that names a shard too many has no account", () => {
  expect(partitionsOf({ index: 7, of: 4 })).toEqual([]);
  expect(isMine("germany", { index: 7, of: 4 })).toBe(false);
});

const due = (account: string, count: number): DueKey[] =>
  Array.from({ length: count }, (_, n) => ({ key: `${account}-${n}`, account, urgency: String(20_000 - n) }));
const keysOf = (chosen: readonly DueKey[]) => chosen.map(({ key }) => key).toSorted();

test("one account's storm leaves the places of the others alone", () => {
  const chosen = fairChoice([...due("storm", 500), ...due("quiet", 3), ...due("calm", 2)], { limit: 20 });
  expect(chosen).toHaveLength(20);
  expect(chosen.filter(({ account }) => account !== "storm")).toHaveLength(5);
});

test("of one account the most urgent are read, and no more than it can use", () => {
  const chosen = fairChoice([...due("storm", 50), ...due("quiet", 2)], { limit: 100, perAccount: 3 });
  expect(keysOf(chosen)).toEqual(["quiet-0", "quiet-1", "storm-47", "storm-48", "storm-49"]);
});

test("what the index does not know the account of is not held to one account's bound", () => {
  expect(fairChoice(due("", 50), { limit: 100, perAccount: 3 })).toHaveLength(50);
});

test("a shard is silent after ten minutes; shards of before are nobody's business", () => {
  const at = Date.UTC(2026, 10, 24, 2, 30);
  const beats = [
    { name: "create-backups", shard: 0, at: at - 600_001 },
    { name: "create-backups", shard: 1, at: at - 600_000 },
    { name: "poll-backups", shard: 3, at: at - 86_400_000 },
  ];
  expect(silentShards(beats, { now: at, shards: 3 })).toEqual([
    { name: "create-backups", shard: 0, sinceAt: at - 600_001 },
  ]);
});
