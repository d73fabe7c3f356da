// The auditor's checkpoint: one item of the ledger, written over exactly the one it was made from.

import * as z from "zod";
import type { AuditCheckpoint, AuditStore, WriteOutcome } from "../ports.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";
import { fromStored, toStored } from "./stored-instants.ts";

const key = { pk: "site", sk: "audit" };

const findings = () => ({
  orphans: z.array(z.string()),
  phantoms: z.number(),
  oddSizes: z.array(z.string()),
});
const noteSchema = z.lazy(() => z.object({ policyId: z.string(), account: z.string(), ...findings() }));
const restSchema = z.lazy(() =>
  z.object({
    from: z.string(),
    readFromAt: z.number(),
    held: z.number(),
    heldKb: z.number(),
    hasDoubts: z.boolean(),
    unlisted: z.array(z.string()),
    found: z.object(findings()),
  }),
);
// Checkpoints of older code name the policy alone, or have no rest.
const secondLookSchema = z.lazy(() =>
  z.object({
    policyId: z.string(),
    instanceIds: z.array(z.string()).exactOptional(),
    onceListed: z.string().exactOptional(),
    rest: restSchema.exactOptional(),
  }),
);
const reconciliationSchema = z.lazy(() =>
  z.object({
    beganAt: z.number(),
    afterPolicyId: z.string().exactOptional(),
    doneAt: z.number(),
    again: z.array(z.union([secondLookSchema, z.string().transform((policyId) => ({ policyId }))])),
    notes: z.array(noteSchema),
  }),
);

const checkpointSchema = z.lazy(() =>
  z.object({
    at: z.number(),
    policies: z.object({ policies: z.number(), fewerSinceAt: z.number().exactOptional() }),
    surveyOwed: z.boolean().exactOptional(),
    reconciliation: reconciliationSchema.exactOptional(),
  }),
);

export class DynamoDbAudits implements AuditStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  async last(): Promise<AuditCheckpoint | undefined> {
    const parsed = checkpointSchema.safeParse(fromStored(await this.#table.get(key)));
    return parsed.success ? parsed.data : undefined;
  }

  keep(next: AuditCheckpoint, previous: AuditCheckpoint | undefined): Promise<WriteOutcome> {
    const stored = toStored(next);
    const item = { ...(typeof stored === "object" ? stored : {}), ...key };
    // Without a readable one before it, whatever stands there is replaced: an unreadable checkpoint must not stop audits.
    if (previous === undefined) return this.#table.put(item);
    return this.#table.put(item, {
      expression: "attribute_not_exists(pk) OR #at = :before",
      names: { "#at": "at" },
      values: { ":before": new Date(previous.at).toISOString() },
    });
  }
}
