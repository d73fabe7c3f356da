// `otc-backup plan`: what the next tick would do, without doing it.

import { Command } from "commander";
import { runId } from "../../shared/domain/runs/naming.ts";
import { type Rehearsal, rehearseTick } from "../../shared/workflows/rehearse-tick.ts";
import { addWhereOptions, plural, print, printJson, tinted, widest, wrapped } from "../output.ts";
import { openTables, type WhereOptions } from "../tables-access.ts";
import { wallText } from "../time-text.ts";

export function planCommand(): Command {
  return addWhereOptions(new Command("plan"))
    .description("what the next tick would do, call by call, without doing it; it only reads at OTC")
    .action(plan);
}

async function plan(options: WhereOptions & { json?: boolean }): Promise<void> {
  const tables = await openTables(options, { otc: true });
  try {
    const now = tables.clock.now();
    const rehearsal = await rehearseTick(tables);
    if (options.json === true) printJson(toJson(rehearsal, now));
    else printRehearsal(rehearsal, now);
    if (rehearsal.errors.length > 0) process.exitCode = 3;
  } finally {
    await tables.close();
  }
}

function toJson({ runs, notices, ...rest }: Rehearsal, now: number) {
  return {
    now: new Date(now).toISOString(),
    ...rest,
    runs: runs.map(({ before, after }) => ({
      run: runId(after),
      from: before?.state ?? null,
      to: after.state,
      reason: after.reason,
    })),
    notices: notices.map(({ level, subject }) => ({ level, subject })),
  };
}

function printRehearsal({ calls, runs, notices, notes, errors }: Rehearsal, now: number): void {
  print(`a tick at ${wallText(now, now)} would`);
  if (calls.length + runs.length + notices.length + notes.length === 0) print("  do nothing: nothing is due");
  for (const { account, method, what } of calls) line(`${method.padEnd(4)}  account ${account}: ${what}`);
  for (const { before, after } of runs)
    line(`run   ${runId(after)}: ${before?.state ?? "new"} to ${after.state}, ${after.reason}`);
  for (const { level, subject } of notices) line(tinted("warning", `tell  ${level}: ${subject}`));
  for (const note of notes) line(`note  ${note}`);
  for (const error of errors) line(tinted("bad", `fail  ${error}`));
  print(`${plural(calls.length, "call")}; nothing was written, nothing was posted`);
}

function line(text: string): void {
  const [first = "", ...more] = wrapped(text, widest - 2);
  print(`  ${first}`);
  for (const part of more) print(`        ${part}`);
}
