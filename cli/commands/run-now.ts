// `otc-backup run-now`: a backup outside the schedule, made like any other: a run whose slot is the current minute, started
// and watched by the same functions. The command writes the run and follows it.

import { Command } from "commander";
import { shellWord } from "../../shared/domain/messages/terminal-text.ts";
import { runId } from "../../shared/domain/runs/naming.ts";
import { isBad, outcomeOf } from "../../shared/status/outcome.ts";
import { followRuns } from "../follow-runs.ts";
import { openRunsNow } from "../open-runs-now.ts";
import { addWhereOptions, print, printJson, remark } from "../output.ts";
import { withRunningSite } from "../running-site.ts";
import { openTables, siteFlags, type WhereOptions } from "../tables-access.ts";

export interface RunNowOptions extends WhereOptions {
  readonly json?: boolean;
  readonly anyway?: boolean;
  readonly follow: boolean;
}

export function runNowCommand(): Command {
  return addWhereOptions(new Command("run-now"))
    .description("back up the databases of a policy now, and follow until the end; exit code 3 when one is not good")
    .argument("<policy>", "id of a policy")
    .argument("[database]", "only this one: its id or the beginning of it")
    .option("--anyway", "although the policy is paused or switched off")
    .option("--no-follow", "do not wait for the end")
    .action(runNow);
}

async function runNow(policyId: string, database: string | undefined, options: RunNowOptions): Promise<void> {
  await withRunningSite(options, async () => {
    const tables = await openTables(options);
    try {
      const runs = await openRunsNow(tables, { policyId, database, anyway: options.anyway === true });
      if (!options.follow) {
        for (const run of runs) print(runId(run));
        return;
      }
      remark(
        `Ctrl-C stops only the watching; otc-backup runs list ${shellWord(policyId)} ${siteFlags(options)} finds the run again`,
      );
      const ended = await followRuns(tables, runs);
      if (options.json === true) printJson({ runs: ended });
      if (ended.some((run) => isBad(outcomeOf(run)))) process.exitCode = 3;
    } finally {
      await tables.close();
    }
  });
}
