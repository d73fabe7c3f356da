// `otc-backup policies list`: every row, how it was understood, and what is wrong with it.

import { Command } from "commander";
import { isSharedLine } from "../../../shared/domain/coverage/shared-databases.ts";
import type { Observed } from "../../../shared/domain/observed.ts";
import { type Problem, problemLine } from "../../../shared/domain/policy.ts";
import type { PolicyRow, PolicyVersionStore } from "../../../shared/ports.ts";
import { allRows, metByTicks } from "../../known-policies.ts";
import { addWhereOptions, isoAll, print, printJson, printTable, tinted, widest, wrapped } from "../../output.ts";
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
  /** In force. */
  readonly version?: number;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

async function list(options: WhereOptions & { json?: boolean }): Promise<void> {
  const tables = await openTables(options);
  try {
    const rows = await allRows(tables);
    const listed = await Promise.all(rows.map((row) => judged(row, tables.versions)));
    if (options.json === true) printJson({ policies: listed.map(toJson) });
    else printList(listed, tables.clock.now());
    if (listed.some((one) => one.problems.length > 0)) process.exitCode = 3;
  } finally {
    await tables.close();
  }
}

/** What the row says now: a problem typed a second ago counts, whether or not a tick has seen it. */
async function judged({ policyId, parse, observed }: PolicyRow, versions: PolicyVersionStore): Promise<Listed> {
  const found = parse.ok ? parse.warnings : parse.problems;
  const lines = (level: Problem["level"]) => found.filter((p) => p.level === level).map(problemLine);
  const refused = parse.ok && observed?.status === "INVALID" ? observed.problems : [];
  const problems = parse.ok ? refused : lines("problem");
  const status: Listed["status"] = problems.length > 0 ? "INVALID" : (observed?.status ?? "NOT SEEN YET");
  // A row put back as a whole has lost what stood on it: which version is in force the ledger knows.
  const known = problems.length === 0 || policyId === undefined ? undefined : await versions.effective(policyId);
  const version = known?.version ?? observed?.effectiveVersion;
  const shared = observed?.warnings?.filter(isSharedLine) ?? [];
  const named = { policyId: policyId ?? "(no id)", status, observed };
  return {
    ...named,
    problems,
    warnings: [...lines("warning"), ...metByTicks(observed), ...shared],
    ...(version === undefined ? {} : { version }),
  };
}

function toJson({ observed, version, ...one }: Listed) {
  const { nextSlots = [], lastGoodAt, checkedAt } = observed ?? {};
  return { ...one, effectiveVersion: version, lastGoodAt, checkedAt, nextSlots: isoAll(nextSlots) };
}

function printList(listed: readonly Listed[], now: number): void {
  printTable(
    ["policy", "status", "version", "next slot", "last good slot"],
    listed.map(({ policyId, status, observed, version }) => [
      policyId,
      tinted(status === "INVALID" ? "bad" : status === "OK" ? "good" : "warning", status),
      String(version ?? "-"),
      observed?.nextSlots[0] === undefined ? "-" : whenText(observed.nextSlots[0], now),
      observed?.lastGoodAt === undefined ? "-" : relativeText(observed.lastGoodAt, now),
    ]),
  );
  for (const { policyId, problems, warnings, version } of listed) {
    if (problems.length > 0) {
      const force = version === undefined ? "NO backups are made" : `version ${version} stays in force`;
      print(`\n${policyId} is ${tinted("bad", "invalid")}; ${force}`);
    } else if (warnings.length > 0) print(`\n${policyId} has ${tinted("warning", "warnings")}`);
    for (const line of [...problems, ...warnings]) for (const part of wrapped(line, widest - 4)) print(`    ${part}`);
  }
}
