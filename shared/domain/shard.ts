// Several schedules of the same function that share the accounts between them: which shard an account belongs to. A function of
// the account's name and the number of shards alone, so that every tick everywhere gives the same answer.

import { createHash } from "node:crypto";

/** One of `of` shares of the accounts, counted from 0. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** All accounts: a site with one schedule per function. */
export const wholeSite: Shard = { index: 0, of: 1 };

/**
 * Accounts lie in so many partitions whatever the number of shards, and a shard has whole partitions. So what is stored by
 * partition stays valid when the number of shards changes. There can be no more shards than partitions.
 */
export const partitionCount = 20;

const known = new Map<string, number>();

export function partitionOf(account: string): number {
  const before = known.get(account);
  if (before !== undefined) return before;
  const partition = createHash("sha256").update(account).digest().readUInt32BE(0) % partitionCount;
  // The same few names at every tick; rows with ever new ones must not fill the memory.
  if (known.size >= 10_000) known.clear();
  known.set(account, partition);
  return partition;
}

/** Whether the account is this shard's. Of all shards of a site it is exactly one's. */
export function isMine(account: string, { index, of }: Shard): boolean {
  return partitionOf(account) % of === index;
}

export function partitionsOf({ index, of }: Shard): number[] {
  return Array.from({ length: partitionCount }, (_, partition) => partition).filter((one) => one % of === index);
}
