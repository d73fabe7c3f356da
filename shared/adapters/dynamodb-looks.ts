// When an account's instances were last listed for the sake of its building runs: one small record per account, so that a
// look that changed nothing costs no write per run.

import * as z from "zod";
import type { InstanceLook } from "../domain/runs/plan-looks.ts";
import type { LookStore, WriteOutcome } from "../ports.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";
import { fromStored } from "./stored-instants.ts";

const schema = z.lazy(() =>
  z.object({
    lookedAt: z.number(),
    instances: z.number(),
    tookMs: z.number().default(0),
    owed: z.array(z.string()).exactOptional(),
  }),
);

export class DynamoDbLooks implements LookStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  async last(account: string): Promise<InstanceLook | undefined> {
    const parsed = schema.safeParse(fromStored(await this.#table.get(keyOf(account))));
    return parsed.success ? parsed.data : undefined;
  }

  /** Forward only: the later of two looks counts. */
  async note(account: string, { lookedAt, instances, tookMs, owed }: InstanceLook): Promise<WriteOutcome> {
    const at = new Date(lookedAt).toISOString();
    return this.#table.put(
      { ...keyOf(account), lookedAt: at, instances, tookMs, ...(owed === undefined ? {} : { owed }) },
      { expression: "attribute_not_exists(pk) OR lookedAt < :at", values: { ":at": at } },
    );
  }
}

function keyOf(account: string) {
  return { pk: `account#${account}`, sk: "look" };
}
