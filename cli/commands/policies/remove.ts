// `otc-backup policies remove`: no more backups by a policy, and what that means for those it made.

import { Command } from "commander";
import { shellWord } from "../../../shared/domain/messages/terminal-text.ts";
import { isGood } from "../../../shared/domain/runs/good.ts";
import { hasEnded } from "../../../shared/domain/runs/run.ts";
import { isConfirmed } from "../../ask.ts";
import { CliError } from "../../cli-error.ts";
import { storedRow } from "../../edit-one.ts";
import { addSiteOptions, factsText, plural, print } from "../../output.ts";
import { openTables, type Tables, type WhereOptions } from "../../tables-access.ts";

export function removeCommand(): Command {
  return addSiteOptions(new Command("remove"))
    .description("delete a policy's row; its backups are kept until somebody decides")
    .argument("<policy>", "id of a policy")
    .option("--yes", "do not ask")
    .action(remove);
}

async function remove(policyId: string, options: WhereOptions & { yes?: boolean }): Promise<void> {
  const tables = await openTables(options);
  try {
    const row = await storedRow(tables, policyId);
    print(`- ${policyId}`);
    print(factsText((await consequences(tables, policyId)).map((line) => ["note", line] as const)));
    if (!(await isConfirmed(`remove ${policyId}?`, options))) return print("nothing was removed");
    if ((await tables.editor.remove(row)) === "lost-race")
      throw new CliError(`somebody else changed ${policyId} meanwhile; it was not removed`, { exitCode: 3 });
    await tables.standingAlerts.clear(`policy ${policyId}`, "policy-invalid");
    print(`removed ${policyId}; otc-backup policies rollback ${shellWord(policyId)} <version> brings it back`);
  } finally {
    await tables.close();
  }
}

async function consequences(tables: Tables, policyId: string): Promise<string[]> {
  const everything = { fromAt: 0, toAt: tables.clock.now() + 366 * 86_400_000 };
  const runs = await tables.runs.ofPolicy(policyId, everything);
  const good = runs.filter((run) => isGood(run)).length;
  const open = runs.filter((run) => !hasEnded(run)).length;
  return [
    "no backups are made by it from the next tick on, and nobody is told that they are missing",
    `its ${plural(good, "good backup")} stay in OTC for ever, until somebody decides; they count for no other policy`,
    ...(open > 0 ? [`${plural(open, "run")} not ended yet: followed to the end`] : []),
  ];
}
