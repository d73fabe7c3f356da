// `otc-backup policies apply` and `diff`: a file into the table, and what would change by it.

import { Command } from "commander";
import { isConfirmed } from "../../ask.ts";
import { tally } from "../../edit-preview.ts";
import { addSiteOptions, addWhereOptions, plural, print, printJson } from "../../output.ts";
import { editJson, planFiles, printPreview } from "../../planned-file.ts";
import { openTables, type WhereOptions } from "../../tables-access.ts";
import { writeEdits } from "../../write-edits.ts";

export function applyCommand(): Command {
  return addSiteOptions(new Command("apply"))
    .description("write policies from YAML into the table: shows what changes and asks first")
    .argument("<file...>", "YAML files with policies; policies they do not name stay as they are")
    .option("--yes", "do not ask")
    .action(apply);
}

export function diffCommand(): Command {
  return addWhereOptions(new Command("diff"))
    .description("what apply would change; exit code 3 when there is a difference")
    .argument("<file...>", "YAML files with policies")
    .action(diff);
}

async function apply(files: string[], options: WhereOptions & { yes?: boolean }): Promise<void> {
  const tables = await openTables(options);
  try {
    const edits = await planFiles(tables, files);
    const toWrite = edits.filter(({ planned }) => planned.kind !== "same");
    printPreview(edits, tables.clock.now());
    print(tally(edits.map(({ planned }) => planned)));
    if (toWrite.length === 0) return print("nothing to write");
    if (await isConfirmed(`write ${plural(toWrite.length, "policy", "policies")}?`, options))
      await writeEdits(tables, toWrite);
    else print("nothing was written");
  } finally {
    await tables.close();
  }
}

async function diff(files: string[], options: WhereOptions & { json?: boolean }): Promise<void> {
  const tables = await openTables(options);
  try {
    const edits = await planFiles(tables, files);
    if (options.json === true) printJson({ edits: edits.map(editJson) });
    else {
      printPreview(edits, tables.clock.now());
      print(tally(edits.map(({ planned }) => planned)));
    }
    if (edits.some(({ planned }) => planned.kind !== "same")) process.exitCode = 3;
  } finally {
    await tables.close();
  }
}
