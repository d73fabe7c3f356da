// The one form in which a row reaches the rules, wherever it came from (DynamoDB item, YAML, plain JavaScript): text,
// numbers, yes/no, null, lists and maps without a prototype. What cannot be one of these is Unreadable, never dropped.

import type { Problem } from "../domain/policy.ts";

/** Something that stands in the row but has no meaning in it: binary, a number no machine can hold exactly, a function. */
export class Unreadable {
  readonly kind: string;
  readonly shown: string;
  constructor(kind: string, shown: string) {
    this.kind = kind;
    this.shown = shown;
  }
}

export type RowValue = string | number | boolean | null | Unreadable | readonly RowValue[] | RowMap;

/** Made without a prototype, so that no name in it can mean anything but itself. */
export interface RowMap {
  [name: string]: RowValue;
}

export interface RowReading {
  readonly fields: RowMap;
  /** Top-level fields nobody knows, with what kind of thing stands there. Their contents are not kept. */
  readonly unknown: readonly { readonly name: string; readonly kind: string }[];
}

/** Ends the reading of a row that is dangerous as a whole. Caught where rows are parsed; never leaves this folder. */
export class RowRefused extends Error {
  override readonly name = "RowRefused";
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

export function emptyRowMap(): RowMap {
  return Object.create(null);
}

export function isRowList(value: RowValue | undefined): value is readonly RowValue[] {
  return Array.isArray(value);
}

export function isRowMap(value: RowValue | undefined): value is RowMap {
  return typeof value === "object" && value !== null && !isRowList(value) && !(value instanceof Unreadable);
}

/** What a value is, in words for a message: `text`, `a number`, `a map` … */
export function kindOf(value: RowValue): string {
  if (value === null) return "null";
  if (value instanceof Unreadable) return value.kind;
  if (isRowList(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return "a map";
  }
}
