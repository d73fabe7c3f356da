// `otc-backup policies show`: every value of one policy as it counts, and where it comes from.

import { Command } from "commander";
import type { Selection } from "../../../shared/domain/coverage/selection.ts";
import { sharedLines } from "../../../shared/domain/coverage/shared-databases.ts";
import { type Policy, type Problem, problemLine } from "../../../shared/domain/policy.ts";
import { type EffectiveValue, effectiveValues } from "../../../shared/policies/effective-values.ts";
import { parsePolicy } from "../../../shared/policies/parse-policy.ts";
import type { Fields } from "../../../shared/policies/row-change.ts";
import { CliError } from "../../cli-error.ts";
import { storedRow } from "../../edit-one.ts";
import { metByTicks, noSuchPolicy } from "../../known-policies.ts";
import { addWhereOptions, factsText, isoAll, print, printJson, printTable, tinted } from "../../output.ts";
import { readPolicyFiles } from "../../policy-files.ts";
import { selectedLines } from "../../selected-databases.ts";
import { openTables, type Tables, type WhereOptions } from "../../tables-access.ts";
import { whenText } from "../../time-text.ts";
import { upcoming, upcomingLines } from "../../upcoming.ts";

interface Options extends WhereOptions {
  readonly json?: boolean;
  readonly file?: string;
}

interface Shown {
  readonly policyId: string;
  readonly source: string;
  readonly now: number;
  readonly policy: Policy | undefined;
  readonly values: readonly EffectiveValue[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly lastGoodAt?: number;
  /** Of a policy with a selector, on a site; nothing while it has not been resolved. */
  readonly selected?: { readonly selection: Selection | undefined };
}

export function showCommand(): Command {
  return addWhereOptions(new Command("show"))
    .description("every value of a policy as it counts, and where it comes from: row, template or default")
    .argument("<policy>", "id of a policy")
    .option("--file <path>", "look into this YAML file instead of a site, offline")
    .action(show);
}

async function show(policyId: string, options: Options): Promise<void> {
  const shown =
    options.file === undefined ? await fromTable(policyId, options) : await fromFile(policyId, options.file);
  if (options.json === true) printJson(toJson(shown));
  else printShown(shown);
  if (shown.problems.length > 0) process.exitCode = 3;
}

/** An invalid row is shown as what counts: the last valid version. */
async function fromTable(policyId: string, options: Options): Promise<Shown> {
  const tables = await openTables(options);
  try {
    const { parse, fields, observed } = await storedRow(tables, policyId);
    const now = tables.clock.now();
    const effective = await tables.versions.effective(policyId);
    const version = effective === undefined ? "not seen by a tick yet" : `version ${effective.version}`;
    const good = observed?.lastGoodAt === undefined ? {} : { lastGoodAt: observed.lastGoodAt };
    if (parse.ok) {
      const shared = sharedLines((await tables.inventories.read(parse.policy.account))?.coverage.shared ?? []);
      const own = shared.get(policyId);
      const said = [...parse.warnings.map(problemLine), ...metByTicks(observed), ...(own === undefined ? [] : [own])];
      const found = { problems: [], warnings: said, ...good, ...(await selectedBy(tables, parse.policy)) };
      return shownOf({ policyId, source: `the row, ${version}`, now, ...found }, parse.policy, fields);
    }
    const last = effective === undefined ? undefined : parsePolicy(effective.raw, now);
    const lines = (level: Problem["level"]) => parse.problems.filter((p) => p.level === level).map(problemLine);
    const problems = lines("problem");
    const about = { policyId, now, problems, warnings: lines("warning"), ...good };
    if (last?.ok !== true)
      return { ...about, source: "no valid version is known: NO backups", policy: undefined, values: [] };
    const source = `the last valid version, ${effective?.version}: the row as it stands is invalid`;
    const selected = await selectedBy(tables, last.policy);
    return shownOf({ ...about, ...selected, source }, last.policy, fieldsOf(effective?.raw));
  } finally {
    await tables.close();
  }
}

async function selectedBy(tables: Tables, policy: Policy): Promise<Pick<Shown, "selected">> {
  if (policy.target.kind === "instances") return {};
  return { selected: { selection: await tables.selections.read(policy) } };
}

async function fromFile(policyId: string, file: string): Promise<Shown> {
  const now = Date.now();
  const { policies, findings } = await readPolicyFiles([file], now);
  const found = policies.find(({ policy }) => policy.policyId === policyId);
  const own = findings.filter((finding) => finding.policyId === policyId);
  const problems = own.filter((p) => p.level === "problem").map(problemLine);
  if (found === undefined && problems.length === 0)
    throw noSuchPolicy(
      policyId,
      policies.map(({ policy }) => policy.policyId),
    );
  if (found === undefined) throw new CliError(problems.join("; "), { exitCode: 3 });
  const warnings = own.filter((p) => p.level === "warning").map(problemLine);
  const about = { policyId, source: `${file}:${found.line}`, now, problems, warnings };
  return shownOf(about, found.policy, found.row, found.fromTemplate);
}

function shownOf(
  about: Omit<Shown, "policy" | "values">,
  policy: Policy,
  ...rest: [fields: Fields, fromTemplate?: readonly string[]]
): Shown {
  const [fields, fromTemplate = []] = rest;
  return { ...about, policy, values: effectiveValues(policy, fields, new Set(fromTemplate)) };
}

function fieldsOf(raw: unknown): Fields {
  return typeof raw === "object" && raw !== null ? { ...raw } : {};
}

function toJson({ policy, now, selected, ...rest }: Shown) {
  const next = policy === undefined ? [] : upcoming(policy, now, 3).map((run) => run.slotAt);
  const { members, replicas, resolvedAt, drop } = selected?.selection ?? {};
  const matched = members === undefined ? {} : { matched: { resolvedAt, replicas, databases: members, drop } };
  return { ...rest, ...matched, nextSlots: isoAll(next) };
}

function printShown(shown: Shown): void {
  const { policyId, source, policy, values, problems, warnings, now, lastGoodAt, selected } = shown;
  print(`${tinted("strong", policyId)}  ${source}`);
  for (const line of problems) print(factsText([[tinted("bad", "problem"), line]]));
  for (const line of warnings) print(factsText([[tinted("warning", "warning"), line]]));
  if (policy === undefined) return;
  printTable(
    ["field", "from", "value"],
    values.filter(({ value }) => value !== undefined).map(({ field, value, from }) => [field, from, value ?? ""]),
  );
  if (selected !== undefined) {
    const lines = selectedLines(selected.selection, now, policy.timeZone);
    print(
      factsText(
        lines.map((line, i) => [i === 0 ? "matched" : "", line] as const),
        0,
      ),
    );
  }
  print(
    factsText(
      upcomingLines(policy, now, 3).map((line, i) => [i === 0 ? "next runs" : "", line] as const),
      0,
    ),
  );
  if (lastGoodAt !== undefined) print(factsText([["last good", whenText(lastGoodAt, now, policy.timeZone)]], 0));
}
