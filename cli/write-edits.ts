// Writes planned edits, each only over the row it was planned from. Rows are independent of each other, so what was written
// before a race was lost stays written, is said, and is found to be in place when the same command is given again.

import { CliError } from "./cli-error.ts";
import { plural, print } from "./output.ts";
import type { Edit } from "./planned-file.ts";
import type { Tables } from "./tables-access.ts";

/** Throws CliError naming the rows somebody else changed meanwhile; they are left as that person wrote them. */
export async function writeEdits(tables: Tables, edits: readonly Edit[]): Promise<void> {
  const written: string[] = [];
  const lost: string[] = [];
  for (const { planned, previous } of edits) {
    const { policyId, wanted } = planned;
    const outcome =
      previous === undefined
        ? await tables.editor.create(wanted.row)
        : await tables.editor.replace(previous, wanted.row);
    (outcome === "written" ? written : lost).push(policyId);
  }
  if (written.length > 0)
    print(
      `wrote ${plural(written.length, "policy", "policies")}: ${written.join(", ")}; in force from the next tick on`,
    );
  if (lost.length === 0) return;
  throw new CliError(`somebody else changed ${lost.join(", ")} meanwhile; left as it is now`, {
    exitCode: 3,
    hint: "look at what changed and give the command again",
  });
}
