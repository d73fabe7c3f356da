// `otc-backup prune`: what retention would let go and why, before anything goes; and the switch that stops all deleting.

import { readFile } from "node:fs/promises";
import { Command } from "commander";
import type { RetentionTerms } from "../../shared/domain/retention/retention.ts";
import { defaultGraceHours } from "../../shared/domain/retention/retention-mark.ts";
import { type DatabaseHistory, planAccount, planDatabase } from "../../shared/domain/retention/retention-plan.ts";
import { previewRetention } from "../../shared/domain/retention/retention-preview.ts";
import { parsePolicyFile } from "../../shared/policies/policy-file.ts";
import { readRetentionHistory } from "../../shared/policies/retention-history.ts";
import type { PolicyRow } from "../../shared/ports.ts";
import { databaseHistories, policyInForce } from "../../shared/workflows/policy-history.ts";
import { CliError } from "../cli-error.ts";
import { addWhereOptions, plural, print, printJson } from "../output.ts";
import { type PlanReport, planJson, printPlan } from "../prune-report.ts";
import { openTables, type Tables, type WhereOptions } from "../tables-access.ts";
import { wallText } from "../time-text.ts";

interface PruneOptions extends WhereOptions {
  readonly dryRun?: boolean;
  readonly policy?: string;
  readonly history?: string;
  readonly policyFile?: string;
  readonly now?: string;
  readonly stop?: boolean;
  readonly resume?: boolean;
  readonly approve?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

const hourMs = 3_600_000;
const approvalMs = 24 * hourMs;

export function pruneCommand(): Command {
  return addWhereOptions(new Command("prune"))
    .description("what retention would remove and why; prune-backups itself runs every hour")
    .option("--dry-run", "print the plan: keep, remove and refused, each with its reasons; changes nothing")
    .option("--policy <id>", "with --dry-run: this policy only")
    .option("--history <file>", "with --dry-run: judge the history in this JSON file and no site")
    .option("--policy-file <file>", "with --dry-run: what an edit to the policies of this file would let go")
    .option("--now <instant>", "with --dry-run: as if it were then, for example 2026-11-24T09:00Z")
    .option("--stop", "stop all deleting until it is resumed; needs --reason")
    .option("--resume", "let prune-backups delete again")
    .option("--approve <account/plan>", "agree to a bulk change that an alert asked about, for 24 hours")
    .option("--reason <text>", "why, for whoever reads it next")
    .action(prune);
}

async function prune(options: PruneOptions): Promise<void> {
  const chosen = [options.dryRun, options.stop, options.resume, options.approve !== undefined].filter(
    (x) => x === true,
  );
  if (chosen.length !== 1)
    throw new CliError("say what to do", {
      hint: "one of --dry-run, --stop, --resume and --approve; deleting itself is done by prune-backups, every hour",
    });
  if (options.dryRun === true) return dryRun(options);
  const tables = await openTables(options);
  try {
    if (options.approve !== undefined) await approve(tables, options.approve);
    else await setSwitch(tables, options);
  } finally {
    await tables.close();
  }
}

async function setSwitch({ prune: store, clock }: Tables, { stop, reason }: PruneOptions): Promise<void> {
  if (stop === true && (reason === undefined || reason.trim() === ""))
    throw new CliError("--stop needs a reason", { hint: 'prune --stop --reason "migration of the shop database"' });
  const why = reason === undefined ? {} : { reason };
  await store.setSwitch({ stopped: stop === true, ...why, setAt: clock.now() });
  print(stop === true ? "deleting is stopped; prune --resume lets it go on" : "prune-backups may delete again");
}

async function approve({ prune: store, clock }: Tables, text: string): Promise<void> {
  const [account = "", planId = ""] = text.split("/");
  const plan = await store.plan(account, planId);
  if (plan === undefined)
    throw new CliError(`there is no plan "${text}"`, {
      hint: "write account/plan as the alert prune-bulk-change prints it",
    });
  const untilAt = clock.now() + approvalMs;
  await store.approve(account, { planId, marks: plan.newMarks, untilAt });
  print(
    `up to ${plural(plan.newMarks, "good backup")} of account ${account} may be marked until ${wallText(untilAt, clock.now())}; grace and caps apply as always`,
  );
}

async function dryRun(options: PruneOptions): Promise<void> {
  if (options.history !== undefined) return report(await fromFile(options.history, options), options);
  const tables = await openTables(options);
  try {
    const now = instantOf(options.now) ?? tables.clock.now();
    const histories = await historiesOf(tables, now, options.policy);
    if (options.policyFile !== undefined)
      return await preview({ tables, histories, now }, options.policyFile, options.json === true);
    const sw = await tables.prune.pruneSwitch();
    const stoppedBecause = sw.stopped ? (sw.reason ?? "no reason given") : undefined;
    const powerless = await accountsThatCannotDelete(tables, histories);
    report(reportOf(histories, { now, graceMs: tables.settings.graceMs, stoppedBecause, powerless }), options);
  } finally {
    await tables.close();
  }
}

function report(plan: PlanReport, options: PruneOptions): void {
  if (options.json === true) printJson(planJson(plan));
  else printPlan(plan);
}

/** Accounts without a secret of a user that may delete. Where it cannot be read it counts as there: the functions will know. */
async function accountsThatCannotDelete(
  { secrets }: Tables,
  histories: readonly DatabaseHistory[],
): Promise<Set<string>> {
  const powerless = new Set<string>();
  for (const account of new Set(histories.map((history) => history.account))) {
    const secret = await secrets.read(`${account}/prune`);
    if (!secret.ok && secret.failure.code === "secret-absent") powerless.add(account);
  }
  return powerless;
}

interface ReportFacts {
  readonly now: number;
  readonly graceMs: number;
  readonly stoppedBecause?: string | undefined;
  readonly powerless?: ReadonlySet<string>;
}

function reportOf(
  histories: readonly DatabaseHistory[],
  { now, graceMs, stoppedBecause, powerless }: ReportFacts,
): PlanReport {
  const accounts = [...Map.groupBy(histories, (history) => history.account)];
  const plans = accounts.map(([account, list]) =>
    planAccount(account, list.map(planDatabase), { now, stoppedBecause, mayDelete: powerless?.has(account) !== true }),
  );
  return { now, graceMs, plans };
}

async function fromFile(path: string, options: PruneOptions): Promise<PlanReport> {
  const reading = readRetentionHistory({
    ...parseJson(path, await readText(path)),
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  if (!reading.ok)
    throw new CliError(`${path}: ${reading.problems.slice(0, 5).join("; ")}`, {
      hint: "docs/retention.md shows the form",
    });
  return reportOf(reading.histories, { now: reading.now, graceMs: defaultGraceHours * hourMs });
}

function parseJson(path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, whatever the parser's words are.
  }
  throw new CliError(`${path} is not a JSON object`, { hint: "docs/retention.md shows the form" });
}

async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => {
    throw new CliError(`${path} cannot be read`, { hint: "name a file that exists" });
  });
}

function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new CliError(`--now is "${text}"`, { hint: "write an instant such as 2026-11-24T09:00Z" });
  return at;
}

/** What the ledger holds, judged without a look at OTC: prune-backups looks before it marks and before it deletes. */
async function historiesOf(tables: Tables, now: number, policyId: string | undefined): Promise<DatabaseHistory[]> {
  const rows = await rowsOf(tables, policyId);
  const lists = await Promise.all(rows.map(({ id, row }) => historiesOfPolicy(tables, { id, row, now })));
  return lists.flat();
}

async function historiesOfPolicy(
  tables: Tables,
  { id, row, now }: { id: string; row: PolicyRow | undefined; now: number },
): Promise<DatabaseHistory[]> {
  const policy = { policyId: id, ...(await policyInForce(row, tables.versions, now)) };
  return databaseHistories(tables, policy, { now, namePrefix: tables.settings.namePrefix });
}

/** All rows, or the one asked for, which may be gone while its runs are still there; and policies gone that left marks. */
async function rowsOf(
  tables: Tables,
  policyId: string | undefined,
): Promise<{ id: string; row: PolicyRow | undefined }[]> {
  if (policyId !== undefined) return [{ id: policyId, row: await tables.policies.read(policyId) }];
  const rows = new Map<string, PolicyRow | undefined>();
  for await (const page of tables.policies.pages())
    for (const row of page) if (row.policyId !== undefined) rows.set(row.policyId, row);
  const marked = await tables.runs.due("prune", { now: Date.UTC(2200, 0), limit: 20_000 });
  for (const run of marked) if (!rows.has(run.policyId)) rows.set(run.policyId, undefined);
  return [...rows].map(([id, row]) => ({ id, row }));
}

interface PreviewFacts {
  readonly tables: Tables;
  readonly histories: readonly DatabaseHistory[];
  readonly now: number;
}

async function preview({ tables, histories, now }: PreviewFacts, path: string, json: boolean): Promise<void> {
  const file = parsePolicyFile(await readText(path), now);
  const problem = file.problems.find((each) => each.level === "problem");
  if (problem !== undefined)
    throw new CliError(`${path} line ${problem.line}: ${problem.field}: ${problem.message}`, { hint: problem.remedy });
  const terms = new Map<string, RetentionTerms>(file.policies.map(({ policy }) => [policy.policyId, policy]));
  const previews = histories.flatMap((history) => {
    const next = terms.get(history.policyId);
    return next === undefined ? [] : [previewRetention(history, next, tables.settings.graceMs)];
  });
  if (json) {
    const slots = (list: (typeof previews)[number]["wouldGo"]) =>
      list.map(({ run, backup, reasons }) => ({
        slot: new Date(run.slotAt).toISOString(),
        backupId: backup.id,
        reasons,
      }));
    const databases = previews.map(({ after: _after, wouldGo, wouldStay, ...rest }) => ({
      ...rest,
      wouldGo: slots(wouldGo),
      wouldStay: slots(wouldStay),
    }));
    return printJson({ databases });
  }
  for (const each of previews) {
    print(
      `${each.policyId} ${each.instanceId}: ${each.wouldGo.length} would go, not before ${wallText(each.notBeforeAt, now)}; ${each.wouldStay.length} would stay after all`,
    );
    for (const { run, reasons } of each.wouldGo)
      print(`  - ${new Date(run.slotAt).toISOString().slice(0, 16)}Z  ${reasons.join("; ")}`);
    for (const { run } of each.wouldStay) print(`  + ${new Date(run.slotAt).toISOString().slice(0, 16)}Z`);
  }
  if (previews.length === 0) print("none of the policies of the file has backups yet");
}
