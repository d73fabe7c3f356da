// `otc-backup policies history` and `rollback`: what a policy said before, and back to it.

import { Command } from "commander";
import { shellWord } from "../../../shared/domain/messages/terminal-text.ts";
import { rowChanges } from "../../../shared/policies/row-change.ts";
import type { EffectivePolicy } from "../../../shared/ports.ts";
import { CliError } from "../../cli-error.ts";
import { editRow } from "../../edit-one.ts";
import { changeLine } from "../../edit-preview.ts";
import { knownPolicies, noSuchPolicy } from "../../known-policies.ts";
import { addSiteOptions, addWhereOptions, print, printJson, tinted } from "../../output.ts";
import { openTables, type Tables, type WhereOptions } from "../../tables-access.ts";
import { whenText } from "../../time-text.ts";
import { wholeNumber } from "../../whole-number.ts";

export function historyCommand(): Command {
  return addWhereOptions(new Command("history"))
    .description("every version of a policy that was in force, newest first, and what each changed")
    .argument("<policy>", "id of a policy, also of one that was removed")
    .action(history);
}

export function rollbackCommand(): Command {
  return addSiteOptions(new Command("rollback"))
    .description("write an older version back as the row; it becomes the newest version")
    .argument("<policy>", "id of a policy, also of one that was removed")
    .argument("<version>", "number of a version, as history shows it")
    .option("--yes", "do not ask")
    .action(rollback);
}

async function history(policyId: string, options: WhereOptions & { json?: boolean }): Promise<void> {
  const tables = await openTables(options);
  try {
    const steps = withChanges(await versionsOf(tables, policyId));
    const isThere = (await tables.editor.read(policyId)) !== undefined;
    if (options.json === true) return printJson({ policyId, removed: !isThere, versions: steps });
    if (!isThere) print(`${policyId} has been removed; these were its versions`);
    for (const { version, sinceAt, changes } of steps) {
      print(`${tinted("strong", `version ${version}`)}  since ${whenText(sinceAt, tables.clock.now())}`);
      for (const change of changes) print(changeLine(change));
    }
  } finally {
    await tables.close();
  }
}

async function rollback(policyId: string, version: string, options: WhereOptions & { yes?: boolean }): Promise<void> {
  const number = wholeNumber("version", version, { min: 1, max: 999_999 });
  const tables = await openTables(options);
  try {
    const versions = await versionsOf(tables, policyId);
    const wanted = versions.find((one) => one.version === number);
    if (wanted === undefined)
      throw new CliError(`${policyId} has no version ${number}`, {
        hint: `it has ${versions.map((one) => one.version).join(", ")}`,
      });
    const fields = fieldsOf(wanted);
    await editRow(tables, { policyId, fields, question: `write version ${number} back?` }, options);
  } finally {
    await tables.close();
  }
}

async function versionsOf(tables: Tables, policyId: string): Promise<readonly EffectivePolicy[]> {
  const versions = await tables.history.versions(policyId);
  if (versions.length > 0) return versions;
  const known = await knownPolicies(tables);
  if (known.includes(policyId))
    throw new CliError(`no tick has seen a valid ${policyId} yet, so it has no version`, {
      hint: `otc-backup policies show ${shellWord(policyId)} says how it stands`,
    });
  throw noSuchPolicy(policyId, known);
}

/** Newest first; the oldest is compared with nothing, so it lists all its fields. */
function withChanges(versions: readonly EffectivePolicy[]) {
  return versions.map((one, i) => {
    const before = versions[i + 1];
    const changes = rowChanges(before === undefined ? {} : fieldsOf(before), fieldsOf(one));
    return { version: one.version, sinceAt: one.since, changes };
  });
}

function fieldsOf({ raw }: EffectivePolicy): Readonly<Record<string, unknown>> {
  return typeof raw === "object" && raw !== null ? { ...raw } : {};
}
