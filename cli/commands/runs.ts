// `otc-backup runs`: what was attempted, and the story of one attempt.

import { Command } from "commander";
import { slotText } from "../../shared/domain/naming.ts";
import type { Run } from "../../shared/domain/run.ts";
import { CliError } from "../cli-error.ts";
import { addWhereOptions, localTime, printTable } from "../output.ts";
import { openTables, type Tables, type WhereOptions } from "../tables-access.ts";
import { wholeNumber } from "../whole-number.ts";

const dayMs = 86_400_000;

interface ListOptions extends WhereOptions {
  readonly days: string;
  readonly json?: boolean;
}

export function runsCommand(): Command {
  const list = addWhereOptions(new Command("list"))
    .description("runs of one policy or of all, newest slot first")
    .argument("[policy]", "id of a policy")
    .option("--days <n>", "how far back", "7")
    .action(listRuns);
  const show = addWhereOptions(new Command("show"))
    .description("one run with its whole history")
    .argument("<run>", "policy/instance/slot, as alerts and lists print it")
    .action(showRun);
  return new Command("runs").description("what was attempted").addCommand(list).addCommand(show);
}

async function listRuns(policy: string | undefined, options: ListOptions): Promise<void> {
  const days = wholeNumber("--days", options.days, { min: 1, max: 3660 });
  const tables = await openTables(options);
  try {
    const ids = policy === undefined ? await policyIds(tables) : [policy];
    const range = { fromAt: Date.now() - days * dayMs, toAt: Date.now() + 3660 * dayMs };
    const runs = (await Promise.all(ids.map((id) => tables.runs.ofPolicy(id, range)))).flat();
    const newestFirst = runs.toSorted((a, b) => b.slotAt - a.slotAt);
    if (options.json === true) process.stdout.write(`${JSON.stringify(newestFirst)}\n`);
    else
      printTable(
        ["run", "state", "reason"],
        newestFirst.map((run) => [idOf(run), run.state, run.reason]),
      );
  } finally {
    await tables.close();
  }
}

async function policyIds(tables: Tables): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of tables.policies.pages()) ids.push(...page.flatMap((row) => row.policyId ?? []));
  return ids;
}

async function showRun(id: string, options: WhereOptions & { json?: boolean }): Promise<void> {
  const [policyId, instanceId, slot] = id.split("/");
  const slotAt = Date.parse(slot ?? "");
  if (policyId === undefined || instanceId === undefined || Number.isNaN(slotAt)) {
    throw new CliError(`"${id}" does not name a run`, {
      hint: "write policy/instance/slot, for example nightly-shop/5a0e…in01/2026-11-24T01:30Z",
    });
  }
  const tables = await openTables(options);
  try {
    const run = await tables.runs.read({ policyId, instanceId, slotAt });
    if (run === undefined)
      throw new CliError(`there is no run ${id}`, { exitCode: 3, hint: "otc-backup runs list shows what there is" });
    process.stdout.write(options.json === true ? `${JSON.stringify(run)}\n` : `${story(run)}\n`);
  } finally {
    await tables.close();
  }
}

function idOf(run: Run): string {
  return `${run.policyId}/${run.instanceId}/${slotText(run.slotAt)}`;
}

function story(run: Run): string {
  const facts: [string, string | undefined][] = [
    ["state", `${run.state} (${run.reason}), attempt ${run.attempt} of ${run.terms.maxAttempts}`],
    ["account", run.account],
    ["owner", run.terms.owner],
    ["start by", localTime(run.terms.startByAt)],
    ["complete by", localTime(run.terms.completeByAt)],
    ["name", run.name],
    ["backup id", run.backupId],
    ["size", run.sizeKb === undefined ? undefined : `${run.sizeKb} kB`],
    ["ended at OTC", run.endedAt === undefined ? undefined : localTime(run.endedAt)],
    [
      "last failure",
      run.lastFailure === undefined ? undefined : `${run.lastFailure.message} (${run.lastFailure.code})`,
    ],
    [
      "alerts",
      run.alerts
        .map((a) => `${a.kind} ${a.sentAt === undefined ? "not sent yet" : `sent ${localTime(a.sentAt)}`}`)
        .join(", ") || "none",
    ],
  ];
  const events = run.events.map((e) => {
    const times = e.times > 1 ? ` ${e.times} times, last ${localTime(e.lastAt)}` : "";
    return `  ${localTime(e.at)}  ${e.from} to ${e.to}: ${e.reason}${times}${e.detail === undefined ? "" : `  ${e.detail}`}`;
  });
  return [
    idOf(run),
    ...facts.filter(([, v]) => v !== undefined).map(([k, v]) => `  ${`${k}:`.padEnd(14)} ${v}`),
    "history",
    ...events,
  ].join("\n");
}
