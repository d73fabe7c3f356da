// Which shards have not been heard of for too long. Others of the same function may be well, so nothing else would tell.

const minuteMs = 60_000;

/** A tick a minute, and one that fails or comes late now and then. */
export const silentAfterMs = 10 * minuteMs;

export interface Heartbeat {
  readonly name: string;
  readonly shard: number;
  readonly at: number;
}

export interface SilentShard {
  readonly name: string;
  readonly shard: number;
  readonly sinceAt: number;
}

/** Shards of before, when there were more of them, are nobody's business. */
export function silentShards(
  beats: readonly Heartbeat[],
  { now, shards }: { now: number; shards: number },
): SilentShard[] {
  return beats
    .filter(({ shard, at }) => shard < shards && now - at > silentAfterMs)
    .map(({ name, shard, at }) => ({ name, shard, sinceAt: at }));
}
