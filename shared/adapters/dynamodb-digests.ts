// The record of the morning digest: one item of the ledger, each write over exactly the version before it.

import * as z from "zod";
import type { DigestRecord } from "../domain/messages/decide-digest.ts";
import type { DigestStore, WriteOutcome } from "../ports.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";
import { fromStored, toStored } from "./stored-instants.ts";

const key = { pk: "site", sk: "digest" };

const recordSchema = z.lazy(() =>
  z.object({
    version: z.number(),
    throughAt: z.number(),
    sentAt: z.number(),
    claimUntilAt: z.number().exactOptional(),
  }),
);

export class DynamoDbDigests implements DigestStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  async last(): Promise<DigestRecord | undefined> {
    const parsed = recordSchema.safeParse(fromStored(await this.#table.get(key)));
    return parsed.success ? parsed.data : undefined;
  }

  replace(previous: DigestRecord | undefined, next: DigestRecord): Promise<WriteOutcome> {
    const stored = toStored(next);
    const item = { ...(typeof stored === "object" ? stored : {}), ...key };
    // An unreadable record counts as none and is replaced: it must not stop the digest for ever.
    if (previous === undefined) return this.#table.put(item);
    return this.#table.put(item, {
      expression: "#version = :version",
      names: { "#version": "version" },
      values: { ":version": previous.version },
    });
  }
}
