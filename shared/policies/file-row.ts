// One row of a policy file: its content, and where in the file each of its fields stands.

import { isMap, isSeq } from "yaml";
import type { Problem } from "../domain/policy.ts";

/** A problem or warning with the line (from 1) of the file on which it is best corrected. */
export type FileProblem = Problem & { readonly line: number; readonly policyId?: string };

/** A function from a character offset to a line number, from 1. */
export type LineAt = (offset: number) => number;

export interface FileRow {
  /** With its template filled in. Not a map when the file has something else there: then the parser says so. */
  readonly row: Readonly<Record<string, unknown>>;
  readonly line: number;
  /** The row's node and, behind it, its template's: where fields are looked for, in this order. */
  readonly nodes: readonly unknown[];
  readonly lineAt: LineAt;
  /** The fields that its template filled in. */
  readonly fromTemplate: readonly string[];
  /** What is wrong with the way it is written (a key twice, no such template). With any, its content is not judged. */
  readonly problems: readonly FileProblem[];
}

export function rowId(row: Readonly<Record<string, unknown>>): string | undefined {
  return Object.hasOwn(row, "policyId") && typeof row.policyId === "string" ? row.policyId : undefined;
}

/** The line of a field given as in problems (`retention.keepLast`, `instanceIds[1]`), or of what is nearest to it. */
export function lineOfField(fileRow: FileRow, field: string): number {
  for (const node of fileRow.nodes) {
    const offset = offsetOf(node, field);
    if (offset !== undefined) return fileRow.lineAt(offset);
  }
  return fileRow.line;
}

/** Names may contain dots and brackets, so a key matches when the path goes on after it, not when it splits there. */
function offsetOf(node: unknown, path: string): number | undefined {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = keyText(key);
      if (!path.startsWith(name)) continue;
      const rest = path.slice(name.length);
      if (rest !== "" && rest[0] !== "." && rest[0] !== "[") continue;
      return offsetOf(value, rest.startsWith(".") ? rest.slice(1) : rest) ?? startOf(key);
    }
  }
  if (isSeq(node)) {
    const index = /^\[(\d+)\]\.?/.exec(path);
    if (index === null) return undefined;
    const item: unknown = node.items[Number(index[1])];
    return offsetOf(item, path.slice(index[0].length)) ?? startOf(item);
  }
  return undefined;
}

/** A key's text, whether written plainly, in quotes or as a number. */
export function keyText(key: unknown): string {
  return String(typeof key === "object" && key !== null && "value" in key ? key.value : key);
}

/** Where a node begins, as an offset into the file. */
export function startOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const start: unknown = node.range[0];
  return typeof start === "number" ? start : undefined;
}
