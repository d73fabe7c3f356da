// Reads policies from YAML (and so from JSON): a list of rows, or a map with `policies` and `templates`, in one document
// or several. Each row is judged by the same parser as a row of the table; what this file adds is where it stands.

import { LineCounter, parseAllDocuments } from "yaml";
import type { Policy } from "../domain/policy.ts";
import { type FileProblem, type FileRow, lineOfField, rowId } from "./file-row.ts";
import { parsePolicy } from "./parse-policy.ts";
import { policyIdPattern } from "./policy-row-schema.ts";
import { showValue } from "./show-value.ts";
import type { YamlDocument } from "./yaml-content.ts";
import { rowsOfDocument } from "./yaml-document.ts";

export interface FilePolicy {
  readonly policy: Policy;
  readonly contentHash: string;
  readonly line: number;
  /** The row as the table would hold it: its template filled in, `template` and `observed` left out. */
  readonly row: Readonly<Record<string, unknown>>;
  /** Which of the row's fields its template filled in. */
  readonly fromTemplate: readonly string[];
}

export interface PolicyFile {
  /** The valid ones, in the order of the file. */
  readonly policies: readonly FilePolicy[];
  /** Problems and warnings by line. With any of level problem the file as a whole is not to be applied. */
  readonly problems: readonly FileProblem[];
}

const maxFileBytes = 8 * 1024 * 1024;

/** Reads a whole file. Never throws; a file without a single row is a problem, since it might be the wrong one. */
export function parsePolicyFile(text: string, now: number): PolicyFile {
  if (text.length > maxFileBytes) {
    const message = `is longer than the ${maxFileBytes} characters a file of policies may have`;
    return { policies: [], problems: [fileProblem(String(text.length), message, "split the file into several")] };
  }
  const problems: FileProblem[] = [];
  const rows: FileRow[] = [];
  for (const document of documentsOf(text)) {
    const found = rowsOfDocument(document);
    rows.push(...found.rows);
    problems.push(...found.problems);
  }
  if (rows.length === 0 && !problems.some((problem) => problem.level === "problem")) {
    const remedy = "begin a row with - policyId: …, or check that this is the right file";
    problems.push(fileProblem("no rows", "has no policies", remedy));
  }
  const judged = judgeRows(rows, now);
  return {
    policies: judged.policies,
    problems: [...problems, ...judged.problems].sort((a, b) => a.line - b.line),
  };
}

function documentsOf(text: string): YamlDocument[] {
  const lines = new LineCounter();
  // Some editors begin a file with a byte order mark, which YAML knows only as text.
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const options = { lineCounter: lines, prettyErrors: false, logLevel: "silent" } as const;
  return parseAllDocuments(source, options).map((parsed) => ({
    parsed,
    source,
    lineAt: (offset: number) => Math.max(1, lines.linePos(offset).line),
  }));
}

function judgeRows(rows: readonly FileRow[], now: number): { policies: FilePolicy[]; problems: FileProblem[] } {
  const policies: FilePolicy[] = [];
  const problems: FileProblem[] = [];
  const lines = linesById(rows);
  for (const fileRow of rows) {
    const id = rowId(fileRow.row);
    const same = id === undefined ? [] : (lines.get(id) ?? []);
    const named = id !== undefined && policyIdPattern.test(id) ? { policyId: id } : {};
    const broken = same.length > 1 ? [...fileRow.problems, doubleId(fileRow, same)] : fileRow.problems;
    problems.push(...broken.map((p) => ({ ...p, ...named })));
    if (fileRow.problems.length > 0) continue;
    const parse = parsePolicy(fileRow.row, now);
    const found = parse.ok ? parse.warnings : parse.problems;
    problems.push(...found.map((p) => ({ ...p, line: lineOfField(fileRow, p.field), ...named })));
    if (!parse.ok || same.length > 1) continue;
    const { policy, contentHash } = parse;
    const { line, row, fromTemplate } = fileRow;
    policies.push({ policy, contentHash, line, row, fromTemplate });
  }
  return { policies, problems };
}

function linesById(rows: readonly FileRow[]): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  for (const { row, line } of rows) {
    const id = rowId(row);
    if (id !== undefined) lines.set(id, [...(lines.get(id) ?? []), line]);
  }
  return lines;
}

/** Which of two rows with one id is meant cannot be known: neither counts. */
function doubleId(fileRow: FileRow, lines: readonly number[]): FileProblem {
  const others = lines.filter((line) => line !== fileRow.line).join(", ");
  return {
    field: "policyId",
    value: showValue(rowId(fileRow.row)),
    message: `stands in the file more than once: also in line ${others === "" ? fileRow.line : others}`,
    remedy: "give each policy an id of its own, or remove all but one",
    level: "problem",
    line: lineOfField(fileRow, "policyId"),
  };
}

function fileProblem(value: string, message: string, remedy: string): FileProblem {
  return { field: "file", value, message, remedy, level: "problem", line: 1 };
}
