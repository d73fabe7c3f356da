// When each shard last finished a tick: one record per function and shard.

import type { HeartbeatStore, ShardedFunction } from "../ports-for-accounting.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";

const prefix = "heartbeat#";

export class DynamoDbHeartbeats implements HeartbeatStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  async beat(name: ShardedFunction, shard: number, at: number): Promise<void> {
    await this.#put(name, shard, { at, expression: "attribute_not_exists(pk) OR #at < :at" });
  }

  async expect(name: ShardedFunction, shard: number, at: number): Promise<void> {
    await this.#table.put(itemOf(name, shard, at), { expression: "attribute_not_exists(pk)" });
  }

  async all(): Promise<{ name: string; shard: number; at: number }[]> {
    const values = { ":pk": "site", ":prefix": prefix };
    const items = await this.#table.query({ expression: "pk = :pk AND begins_with(sk, :prefix)", values });
    return items.flatMap((item) => {
      const [name = "", shard = ""] = String(item.sk).slice(prefix.length).split("#");
      const at = Date.parse(String(item.at));
      return Number.isNaN(at) ? [] : [{ name, shard: Number(shard), at }];
    });
  }

  async #put(name: ShardedFunction, shard: number, { at, expression }: { at: number; expression: string }) {
    const item = itemOf(name, shard, at);
    await this.#table.put(item, { expression, names: { "#at": "at" }, values: { ":at": item.at } });
  }
}

function itemOf(name: ShardedFunction, shard: number, at: number) {
  return { pk: "site", sk: `${prefix}${name}#${shard}`, at: new Date(at).toISOString() };
}
