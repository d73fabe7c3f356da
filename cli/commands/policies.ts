// `otc-backup policies`: what is to be backed up, and whether the rows say so properly.

import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { parsePolicyFile } from "../../shared/policies/policy-file.ts";
import { CliError } from "../cli-error.ts";
import { addWhereOptions, localTime, printTable } from "../output.ts";
import { openTables, type WhereOptions } from "../tables-access.ts";

export function policiesCommand(): Command {
  const validate = new Command("validate")
    .description("check YAML files offline; exit code 3 when a row is invalid")
    .argument("<file...>", "YAML files with policies")
    .option("--json", "one JSON value instead of text")
    .action(validateFiles);
  const list = addWhereOptions(new Command("list"))
    .description("every policy row, how it was understood, its next slot")
    .action(listPolicies);
  return new Command("policies").description("what is to be backed up").addCommand(validate).addCommand(list);
}

async function validateFiles(files: string[], options: { json?: boolean }): Promise<void> {
  const findings = [];
  let policies = 0;
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => {
      throw new CliError(`${file} cannot be read`, { hint: "check the path" });
    });
    const parsed = parsePolicyFile(text, Date.now());
    policies += parsed.policies.length;
    findings.push(...parsed.problems.map((problem) => ({ file, ...problem })));
  }
  const wrong = findings.filter((finding) => finding.level === "problem");
  if (options.json === true) process.stdout.write(`${JSON.stringify({ policies, findings })}\n`);
  else {
    for (const f of findings) {
      const who = f.policyId === undefined ? "" : ` ${f.policyId}`;
      process.stdout.write(
        `${f.file}:${f.line}${who} ${f.level} ${f.field}: ${f.value}: ${f.message}\n  hint: ${f.remedy}\n`,
      );
    }
    process.stdout.write(
      `${policies} valid ${policies === 1 ? "policy" : "policies"}, ${wrong.length} problem${wrong.length === 1 ? "" : "s"}\n`,
    );
  }
  if (wrong.length > 0) process.exitCode = 3;
}

async function listPolicies(options: WhereOptions & { json?: boolean }): Promise<void> {
  const tables = await openTables(options);
  try {
    const rows = [];
    for await (const page of tables.policies.pages()) rows.push(...page);
    const facts = rows.map((row) => ({ policyId: row.policyId ?? "(no id)", observed: row.observed }));
    if (options.json === true) process.stdout.write(`${JSON.stringify(facts)}\n`);
    else {
      const time = (at: number | undefined) => (at === undefined ? "-" : localTime(at));
      printTable(
        ["policy", "status", "version", "next slot", "last good slot", "problems"],
        facts.map(({ policyId, observed: o }) => [
          policyId,
          o?.status ?? "not seen yet",
          String(o?.effectiveVersion ?? "-"),
          time(o?.nextSlots[0]),
          time(o?.lastGoodAt),
          o?.problems.join("; ") ?? "",
        ]),
      );
    }
  } finally {
    await tables.close();
  }
}
