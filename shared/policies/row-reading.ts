// What reading a row has in common, whatever its source: the walk over its top-level fields. How one value is read is
// the source's own business (read-plain-row.ts, policy-item.ts).

import type { Problem } from "../domain/policy.ts";
import { isFieldName, systemField } from "./field-names.ts";
import { RowBudget, refuseName } from "./row-budget.ts";
import { emptyRowMap, kindOf, type RowReading, type RowValue } from "./row-value.ts";

/** Where in the row a value is being read. */
export interface Place {
  readonly field: string;
  readonly depth: number;
  readonly budget: RowBudget;
}

/** Reads every field but the system's own. Throws RowRefused when the row as a whole cannot be read. */
export function readFields(
  row: Readonly<Record<string, unknown>>,
  readValue: (value: unknown, place: Place) => RowValue,
): RowReading {
  const budget = new RowBudget();
  const fields = emptyRowMap();
  const unknown: { name: string; kind: string }[] = [];
  for (const name of Object.keys(row)) {
    refuseName(name, "row");
    // As in JSON, a property that is undefined does not exist.
    if (name === systemField || row[name] === undefined) continue;
    budget.spendText(name);
    const value = readValue(row[name], { field: name, depth: 1, budget });
    if (isFieldName(name)) fields[name] = value;
    else unknown.push({ name, kind: kindOf(value) });
  }
  return { fields, unknown };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is said of something that is not a row at all. */
export function notAMap(value: unknown): Problem {
  const kind = value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
  return {
    field: "row",
    value: kind,
    message: `is ${kind}, must be a map of fields`,
    remedy: "write the row as fields with values, beginning with policyId",
    level: "problem",
  };
}
