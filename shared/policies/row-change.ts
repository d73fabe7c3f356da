// What an edit changes in a row, field by field, as people read it before they say yes.

import { isFieldName, leniencies } from "./field-names.ts";
import { showName, showValue } from "./show-value.ts";

export type Fields = Readonly<Record<string, unknown>>;

export interface FieldChange {
  readonly field: string;
  /** Absent: the field is new. Values as shown to people, shortened and escaped. */
  readonly before?: string;
  /** Absent: the field goes. */
  readonly after?: string;
}

/** Fields that differ, in the order of the documentation; fields nobody knows come last. Sets and lists are the same. */
export function rowChanges(before: Fields, after: Fields): FieldChange[] {
  const known = Object.keys(leniencies);
  const names = new Set([...known, ...Object.keys(before).toSorted(), ...Object.keys(after).toSorted()]);
  const changes: FieldChange[] = [];
  for (const field of names) {
    const was = before[field];
    const is = after[field];
    if (field === "observed" || canonical(was) === canonical(is)) continue;
    const show = isFieldName(field) ? shown : notShown;
    changes.push({
      field: showName(field),
      ...(was === undefined ? {} : { before: show(was) }),
      ...(is === undefined ? {} : { after: show(is) }),
    });
  }
  return changes;
}

/** What stands in a field nobody knows might be a password. */
const notShown = () => "(not shown)";

/** Equal for equal content: keys of maps in order, sets as lists. */
export function canonical(value: unknown): string {
  return JSON.stringify(ordered(value)) ?? "absent";
}

function ordered(value: unknown): unknown {
  if (value instanceof Set) return ordered([...value]);
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, ordered(inner)]),
  );
}

/** A row's value for people: only what JSON can say stands in rows that were read. */
export function shown(value: unknown): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return showValue(value);
  return showValue(JSON.stringify(value instanceof Set ? [...value] : value)).replaceAll(/^"|"$/g, "");
}
