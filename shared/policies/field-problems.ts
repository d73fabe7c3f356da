// Turns what the schema found into problems: the path as a person writes it, the value as it stands in the row, and what
// to do about it.

import type * as z from "zod";
import type { Problem } from "../domain/policy.ts";
import { remedyFor } from "./field-guide.ts";
import { retentionRules, selectorCriteria } from "./field-names.ts";
import { nearestName } from "./nearest-name.ts";
import { isRowList, isRowMap, kindOf, type RowMap, type RowValue } from "./row-value.ts";
import { showName, showValue } from "./show-value.ts";

/** One problem for each place the schema refused. `fields` is the row as the schema saw it. */
export function fieldProblems(issues: readonly z.core.$ZodIssue[], fields: RowMap): Problem[] {
  const problems = new Map<string, Problem>();
  for (const issue of issues) {
    for (const problem of issueProblems(issue, fields)) {
      // Blank text breaks a pattern and a length: said once.
      if (!problems.has(problem.field)) problems.set(problem.field, problem);
    }
  }
  return [...problems.values()];
}

function issueProblems(issue: z.core.$ZodIssue, fields: RowMap): Problem[] {
  const value = valueAt(fields, issue.path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownInner(issue.path, key, value));
  const remedy = remedyFor(issue.path);
  const field = pathText(issue.path);
  if (issue.code === "invalid_key") {
    const message = "is not usable as a tag's name";
    return [{ field, value: showValue(String(issue.path.at(-1))), message, remedy, level: "problem" }];
  }
  return [{ field, value: showValue(value), message: messageFor(issue, value), remedy, level: "problem" }];
}

function messageFor(issue: z.core.$ZodIssue, value: RowValue | undefined): string {
  if (value === undefined) return "is missing";
  if (value === "") return "is blank";
  // A number that is no whole one, or NaN, is of the right kind all the same.
  const isNumber = typeof value === "number" && "expected" in issue && /^(?:int|number)$/.test(issue.expected);
  const isWrongKind = issue.code === "invalid_type" && !isNumber;
  return isWrongKind ? `is ${kindOf(value)}, ${issue.message}` : issue.message;
}

/** A name nobody knows inside `retention` or `selector`: there it is a problem, since leaving it out changes what is meant. */
function unknownInner(path: readonly PropertyKey[], key: string, parent: RowValue | undefined): Problem {
  const known = path[0] === "retention" ? [...retentionRules, "minimum"] : selectorCriteria;
  const meant = nearestName(key, known);
  const value = isRowMap(parent) ? showValue(parent[key]) : "";
  const kind = path[0] === "retention" ? "keep rule" : "criterion";
  return {
    field: pathText([...path, key]),
    value,
    message: `is no ${kind} that exists`,
    remedy: meant === undefined ? `use only ${known.join(", ")}` : `did you mean ${meant}?`,
    level: "problem",
  };
}

/** `retention.keepLast`, `instanceIds[1]`, `selector.tags.env`. */
export function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "row";
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += `${text === "" ? "" : "."}${showName(String(part))}`;
  }
  return text;
}

function valueAt(fields: RowMap, path: readonly PropertyKey[]): RowValue | undefined {
  let value: RowValue | undefined = fields;
  for (const part of path) {
    if (typeof part === "number" && isRowList(value)) value = value[part];
    else if (typeof part === "string" && isRowMap(value)) value = value[part];
    else return undefined;
  }
  return value;
}
