// From one YAML document to its rows: the list or the map of `policies` and `templates`, and what is wrong with the way
// it is written. What the fields of a row must be is not decided here.

import { isMap, isSeq, type YAMLError } from "yaml";
import { type FileProblem, type FileRow, keyText, lineOfField, startOf } from "./file-row.ts";
import { nearestName } from "./nearest-name.ts";
import { isRecord } from "./row-reading.ts";
import { fillTemplate, templatesOf } from "./row-templates.ts";
import { showName, showText, showValue } from "./show-value.ts";
import { contentOf, type YamlDocument } from "./yaml-content.ts";

export interface DocumentRows {
  readonly rows: readonly FileRow[];
  readonly problems: readonly FileProblem[];
}

/** So many lines with errors of writing are told at most: the first one usually causes the rest. */
const maxErrors = 10;

/** The rows of a document. One whose structure cannot be trusted has none; a key written twice spoils only its row. */
export function rowsOfDocument(document: YamlDocument): DocumentRows {
  const { errors, warnings } = document.parsed;
  const broken = (which: readonly YAMLError[]) => ({ rows: [], problems: whereWritten(which, document) });
  if (errors.some((e) => e.code !== "DUPLICATE_KEY")) return broken([...errors, ...warnings]);
  const content = contentOf(document);
  if ("line" in content) return { rows: [], problems: [content] };
  const found = placedRows(content.js, document);
  const outside = errors.filter((e) => !found.rows.some(({ node }) => isInside(e, node)));
  if (outside.length > 0) return broken(outside);
  const filled = fillRows(found, document);
  return { rows: filled.rows, problems: [...whereWritten(warnings, document), ...filled.problems] };
}

interface PlacedRow {
  readonly js: unknown;
  readonly node: unknown;
}

interface Found {
  readonly rows: readonly PlacedRow[];
  readonly templates: PlacedRow | undefined;
  readonly problems: readonly FileProblem[];
}

function fillRows(found: Found, document: YamlDocument): DocumentRows {
  const { lineAt, parsed } = document;
  const templates = templatesOf(found.templates, lineAt);
  const problems = [...found.problems, ...templates.problems];
  const rows: FileRow[] = [];
  for (const { js, node } of found.rows) {
    const line = lineAt(startOf(node) ?? 0);
    if (!isRecord(js)) {
      problems.push(notARow(js, line));
      continue;
    }
    const filled = fillTemplate({ js, node }, templates.byName);
    const doubles = parsed.errors.filter((e) => isInside(e, node));
    const { row: fields, nodes, fromTemplate } = filled;
    const row = { row: fields, line, nodes, lineAt, fromTemplate, problems: whereWritten(doubles, document) };
    const misfits = filled.problems.map((p) => ({ ...p, line: lineOfField(row, p.field) }));
    rows.push({ ...row, problems: [...row.problems, ...misfits] });
  }
  return { rows, problems: [...problems, ...templates.unused()] };
}

const topKeys = ["policies", "templates"];

function placedRows(js: unknown, { parsed, lineAt }: YamlDocument): Found {
  const contents = parsed.contents;
  const none = { rows: [], templates: undefined };
  if (js === null || js === undefined) return { ...none, problems: [] };
  if (isSeq(contents)) return { rows: listed(js, contents.items), templates: undefined, problems: [] };
  if (!isMap(contents) || !isRecord(js)) return { ...none, problems: [notARow(js, lineAt(startOf(contents) ?? 0))] };
  const problems: FileProblem[] = [];
  let rows: readonly PlacedRow[] = [];
  let templates: PlacedRow | undefined;
  for (const { key, value: node } of contents.items) {
    const name = keyText(key);
    const value = js[name];
    if (name === "templates") templates = { js: value, node };
    else if (name === "policies" && isSeq(node)) rows = listed(value, node.items);
    else if (name !== "policies" || value !== null) problems.push(strayKey(name, lineAt(startOf(key) ?? 0)));
  }
  return { rows, templates, problems };
}

function listed(js: unknown, nodes: readonly unknown[]): PlacedRow[] {
  const values: readonly unknown[] = Array.isArray(js) ? js : [];
  return nodes.map((node, i) => ({ js: values[i], node }));
}

function strayKey(name: string, line: number): FileProblem {
  const place = { field: showName(name), value: "", level: "problem", line } as const;
  if (name === "policies") return { ...place, message: "must be a list of rows", remedy: "begin each row with -" };
  if (name === "policyId") {
    return { ...place, message: "stands outside a list of rows", remedy: "begin the row with - policyId: …" };
  }
  const meant = nearestName(name, topKeys);
  const remedy =
    meant === undefined ? "write a list of rows, or a map with policies and templates" : `did you mean ${meant}?`;
  return { ...place, message: "is neither policies nor templates", remedy };
}

function notARow(js: unknown, line: number): FileProblem {
  const value = typeof js === "string" || typeof js === "number" || typeof js === "boolean" ? showValue(js) : "no map";
  const remedy = "write fields and values, beginning with - policyId: …";
  return { field: "row", value, message: "is not a row: must be a map of fields", remedy, level: "problem", line };
}

function isInside(error: YAMLError, node: unknown): boolean {
  const start = startOf(node);
  if (start === undefined || typeof node !== "object" || node === null || !("range" in node)) return false;
  const end: unknown = Array.isArray(node.range) ? node.range[2] : undefined;
  return error.pos[0] >= start && typeof end === "number" && error.pos[0] < end;
}

function whereWritten(errors: readonly YAMLError[], document: YamlDocument): FileProblem[] {
  const byLine = new Map<number, FileProblem>();
  for (const error of errors) {
    const problem = writtenWrong(error, document);
    if (byLine.size < maxErrors && !byLine.has(problem.line)) byLine.set(problem.line, problem);
  }
  return [...byLine.values()];
}

/** What the YAML parser found: errors of writing, and tags it does not know (whose value is read as if untagged). */
function writtenWrong(error: YAMLError, { lineAt, source }: YamlDocument): FileProblem {
  const [start] = error.pos;
  const line = lineAt(start);
  if (error.code === "DUPLICATE_KEY") {
    const key = /^["']?([^"':\n]*)/.exec(source.slice(start, start + 80))?.[1] ?? "";
    const message = "stands twice in one map, and which of the two is meant cannot be known";
    return { field: showName(key), value: "twice", message, remedy: "remove one of the two", level: "problem", line };
  }
  const message = showText(error.message, 300);
  const level = error.name === "YAMLWarning" ? "warning" : "problem";
  const remedy = "correct the YAML on this line or just above it; indent with blanks only";
  return { field: "file", value: error.code, message, remedy, level, line };
}
