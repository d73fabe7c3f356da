// `otc-backup policies list`: every row, how it was understood, and what is wrong with it.

import { Command } from "commander";
import type { Observed } from "../../../shared/domain/observed.ts";
import { type Problem, problemLine } from "../../../shared/domain/policy.ts";
import type { PolicyRow } from "../../../shared/ports.ts";
import { allRows } from "../../known-policies.ts";
import { addWhereOptions, isoAll, print, printJson, printTable, tinted, wrapped } from "../../output.ts";
import { openTables, type WhereOptions } from "../../tables-access.ts";
import { relativeText, whenText } from "../../time-text.ts";

export function listCommand(): Command {
  return addWhereOptions(new Command("list"))
    .description("every policy row, how it was understood, its next slot; exit code 3 when one is invalid")
    .action(list);
}

interface Listed {
  readonly policyId: string;
  readonly status: Observed["status"] | "NOT SEEN YET";
  readonly observed: Observed | undefined;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

async function list(options: WhereOptions & { json?: boolean }): Promise<void> {
  const tables = await openTables(options);
  try {
    const listed = (await allRows(tables)).map(judged);
    if (options.json === true) printJson({ policies: listed.map(toJson) });
    else printList(listed, tables.clock.now());
    if (listed.some((one) => one.problems.length > 0)) process.exitCode = 3;
  } finally {
    await tables.close();
  }
}

/** What the row says now: a problem typed a second ago counts, whether or not a tick has seen it. */
function judged({ policyId, parse, observed }: PolicyRow): Listed {
  const found = parse.ok ? parse.warnings : parse.problems;
  const lines = (level: Problem["level"]) => found.filter((p) => p.level === level).map(problemLine);
  const refused = parse.ok && observed?.status === "INVALID" ? observed.problems : [];
  const problems = parse.ok ? refused : lines("problem");
  const status = problems.length > 0 ? "INVALID" : (observed?.status ?? "NOT SEEN YET");
  return { policyId: policyId ?? "(no id)", status, observed, problems, warnings: lines("warning") };
}

function toJson({ observed, ...one }: Listed) {
  const { nextSlots = [], effectiveVersion, lastGoodAt, checkedAt } = observed ?? {};
  return { ...one, effectiveVersion, lastGoodAt, checkedAt, nextSlots: isoAll(nextSlots) };
}

function printList(listed: readonly Listed[], now: number): void {
  printTable(
    ["policy", "status", "version", "next slot", "last good slot"],
    listed.map(({ policyId, status, observed }) => [
      policyId,
      tinted(status === "INVALID" ? "bad" : status === "OK" ? "good" : "warning", status),
      String(observed?.effectiveVersion ?? "-"),
      observed?.nextSlots[0] === undefined ? "-" : whenText(observed.nextSlots[0], now),
      observed?.lastGoodAt === undefined ? "-" : relativeText(observed.lastGoodAt, now),
    ]),
  );
  for (const { policyId, problems, warnings, observed } of listed) {
    if (problems.length > 0) {
      const version = observed?.effectiveVersion;
      const force = version === undefined ? "NO backups are made" : `version ${version} stays in force`;
      print(`\n${policyId} is ${tinted("bad", "invalid")}; ${force}`);
    } else if (warnings.length > 0) print(`\n${policyId} has ${tinted("warning", "warnings")}`);
    for (const line of [...problems, ...warnings]) for (const part of wrapped(line, 96)) print(`    ${part}`);
  }
}
