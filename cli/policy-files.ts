// Policy files as verbs read them: several files are one set, and a problem anywhere stops everything.

import { readFile } from "node:fs/promises";
import { slotText } from "../shared/domain/runs/naming.ts";
import { type SharedSlot, sharedSlots } from "../shared/domain/slots/shared-slots.ts";
import type { FileProblem } from "../shared/policies/file-row.ts";
import { type FilePolicy, parsePolicyFile } from "../shared/policies/policy-file.ts";
import { CliError } from "./cli-error.ts";
import { plural, tinted, widest, wrapped } from "./output.ts";

export type Finding = FileProblem & { readonly file: string };

export interface ReadFiles {
  readonly policies: readonly FilePolicy[];
  readonly findings: readonly Finding[];
}

/** Reads and judges all files. The same id in two of them is a problem of both. */
export async function readPolicyFiles(files: readonly string[], now: number): Promise<ReadFiles> {
  const policies: (FilePolicy & { file: string })[] = [];
  const findings: Finding[] = [];
  for (const file of [...new Set(files)]) {
    const parsed = parsePolicyFile(await textOf(file), now);
    policies.push(...parsed.policies.map((policy) => ({ ...policy, file })));
    findings.push(...parsed.problems.map((problem) => ({ file, ...problem })));
  }
  for (const same of Map.groupBy(policies, (one) => one.policy.policyId).values())
    if (same.length > 1) findings.push(...same.map((one) => inTwoFiles(one, same)));
  for (const shared of sharedSlots(
    policies.map((one) => one.policy),
    now,
  ))
    findings.push(...atTheSameSlot(shared, policies));
  return { policies, findings };
}

/** Allowed, and hardly meant: told of the later one in the files. */
function atTheSameSlot(shared: SharedSlot, policies: readonly (FilePolicy & { file: string })[]): Finding[] {
  const one = policies.findLast((each) => each.policy.policyId === shared.otherPolicyId);
  if (one === undefined) return [];
  return [
    {
      file: one.file,
      line: one.line,
      policyId: shared.otherPolicyId,
      field: "schedule",
      value: `"${one.policy.scheduleText}"`,
      message: `is due at ${slotText(shared.slotAt)} together with ${shared.policyId}, on database ${shared.instanceId}: one waits for the other`,
      remedy: "move one of them by an hour, or let one policy do with retention what two do",
      level: "warning",
    },
  ];
}

function inTwoFiles(one: FilePolicy & { file: string }, same: readonly { file: string; line: number }[]): Finding {
  const others = same.filter((other) => other.file !== one.file).map((other) => `${other.file}:${other.line}`);
  return {
    file: one.file,
    line: one.line,
    policyId: one.policy.policyId,
    field: "policyId",
    value: `"${one.policy.policyId}"`,
    message: `stands in another file too: ${others.join(", ")}`,
    remedy: "give each policy an id of its own, or remove all but one",
    level: "problem",
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const why = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : "cannot be read";
    throw new CliError(`${file} ${why}`, {
      hint: code === "EISDIR" ? `name its files: ${file}/*.yaml` : "check the path",
    });
  }
}

export const isProblem = (finding: Finding): boolean => finding.level === "problem";

/** Where, which field, what stands there, what is wrong, what to do. */
export function findingText(finding: Finding): string {
  const who = finding.policyId === undefined ? "" : ` ${finding.policyId}`;
  const what = finding.value === "" ? finding.message : `${finding.value} ${finding.message}`;
  const level = isProblem(finding) ? tinted("bad", "problem") : tinted("warning", "warning");
  const body = wrapped(`${finding.field}: ${what}`, widest - 4).concat(wrapped(`fix: ${finding.remedy}`, widest - 4));
  return [`${finding.file}:${finding.line}${who} ${level}`, ...body.map((line) => `  ${line}`)].join("\n");
}

export function findingTally({ policies, findings }: ReadFiles): string {
  const problems = findings.filter(isProblem).length;
  const warnings = findings.length - problems;
  return `${plural(policies.length, "valid policy", "valid policies")}, ${plural(problems, "problem")}, ${plural(warnings, "warning")}`;
}
