// What each policy's selector has picked, in the ledger beside what is known of the account. Databases are one line of text
// each: thousands fit into one item, and people can read them.

import * as z from "zod";
import type { Member, Selection } from "../domain/coverage/selection.ts";
import type { SelectionStore, WriteOutcome } from "../ports.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";

const isoInstant = z
  .string()
  .transform((text) => Date.parse(text))
  .pipe(z.number());
/** `id name`; ids have no blanks. */
const members = z.array(z.string()).transform((lines) => lines.map(toMember));
const schema = z.lazy(() =>
  z.object({
    policyId: z.string(),
    account: z.string(),
    policyVersion: z.number(),
    resolvedAt: isoInstant,
    members,
    replicas: z.number(),
    drop: z.object({ sinceAt: isoInstant, fallen: members }).exactOptional(),
  }),
);

export class DynamoDbSelections implements SelectionStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  async read(key: { account: string; policyId: string }): Promise<Selection | undefined> {
    const parsed = schema.safeParse(await this.#table.get(keyOf(key)));
    return parsed.success ? parsed.data : undefined;
  }

  async write(next: Selection, before: Selection | undefined): Promise<WriteOutcome> {
    const { drop, resolvedAt, ...rest } = next;
    const item = {
      ...keyOf(next),
      ...rest,
      resolvedAt: iso(resolvedAt),
      members: next.members.map(toLine),
      drop: drop && { sinceAt: iso(drop.sinceAt), fallen: drop.fallen.map(toLine) },
    };
    // Two first choices at once are the same choice; without a condition an item that nobody can read is mended, too.
    if (before === undefined) return this.#table.put(item);
    const values = { ":before": iso(before.resolvedAt) };
    return this.#table.put(item, { expression: "resolvedAt = :before", values });
  }
}

function keyOf({ account, policyId }: Pick<Selection, "account" | "policyId">) {
  return { pk: `account#${account}`, sk: `selection#${policyId}` };
}

const iso = (at: number) => new Date(at).toISOString();

function toLine({ id, name }: Member): string {
  return `${id} ${name}`;
}

function toMember(line: string): Member {
  const blank = line.indexOf(" ");
  return blank === -1 ? { id: line, name: "" } : { id: line.slice(0, blank), name: line.slice(blank + 1) };
}
