// An edit of one row by a verb: pause, resume, rollback. The row that comes out must be valid, is shown, and is written only
// over the row it was made from.

import { parsePolicy } from "../shared/policies/parse-policy.ts";
import type { Fields } from "../shared/policies/row-change.ts";
import type { StoredRow } from "../shared/ports-for-editing.ts";
import { isConfirmed } from "./ask.ts";
import { CliError } from "./cli-error.ts";
import { knownPolicies, noSuchPolicy } from "./known-policies.ts";
import { print } from "./output.ts";
import { planRows, printPreview } from "./planned-file.ts";
import type { Tables } from "./tables-access.ts";
import { writeEdits } from "./write-edits.ts";

/** The row, or a CliError that names the policy that was probably meant. */
export async function storedRow(tables: Tables, policyId: string): Promise<StoredRow> {
  const row = await tables.editor.read(policyId);
  if (row === undefined) throw noSuchPolicy(policyId, await knownPolicies(tables));
  return row;
}

/** Throws CliError when the row with these fields would not be valid: an edit of a broken row would count for nothing. */
export async function editRow(
  tables: Tables,
  next: { policyId: string; fields: Fields; question?: string },
  options: { yes?: boolean },
): Promise<void> {
  const now = tables.clock.now();
  const parse = parsePolicy(next.fields, now);
  if (!parse.ok) {
    const [first] = parse.problems;
    throw new CliError(
      `${next.policyId}: ${first?.field ?? "row"}: ${first?.value ?? ""} ${first?.message ?? "is wrong"}`,
      {
        exitCode: 3,
        hint: `${first?.remedy ?? "correct the row"}; nothing was written`,
      },
    );
  }
  const edits = await planRows(tables, [{ policy: parse.policy, contentHash: parse.contentHash, row: next.fields }]);
  printPreview(edits, now);
  if (edits.every(({ planned }) => planned.kind === "same")) return print("nothing to change: the row says so already");
  if (next.question !== undefined && !(await isConfirmed(next.question, options))) return print("nothing was written");
  await writeEdits(tables, edits);
}
