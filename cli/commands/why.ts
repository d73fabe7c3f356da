// `otc-backup why`: the decision trace of a slot, for the person who asks what happened last night.

import { Command } from "commander";
import type { Trace } from "../../shared/domain/runs/decision-trace.ts";
import { CliError } from "../cli-error.ts";
import { addWhereOptions, print, printJson } from "../output.ts";
import { type Answer, answersTo } from "../read-traces.ts";
import { openTables, siteFlags, type WhereOptions } from "../tables-access.ts";
import { tracesText } from "../trace-text.ts";

interface Options extends WhereOptions {
  readonly json?: boolean;
}

export function whyCommand(): Command {
  return addWhereOptions(new Command("why"))
    .description("what happened to a slot, step by step; exit code 3 when it left no good backup in time")
    .argument("<what>", "a policy, a database (its id or the beginning of it), or a run as alerts print it")
    .argument("[date]", "2026-11-24, today, yesterday, last-night or a slot; without it the latest slot")
    .action(why);
}

async function why(what: string, date: string | undefined, options: Options): Promise<void> {
  const tables = await openTables(options);
  try {
    const now = tables.clock.now();
    const answers = (await answersTo(tables, what, date)).toSorted(worstFirst);
    if (answers.length === 0)
      throw new CliError(`${what} has no slot then`, {
        exitCode: 3,
        hint: `otc-backup next ${siteFlags(options)} shows when what is due`,
      });
    if (options.json === true) printJson({ now: new Date(now).toISOString(), traces: answers.map(toJson) });
    else print(tracesText(answers, now, siteFlags(options)));
    if (answers.some(({ trace }) => trace.end === "bad" || trace.late)) process.exitCode = 3;
  } finally {
    await tables.close();
  }
}

function worstFirst(a: Answer, b: Answer): number {
  const order: readonly Trace["end"][] = ["bad", "open", "skipped", "nothing", "good"];
  return order.indexOf(a.trace.end) - order.indexOf(b.trace.end) || b.slotAt - a.slotAt;
}

function toJson({ policyId, instanceId, slotAt, trace }: Answer) {
  return { policyId, instanceId, slotAt, ...trace };
}
