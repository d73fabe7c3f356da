// A policy file held against the table: what `diff` shows and `apply` writes.

import { type PlannedEdit, planEdits, type RowInTable, type WantedRow } from "../shared/policies/plan-edits.ts";
import type { StoredRow } from "../shared/ports.ts";
import { CliError } from "./cli-error.ts";
import { droppedDatabases, editPreview } from "./edit-preview.ts";
import { print, remark } from "./output.ts";
import { findingTally, findingText, isProblem, readPolicyFiles } from "./policy-files.ts";
import type { Tables } from "./tables-access.ts";

/** An edit and the row it was planned from, over which alone it may be written. */
export interface Edit {
  readonly planned: PlannedEdit;
  readonly previous: StoredRow | undefined;
}

/** Throws CliError with every problem printed when a file is not valid as a whole: then nothing of it counts. */
export async function planFiles(tables: Tables, files: readonly string[]): Promise<Edit[]> {
  const read = await readPolicyFiles(files, tables.clock.now());
  for (const finding of read.findings) remark(findingText(finding));
  if (read.findings.some(isProblem))
    throw new CliError(findingTally(read), { exitCode: 3, hint: "nothing was written; correct the problems first" });
  return planRows(tables, read.policies);
}

export async function planRows(tables: Tables, wanted: readonly WantedRow[]): Promise<Edit[]> {
  const rows = new Map<string, StoredRow>();
  for (const { policy } of wanted) {
    const row = await tables.editor.read(policy.policyId);
    if (row !== undefined) rows.set(policy.policyId, row);
  }
  const table = new Map([...rows].map(([id, row]) => [id, inTable(row)]));
  return planEdits(wanted, table).map((planned) => ({ planned, previous: rows.get(planned.policyId) }));
}

function inTable({ fields, parse }: StoredRow): RowInTable {
  return parse.ok ? { fields, contentHash: parse.contentHash } : { fields };
}

export function printPreview(edits: readonly Edit[], now: number): void {
  for (const { planned, previous } of edits) {
    if (planned.kind === "same") continue;
    const before = previous?.parse.ok === true ? previous.parse.policy : undefined;
    print(editPreview(planned, { now, consequences: droppedDatabases(before, planned.wanted.policy) }));
  }
}

export function editJson({ planned }: Edit) {
  const { policyId, kind, changes, mends } = planned;
  return { policyId, kind, changes, mends };
}
