// A policy file held against the table: what `diff` shows and `apply` writes.

import { type PlannedEdit, planEdits, type RowInTable, type WantedRow } from "../shared/policies/plan-edits.ts";
import type { StoredRow } from "../shared/ports-for-editing.ts";
import { CliError } from "./cli-error.ts";
import { droppedDatabases, editPreview } from "./edit-preview.ts";
import { print, remark } from "./output.ts";
import { findingTally, findingText, isProblem, readPolicyFiles } from "./policy-files.ts";
import { retentionConsequences } from "./retention-consequences.ts";
import type { Tables } from "./tables-access.ts";

/** An edit and the row it was planned from, over which alone it may be written. */
export interface Edit {
  readonly planned: PlannedEdit;
  readonly previous: StoredRow | undefined;
  /** Sentences on what it means for databases and backups that exist. */
  readonly consequences: readonly string[];
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
  const edits = planEdits(wanted, table);
  return Promise.all(edits.map((planned) => withConsequences(tables, planned, rows.get(planned.policyId))));
}

async function withConsequences(tables: Tables, planned: PlannedEdit, previous: StoredRow | undefined): Promise<Edit> {
  if (planned.kind !== "changed" && planned.kind !== "new") return { planned, previous, consequences: [] };
  const { policy } = planned.wanted;
  const before = previous?.parse.ok === true ? previous.parse.policy : undefined;
  const consequences = [...droppedDatabases(before, policy), ...(await retentionConsequences(tables, policy))];
  return { planned, previous, consequences };
}

function inTable({ fields, parse }: StoredRow): RowInTable {
  return parse.ok ? { fields, contentHash: parse.contentHash } : { fields };
}

export function printPreview(edits: readonly Edit[], now: number): void {
  for (const { planned, consequences } of edits)
    if (planned.kind !== "same") print(editPreview(planned, { now, consequences }));
}

export function editJson({ planned, consequences }: Edit) {
  const { policyId, kind, changes, mends } = planned;
  return { policyId, kind, changes, mends, consequences };
}
