// What the last survey of each account found, one item per account. The content is one JSON text, packed when it is long:
// an item holds 400 KB, an account may hold thousands of databases.

import { deflateRawSync, inflateRawSync } from "node:zlib";
import * as z from "zod";
import type { AccountInventory } from "../domain/coverage/account-inventory.ts";
import type { InventoryStore, WriteOutcome } from "../ports.ts";
import type { DynamoDbTable, Item } from "./dynamodb-table.ts";

const packedFrom = 100_000;
const member = { id: z.string(), name: z.string() };
const members = z.lazy(() => z.array(z.object(member)));
const policyIds = z.array(z.string());
const schema = z.lazy(() =>
  z.object({
    account: z.string(),
    checkedAt: z.number(),
    coverage: z.object({
      databases: z.number(),
      replicas: z.number(),
      covered: z.number(),
      uncovered: z.array(z.object({ ...member, remark: z.string().exactOptional() })),
      young: members,
      optedOut: z.array(z.object({ ...member, reason: z.string() })),
      weakNative: z.array(z.object({ ...member, keepDays: z.number() })),
      shared: z.array(z.object({ ...member, policyIds })),
    }),
    known: z.array(z.object({ ...member, engineVersion: z.string(), policyIds })),
    gone: z.array(z.object({ ...member, goneSinceAt: z.number(), policyIds, recreatedAs: z.string().exactOptional() })),
    unwell: z.array(z.object({ ...member, status: z.string() })),
    stocks: z
      .array(z.object({ policyId: z.string(), databases: z.number(), held: z.number(), heldKb: z.number() }))
      .exactOptional(),
  }),
);

export class DynamoDbInventories implements InventoryStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  /** An item that cannot be read counts as none: the next survey writes it anew. */
  async read(account: string): Promise<AccountInventory | undefined> {
    const item = await this.#table.get(keyOf(account));
    const parsed = schema.safeParse(contentOf(item));
    return parsed.success ? parsed.data : undefined;
  }

  async write(next: AccountInventory, before: AccountInventory | undefined): Promise<WriteOutcome> {
    const text = JSON.stringify(next);
    const content = text.length < packedFrom ? { content: text } : { packed: deflateRawSync(text) };
    const item = { ...keyOf(next.account), checkedAt: iso(next.checkedAt), ...content };
    if (before === undefined) return this.#table.put(item);
    return this.#table.put(item, {
      expression: "checkedAt = :before",
      values: { ":before": iso(before.checkedAt) },
    });
  }
}

function keyOf(account: string) {
  return { pk: `account#${account}`, sk: "inventory" };
}

const iso = (at: number) => new Date(at).toISOString();

function contentOf(item: Item | undefined): unknown {
  try {
    if (item?.packed instanceof Uint8Array) return JSON.parse(inflateRawSync(item.packed).toString());
    return typeof item?.content === "string" ? JSON.parse(item.content) : undefined;
  } catch {
    // Not written by us, or cut off.
    return undefined;
  }
}
