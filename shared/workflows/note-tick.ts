// That a shard has finished a tick, where there are several: in the ledger for the auditor, and as a metric of its own for the
// alarm that watches this shard, since the heartbeats of the others would hide its silence.

import type { MetricName } from "../domain/metric.ts";
import type { Site, Tick } from "../ports.ts";
import type { ShardedFunction } from "../ports-for-accounting.ts";

const heartbeats = {
  "create-backups": "CreateHeartbeat",
  "poll-backups": "PollHeartbeat",
} as const satisfies Record<ShardedFunction, MetricName>;

export async function noteTick(site: Site, name: ShardedFunction, { shard }: Tick): Promise<void> {
  if (shard === undefined || shard.of === 1) return;
  await site.heartbeats.beat(name, shard.index, site.clock.now());
  site.telemetry.emit({ [heartbeats[name]]: 1 }, shard.index);
}
