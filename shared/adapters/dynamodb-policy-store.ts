// Policy rows as ops people write them. Each is parsed alone at this border; of each only the map `observed` is ever
// written, by UpdateItem, and never onto a row that was deleted meanwhile.

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { Observed } from "../domain/observed.ts";
import { parsePolicyItem, rawPolicyId } from "../policies/policy-item.ts";
import type { Clock, PolicyRow, PolicyStore } from "../ports.ts";
import { policiesTable } from "../tables.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";

const key = policiesTable.partitionKey;
const isoInstant = z
  .string()
  .transform((text) => Date.parse(text))
  .pipe(z.number());
const observedSchema = z.object({
  status: z.enum(["OK", "INVALID", "PAUSED", "DISABLED"]),
  problems: z.array(z.string()),
  warnings: z.array(z.string()).exactOptional(),
  nextSlots: z.array(isoInstant),
  lastGoodAt: isoInstant.exactOptional(),
  effectiveVersion: z.number().exactOptional(),
  contentHash: z.string().exactOptional(),
  selection: z.object({ version: z.number(), matched: z.number(), replicas: z.number() }).exactOptional(),
  knownSinceAt: isoInstant.exactOptional(),
  checkedAt: isoInstant,
});

export class DynamoDbPolicyStore implements PolicyStore {
  readonly #table: DynamoDbTable;
  readonly #clock: Clock;

  constructor(table: DynamoDbTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async *pages(): AsyncGenerator<PolicyRow[]> {
    for await (const page of this.#table.scanRaw()) yield page.map((item) => this.understand(item));
  }

  async read(policyId: string): Promise<PolicyRow | undefined> {
    const item = await this.#table.getRaw({ [key]: policyId });
    return item === undefined ? undefined : this.understand(item);
  }

  /** One item in stored form as the row it is. */
  understand(item: Record<string, AttributeValue>): PolicyRow {
    return {
      policyId: rawPolicyId(item),
      parse: parsePolicyItem(item, this.#clock.now()),
      observed: observedOf(item),
      raw: () => plain(item),
    };
  }

  async writeObserved(policyId: string, observed: Observed): Promise<void> {
    const condition = {
      expression: "attribute_exists(#key)",
      names: { "#key": key, "#observed": "observed" },
      values: { ":observed": storedObserved(observed) },
    };
    await this.#table.update({ [key]: policyId }, "SET #observed = :observed", condition);
  }

  async noteGoodBackup(policyId: string, slotAt: number): Promise<void> {
    const names = { "#observed": "observed", "#good": "lastGoodAt" };
    const expression =
      "attribute_exists(#observed) AND (attribute_not_exists(#observed.#good) OR #observed.#good < :slot)";
    const values = { ":slot": new Date(slotAt).toISOString() };
    await this.#table.update({ [key]: policyId }, "SET #observed.#good = :slot", { expression, names, values });
  }
}

function storedObserved(observed: Observed) {
  const iso = (at: number) => new Date(at).toISOString();
  const { lastGoodAt, knownSinceAt, nextSlots, checkedAt } = observed;
  return {
    ...observed,
    nextSlots: nextSlots.map(iso),
    checkedAt: iso(checkedAt),
    ...(lastGoodAt === undefined ? {} : { lastGoodAt: iso(lastGoodAt) }),
    ...(knownSinceAt === undefined ? {} : { knownSinceAt: iso(knownSinceAt) }),
  };
}

/** What we wrote earlier; anything else under that name counts as nothing and is written anew. */
function observedOf(item: Record<string, AttributeValue>): Observed | undefined {
  const map = item.observed?.M;
  if (map === undefined) return undefined;
  try {
    const parsed = observedSchema.safeParse(unmarshall(map));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // A number that JavaScript cannot hold: not written by us.
    return undefined;
  }
}

/** The row as plain data for the version history: sets become lists, `observed` stays out. */
function plain(item: Record<string, AttributeValue>): unknown {
  const { observed: _observed, ...rest } = unmarshall(item);
  return JSON.parse(JSON.stringify(rest, (_name, value: unknown) => (value instanceof Set ? [...value] : value)));
}
