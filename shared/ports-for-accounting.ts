// What create-backups and poll-backups say of themselves: how far slots are accounted for, and that each shard is alive.

import type { Shard } from "./domain/shard.ts";

/** How far each account is accounted for: with several shards one may be behind the others. */
export interface Accounted {
  of(account: string): number | undefined;
  /** The earliest of a shard's accounts, or of all; nothing when a part of them has never been. */
  through(shard: Shard): number | undefined;
  /** The records as they were read, by the sort key. */
  readonly stored: ReadonlyMap<string, number>;
}

export interface Advance {
  readonly shard?: Shard;
  /** What the tick began with: where less stands now the ledger was put back meanwhile, and nothing moves on. */
  readonly since?: Accounted;
}

export interface AccountingStore {
  accounted(): Promise<Accounted>;
  /** The earliest of all accounts. */
  accountedThrough(): Promise<number | undefined>;
  /** Moves forward only, for the accounts of the shard. */
  advance(toAt: number, how?: Advance): Promise<void>;
}

/** The functions that shards run. */
export type ShardedFunction = "create-backups" | "poll-backups";

/** When each shard last finished a tick. Only sites with several shards keep it: with one the function's own heartbeat says the same. */
export interface HeartbeatStore {
  beat(name: ShardedFunction, shard: number, at: number): Promise<void>;
  /** Counts as a beat unless there has been one: a shard that is new has as long as any other. */
  expect(name: ShardedFunction, shard: number, at: number): Promise<void>;
  all(): Promise<{ readonly name: string; readonly shard: number; readonly at: number }[]>;
}
