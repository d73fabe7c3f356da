// Edits of policy rows by people, through the command line. An edit is written only over the row it was made from, field by
// field in stored form, so that what somebody typed into the console meanwhile is never overwritten. `observed` is neither
// compared nor touched: it changes by itself.

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { leniencies } from "../policies/field-names.ts";
import { canonical } from "../policies/row-change.ts";
import type { WriteOutcome } from "../ports.ts";
import type { PolicyEditor, StoredRow } from "../ports-for-editing.ts";
import { policiesTable } from "../tables.ts";
import type { DynamoDbPolicyStore } from "./dynamodb-policy-store.ts";
import type { DynamoDbTable, RawExpression } from "./dynamodb-table.ts";
import { equals, longestComparedList } from "./stored-equality.ts";

const key = policiesTable.partitionKey;
type StoredFields = Record<string, AttributeValue>;

export class DynamoDbPolicyEditor implements PolicyEditor {
  readonly #table: DynamoDbTable;
  readonly #policies: DynamoDbPolicyStore;

  constructor(table: DynamoDbTable, policies: DynamoDbPolicyStore) {
    this.#table = table;
    this.#policies = policies;
  }

  async read(policyId: string): Promise<StoredRow | undefined> {
    const stored = await this.#table.getRaw({ [key]: policyId });
    if (stored === undefined) return undefined;
    const row = this.#policies.understand(stored);
    return { policyId, parse: row.parse, observed: row.observed, fields: fieldsOf(row.raw()), stored };
  }

  create(fields: Readonly<Record<string, unknown>>): Promise<WriteOutcome> {
    return this.#table.put(withSets(fields), { expression: "attribute_not_exists(#key)", names: { "#key": key } });
  }

  replace(previous: StoredRow, fields: Readonly<Record<string, unknown>>): Promise<WriteOutcome> {
    const condition = exactly(previous);
    const update = changesTo(fields, previous);
    // Nothing to change: DynamoDB refuses an update without a clause.
    if (update.expression === "") return Promise.resolve("written");
    return this.#table.updateRaw(
      { [key]: previous.policyId },
      {
        update: update.expression,
        condition: condition.expression,
        names: { ...condition.names, ...update.names },
        values: { ...condition.values, ...update.values },
      },
    );
  }

  remove(previous: StoredRow): Promise<WriteOutcome> {
    const { expression, names, values } = exactly(previous);
    return this.#table.deleteRaw({ [key]: previous.policyId }, { condition: expression, names, values });
  }
}

/** Long lists as sets, which the embedded store too can compare; lists of ids and names have no order that matters. */
function withSets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isLong = (value: unknown): value is string[] =>
    Array.isArray(value) && value.length > longestComparedList && value.every((item) => typeof item === "string");
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isLong(value) ? new Set(value) : value]),
  );
}

function fieldsOf(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === "object" && raw !== null ? { ...raw } : {};
}

/** Every field of the stored row as it is, and every field a row may have that it lacks still lacking. */
function exactly(row: StoredRow): { expression: string; names: Record<string, string>; values: StoredFields } {
  const stored = storedFields(row);
  const names: Record<string, string> = { "#key": key };
  const values: StoredFields = {};
  const parts = ["attribute_exists(#key)"];
  const fields = [...new Set([...Object.keys(leniencies), ...Object.keys(stored)])].filter((field) => field !== key);
  for (const [i, field] of fields.entries()) {
    const value = stored[field];
    if (value === undefined) {
      names[`#f${i}`] = field;
      parts.push(`attribute_not_exists(#f${i})`);
      continue;
    }
    const same = equals(field, value, `f${i}`);
    Object.assign(names, same.names);
    Object.assign(values, same.values);
    parts.push(...same.parts);
  }
  return { expression: parts.join(" AND "), names, values };
}

/** SET what is new or different, REMOVE what is gone; what means the same stays in the form in which somebody typed it. */
function changesTo(
  fields: Readonly<Record<string, unknown>>,
  row: StoredRow,
): { expression: string } & Pick<RawExpression, "names" | "values"> {
  const differs = (field: string) => field !== key && canonical(fields[field]) !== canonical(row.fields[field]);
  const next = marshall(withSets(fields), { removeUndefinedValues: true });
  const names: Record<string, string> = {};
  const values: StoredFields = {};
  const sets: string[] = [];
  for (const [i, [field, value]] of Object.entries(next).entries()) {
    if (!differs(field)) continue;
    names[`#s${i}`] = field;
    values[`:s${i}`] = value;
    sets.push(`#s${i} = :s${i}`);
  }
  const gone = Object.keys(storedFields(row)).filter((field) => field !== key && next[field] === undefined);
  for (const [i, field] of gone.entries()) names[`#r${i}`] = field;
  const clauses = [
    sets.length === 0 ? "" : `SET ${sets.join(", ")}`,
    gone.length === 0 ? "" : `REMOVE ${gone.map((_field, i) => `#r${i}`).join(", ")}`,
  ];
  return { expression: clauses.filter((clause) => clause !== "").join(" "), names, values };
}

function storedFields(row: StoredRow): StoredFields {
  if (!isItem(row.stored)) throw new TypeError("a stored row of another store");
  const { observed: _observed, ...fields } = row.stored;
  return fields;
}

function isItem(value: unknown): value is StoredFields {
  return typeof value === "object" && value !== null;
}
