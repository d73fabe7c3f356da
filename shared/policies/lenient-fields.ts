// Reads kindly what can mean only one thing (blanks around text, a number typed as text, one id instead of a list) and
// says so in a warning. Whatever could mean two things is left as it is, for the strict rules to refuse.

import type { Problem } from "../domain/policy.ts";
import { type FieldName, isFieldName, leniencies } from "./field-names.ts";
import { isRowList, isRowMap, type RowMap, type RowValue } from "./row-value.ts";
import { showValue } from "./show-value.ts";

/** Collects what there is to say about a row while it is read. */
export type Remark = (problem: Problem) => void;

interface Spot {
  readonly field: string;
  readonly remark: Remark;
}

/** Changes `fields`, which the caller has made for this row alone, into what the strict rules expect. */
export function readLeniently(fields: RowMap, remark: Remark): void {
  for (const field of Object.keys(fields)) {
    const value = fields[field];
    if (value === undefined || !isFieldName(field)) continue;
    const meant = readField(field, value, { field, remark });
    if (meant === undefined) delete fields[field];
    else fields[field] = meant;
  }
}

/** The value that is meant, or nothing when the field counts as absent. */
function readField(field: FieldName, value: RowValue, spot: Spot): RowValue | undefined {
  const leniency = leniencies[field];
  if (leniency === "exact") return value;
  if (value === null) return absentNull(spot);
  switch (leniency) {
    case "text":
      return trimmed(value, spot);
    case "count":
      return wholeNumber(value, spot);
    case "flag":
      return yesOrNo(value, spot);
    case "texts":
      return texts(value, spot);
    case "selector":
      return isRowMap(value) ? selector(value, spot) : value;
  }
}

function absentNull({ field, remark }: Spot): undefined {
  const remedy = `remove the field ${field}, or give it a value`;
  remark({ field, value: "null", message: "is null and counts as absent", remedy, level: "warning" });
  return undefined;
}

function trimmed(value: RowValue, { field, remark }: Spot): RowValue {
  if (typeof value !== "string") return value;
  const text = value.trim();
  // Blank text is told as such by the strict rules, so that it is not told twice.
  if (text === value || text === "") return text;
  const message = "has blanks at its ends, which are ignored";
  remark({ field, value: showValue(value), message, remedy: `write ${showValue(text)}`, level: "warning" });
  return text;
}

function wholeNumber(value: RowValue, { field, remark }: Spot): RowValue {
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (typeof value !== "string" || !/^\s*-?\d{1,15}\s*$/.test(value)) return value;
  const number = Number(value);
  const remedy = `write ${number} without quotes (type Number in the console)`;
  remark({ field, value: showValue(value), message: `is text and is read as ${number}`, remedy, level: "warning" });
  return number;
}

function yesOrNo(value: RowValue, { field, remark }: Spot): RowValue {
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (word !== "true" && word !== "false") return value;
  const remedy = `write ${word} without quotes (type Boolean in the console)`;
  remark({ field, value: showValue(value), message: `is text and is read as ${word}`, remedy, level: "warning" });
  return word === "true";
}

function texts(value: RowValue, { field, remark }: Spot): RowValue {
  if (typeof value === "string") {
    const text = value.trim();
    // A comma may separate two or belong to one: left as it is, and refused.
    if (text === "" || /[,;\n]/.test(text)) return text;
    const remedy = `write a list: ["${showValue(text).slice(1, -1)}"]`;
    const message = "is one text and is read as a list of one";
    remark({ field, value: showValue(value), message, remedy, level: "warning" });
    return [text];
  }
  if (!isRowList(value)) return value;
  return value.map((item, i) => trimmed(item, { field: `${field}[${i}]`, remark }));
}

function selector(value: RowMap, { field, remark }: Spot): RowMap {
  for (const name of ["name", "engine"]) {
    const criterion = value[name];
    const spot = { field: `${field}.${name}`, remark };
    if (criterion === null) {
      absentNull(spot);
      delete value[name];
    } else if (criterion !== undefined) value[name] = trimmed(criterion, spot);
  }
  return value;
}
