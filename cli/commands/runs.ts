// `otc-backup runs`: what was attempted, and the story of one attempt.

import { Command } from "commander";
import { shellWord } from "../../shared/domain/messages/terminal-text.ts";
import { sizeText } from "../../shared/domain/runs/decision-trace.ts";
import { runId, slotText } from "../../shared/domain/runs/naming.ts";
import type { Run } from "../../shared/domain/runs/run.ts";
import { durationText } from "../../shared/status/duration-text.ts";
import { durationMs, isBad, outcomeOf } from "../../shared/status/outcome.ts";
import { CliError } from "../cli-error.ts";
import { knownPolicies, noSuchPolicy } from "../known-policies.ts";
import { addWhereOptions, plural, print, printJson, printTable, tinted } from "../output.ts";
import { runStory } from "../run-story.ts";
import { shortIds } from "../short-ids.ts";
import { openTables, type Tables, type WhereOptions } from "../tables-access.ts";
import { wholeNumber } from "../whole-number.ts";

const dayMs = 86_400_000;
/** Slots of `run-now` and of clocks that differ a little lie ahead of ours. */
const aheadMs = dayMs;

interface ListOptions extends WhereOptions {
  readonly days: string;
  readonly bad?: boolean;
  readonly json?: boolean;
}

export function runsCommand(): Command {
  const list = addWhereOptions(new Command("list"))
    .description("runs of one policy or of all, newest slot first")
    .argument("[policy]", "id of a policy, also of one that was removed")
    .option("--days <n>", "how far back", "7")
    .option("--bad", "only those that left no good backup")
    .action(listRuns);
  const show = addWhereOptions(new Command("show"))
    .description("one run with its whole history")
    .argument("<run>", "policy/database/slot, as alerts and lists print it")
    .action(showRun);
  return new Command("runs").description("what was attempted").addCommand(list).addCommand(show);
}

async function listRuns(policy: string | undefined, options: ListOptions): Promise<void> {
  const days = wholeNumber("--days", options.days, { min: 1, max: 3660 });
  const tables = await openTables(options);
  try {
    const now = tables.clock.now();
    const known = await knownPolicies(tables);
    const range = { fromAt: now - days * dayMs, toAt: now + aheadMs };
    const ids = policy === undefined ? known : [policy];
    const runs = (await Promise.all(ids.map((id) => tables.runs.ofPolicy(id, range)))).flat();
    if (policy !== undefined && runs.length === 0 && !known.includes(policy)) throw noSuchPolicy(policy, known);
    const chosen = runs.filter((run) => options.bad !== true || isBad(outcomeOf(run)));
    const newestFirst = chosen.toSorted((a, b) => b.slotAt - a.slotAt);
    if (options.json === true) printJson({ now: new Date(now).toISOString(), runs: newestFirst });
    else printRuns(newestFirst, days);
  } finally {
    await tables.close();
  }
}

function printRuns(runs: readonly Run[], days: number): void {
  const short = shortIds(runs.map((run) => run.instanceId));
  printTable(
    ["run", "outcome", "size", "took", "why"],
    runs.map((run) => {
      const outcome = outcomeOf(run);
      const took = durationMs(run);
      return [
        `${run.policyId}/${short(run.instanceId)}/${slotText(run.slotAt)}`,
        tinted(isBad(outcome) ? "bad" : outcome === "good" ? "good" : "dim", outcome),
        run.sizeKb === undefined ? "-" : sizeText(run.sizeKb),
        took === undefined ? "-" : durationText(took),
        outcome === "good" ? "" : (run.lastFailure?.code ?? run.reason),
      ];
    }),
  );
  const bad = runs.filter((run) => isBad(outcomeOf(run))).length;
  if (runs.length > 0) print(`${plural(runs.length, "run")} in ${plural(days, "day")}, ${bad} without a good backup`);
}

async function showRun(id: string, options: WhereOptions & { json?: boolean }): Promise<void> {
  const [policyId, instance, slot, ...more] = id.split("/");
  const slotAt = Date.parse(slot ?? "");
  if (
    !policyId ||
    !instance ||
    Number.isNaN(slotAt) ||
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(slot ?? "") ||
    more.length > 0
  )
    throw new CliError(`"${id}" does not name a run`, {
      hint: "write policy/database/slot, for example nightly-shop/5a0e0001/2026-11-24T01:30Z",
    });
  const tables = await openTables(options);
  try {
    const run = await oneRun(tables, { policyId, instance, slotAt });
    if (run === undefined)
      throw new CliError(`there is no run ${id}`, {
        exitCode: 3,
        hint: `otc-backup runs list ${shellWord(policyId)} shows what there is, and why ${shellWord(policyId)} ${slotText(slotAt)} why not`,
      });
    if (options.json === true) printJson(run);
    else print(runStory(run, tables.clock.now()));
  } finally {
    await tables.close();
  }
}

/** The database may be given by the beginning of its id. */
async function oneRun(
  tables: Tables,
  { policyId, instance, slotAt }: { policyId: string; instance: string; slotAt: number },
): Promise<Run | undefined> {
  const runs = await tables.runs.ofPolicy(policyId, { fromAt: slotAt, toAt: slotAt });
  const meant = runs.filter((run) => run.instanceId.startsWith(instance));
  if (meant.length <= 1) return meant[0];
  const exact = meant.find((run) => run.instanceId === instance);
  if (exact !== undefined) return exact;
  throw new CliError(`"${instance}" is the beginning of ${meant.length} databases`, {
    hint: `write more of it: ${meant.map(runId).slice(0, 3).join(", ")}`,
  });
}
