// `otc-backup hold` and `unhold`: a named reason not to remove the backups of a run, with an end or without.

import { Command } from "commander";
import { shellWord } from "../../shared/domain/messages/terminal-text.ts";
import { type Hold, isInForce } from "../../shared/domain/retention/hold.ts";
import { runId } from "../../shared/domain/runs/naming.ts";
import type { Run } from "../../shared/domain/runs/run.ts";
import { pauseEndAt } from "../../shared/policies/pause-end.ts";
import { CliError } from "../cli-error.ts";
import { namedRun } from "../named-run.ts";
import { addSiteOptions, addWhereOptions, print, printJson, printTable } from "../output.ts";
import { openTables, type Tables, type WhereOptions } from "../tables-access.ts";
import { wallText } from "../time-text.ts";

interface HoldOptions extends WhereOptions {
  readonly reason?: string;
  readonly until?: string;
  readonly json?: boolean;
}

const runArgument = "policy/instance/slot, or the id of a backup";

export function holdCommand(): Command {
  const list = addWhereOptions(new Command("list"))
    .description("holds of one policy or of all")
    .argument("[policy]", "id of a policy")
    .action(onSite(listHolds));
  return addSiteOptions(new Command("hold"))
    .description("keep the backups of a run whatever retention says")
    .argument("[run]", runArgument)
    .option("--reason <text>", "why, for whoever reads it next")
    .option(
      "--until <date>",
      "a date (that whole day, in the policy's zone) or a date-time with offset; absent: for ever",
    )
    .action(onSite(hold))
    .addCommand(list);
}

export function unholdCommand(): Command {
  return addSiteOptions(new Command("unhold"))
    .description("let retention judge the backups of a run again")
    .argument("<run>", runArgument)
    .action(onSite(unhold));
}

type Verb = (tables: Tables, named: string | undefined, options: HoldOptions) => Promise<void>;

function onSite(verb: Verb): (named: string | undefined, options: HoldOptions, command: Command) => Promise<void> {
  // `hold --local list` and `hold list --local` mean the same.
  return async (named, _own, command) => {
    const options = command.optsWithGlobals<HoldOptions>();
    const tables = await openTables(options);
    try {
      await verb(tables, named, options);
    } finally {
      await tables.close();
    }
  };
}

async function hold(tables: Tables, named: string | undefined, { reason, until }: HoldOptions): Promise<void> {
  if (named === undefined) throw new CliError("which run is meant", { hint: runArgument });
  if (reason === undefined || reason.trim() === "")
    throw new CliError("a hold needs a reason", {
      hint: 'hold <run> --reason "before the migration" --until 2026-12-31',
    });
  const run = await namedRun(tables, named);
  const now = tables.clock.now();
  const end = until === undefined ? {} : { untilAt: await endOf(tables, run, { until, now }) };
  const { policyId, instanceId, slotAt } = run;
  await tables.holds.put({ policyId, instanceId, slotAt, reason: reason.trim(), setAt: now, ...end });
  // Whoever deletes reads the holds once more after writing the intent; so one of the two sees the other.
  const stages = await stagesNow(tables, run);
  if (stages.some((stage) => stage === "deleting" || stage === "deleted"))
    throw new CliError(`too late: a backup of ${runId(run)} is being or was deleted`, {
      exitCode: 3,
      hint: `otc-backup runs show ${shellWord(runId(run))} tells what became of it; the hold stands for what is left`,
    });
  print(`${runId(run)} is held ${endText(end, now)}: ${reason.trim()}`);
  if (stages.includes("marked")) print("its mark comes off at the next tick of prune-backups");
}

async function stagesNow(tables: Tables, run: Run) {
  const latest = (await tables.runs.read(run)) ?? run;
  return [latest.retention?.stage, ...latest.earlierBackups.map((backup) => backup.retention?.stage)];
}

async function endOf(tables: Tables, run: Run, { until, now }: { until: string; now: number }): Promise<number> {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(until);
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(until);
  if ((!isDate && !isInstant) || Number.isNaN(Date.parse(until)))
    throw new CliError(`--until is "${until}"`, {
      hint: "write a date such as 2026-12-31, or 2026-12-31T18:00:00+01:00",
    });
  const row = await tables.policies.read(run.policyId);
  const endAt = pauseEndAt(until, row?.parse.ok === true ? row.parse.policy.timeZone : "UTC");
  if (endAt <= now) throw new CliError(`--until is "${until}", which is over`, { hint: "write a later end, or none" });
  return endAt;
}

function endText({ untilAt }: Pick<Hold, "untilAt">, now: number): string {
  return untilAt === undefined ? "until it is taken off" : `until ${wallText(untilAt, now)}`;
}

async function unhold(tables: Tables, named: string | undefined): Promise<void> {
  const run = await namedRun(tables, named ?? "");
  const holds = await tables.holds.ofPolicy(run.policyId);
  const isHeld = holds.some((each) => each.instanceId === run.instanceId && each.slotAt === run.slotAt);
  if (!isHeld) throw new CliError(`${runId(run)} is not held`, { hint: "otc-backup hold list shows what is" });
  await tables.holds.remove(run);
  print(`${runId(run)} is no longer held; if retention lets it go, its grace begins at the next tick of prune-backups`);
}

async function listHolds(tables: Tables, policy: string | undefined, { json }: HoldOptions): Promise<void> {
  const ids: string[] = policy === undefined ? [] : [policy];
  if (policy === undefined)
    for await (const page of tables.policies.pages()) ids.push(...page.flatMap((row) => row.policyId ?? []));
  const holds = (await Promise.all(ids.map((id) => tables.holds.ofPolicy(id)))).flat();
  const now = tables.clock.now();
  if (json === true) return printJson(holds.map((each) => ({ ...each, inForce: isInForce(each, now) })));
  printTable(
    ["run", "until", "reason"],
    holds.map((each) => [
      runId(each),
      isInForce(each, now) ? endText(each, now).replace(/^until /, "") : "over",
      each.reason,
    ]),
  );
}
