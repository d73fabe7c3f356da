// Holds in the ledger table, one item per run. An unreadable one must not let its backup go: it is an error, not a gap.

import * as z from "zod";
import { FailureError, failure } from "../domain/failure.ts";
import type { Hold } from "../domain/retention/hold.ts";
import { type RunKey, slotText } from "../domain/runs/naming.ts";
import type { HoldStore } from "../ports.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";
import { fromStored, toStored } from "./stored-instants.ts";

const holdSchema = z.lazy(() =>
  z.object({
    policyId: z.string(),
    instanceId: z.string(),
    slotAt: z.number(),
    reason: z.string(),
    setAt: z.number(),
    untilAt: z.number().exactOptional(),
  }),
);

export class DynamoDbHolds implements HoldStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  async ofPolicy(policyId: string): Promise<Hold[]> {
    const items = await this.#table.query({ expression: "pk = :pk", values: { ":pk": `hold#${policyId}` } });
    return items.map((item) => {
      const parsed = holdSchema.safeParse(fromStored(item));
      if (parsed.success) return parsed.data;
      const message = `hold ${String(item.pk)} ${String(item.sk)} cannot be read`;
      throw new FailureError(failure("storage-unavailable", message));
    });
  }

  async put(hold: Hold): Promise<void> {
    const stored = toStored({ ...hold });
    await this.#table.put({ ...(typeof stored === "object" ? stored : {}), ...keyOf(hold), schemaVersion: 1 });
  }

  async remove(run: RunKey): Promise<void> {
    await this.#table.delete(keyOf(run));
  }
}

function keyOf({ policyId, instanceId, slotAt }: RunKey) {
  return { pk: `hold#${policyId}`, sk: `${instanceId}#${slotText(slotAt)}` };
}
