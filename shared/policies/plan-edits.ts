// What applying a file would do to the table, row by row. Decided before anything is written; rows that the file does not
// name are not its business and stay.

import type { Policy } from "../domain/policy.ts";
import { type FieldChange, type Fields, rowChanges } from "./row-change.ts";

/** A row as it stands in the table; `contentHash` only while it is valid. */
export interface RowInTable {
  readonly fields: Fields;
  readonly contentHash?: string;
}

export interface WantedRow {
  readonly policy: Policy;
  readonly contentHash: string;
  readonly row: Fields;
}

/**
 * new: no row yet. changed: means something else from the next tick on. reworded: other words (or a field nobody knows less)
 * for the same meaning. same: nothing to write.
 */
export type EditKind = "new" | "changed" | "reworded" | "same";

export interface PlannedEdit {
  readonly policyId: string;
  readonly kind: EditKind;
  readonly changes: readonly FieldChange[];
  readonly wanted: WantedRow;
  /** The row stands in the table and is invalid: the edit mends it. */
  readonly mends: boolean;
}

/** In the order of the file. */
export function planEdits(wanted: readonly WantedRow[], table: ReadonlyMap<string, RowInTable>): PlannedEdit[] {
  return wanted.map((one) => {
    const { policyId } = one.policy;
    const row = table.get(policyId);
    const changes = rowChanges(row?.fields ?? {}, one.row);
    const place = { policyId, changes, wanted: one, mends: row !== undefined && row.contentHash === undefined };
    if (row === undefined) return { ...place, kind: "new" };
    if (changes.length === 0) return { ...place, kind: "same" };
    return { ...place, kind: row.contentHash === one.contentHash ? "reworded" : "changed" };
  });
}
