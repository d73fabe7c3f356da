// Reads a plain JavaScript value (from YAML, JSON or an unmarshalled item) as a row. Only own, enumerable, named
// properties count; prototypes are neither read nor written. May throw whatever a hostile getter throws.

import { refuseDepth, refuseName } from "./row-budget.ts";
import { isRecord, notAMap, type Place, readFields } from "./row-reading.ts";
import { emptyRowMap, type RowReading, RowRefused, type RowValue, Unreadable } from "./row-value.ts";

/** Throws RowRefused when the row as a whole cannot be read (not a map, too large, too deep, a dangerous name). */
export function readPlainRow(row: unknown): RowReading {
  if (!isRecord(row)) throw new RowRefused(notAMap(row));
  return readFields(row, readPlain);
}

function readPlain(value: unknown, place: Place): RowValue {
  switch (typeof value) {
    case "string":
      place.budget.spendText(value);
      return value;
    case "number":
      place.budget.spend();
      return value;
    case "boolean":
      place.budget.spend();
      return value;
    case "bigint":
      place.budget.spend();
      return new Unreadable("a number too large", value.toString().slice(0, 80));
    case "object":
      place.budget.spend();
      return value === null ? null : readObject(value, place);
    case "undefined":
      return new Unreadable("nothing", "undefined");
    default:
      return new Unreadable(`a ${typeof value}`, `<${typeof value}>`);
  }
}

function readObject(value: object, place: Place): RowValue {
  refuseDepth(place.depth, place.field);
  const inner = { ...place, depth: place.depth + 1 };
  if (Array.isArray(value) || value instanceof Set) {
    const list: RowValue[] = [];
    for (const item of value) {
      place.budget.spend();
      list.push(readPlain(item, inner));
    }
    return list;
  }
  if (value instanceof Uint8Array) return new Unreadable("binary", `<binary, ${value.length} bytes>`);
  if (!isRecord(value) || !isPlain(value)) return new Unreadable("an object that is not a map", "<object>");
  const map = emptyRowMap();
  for (const name of Object.keys(value)) {
    refuseName(name, place.field);
    if (value[name] === undefined) continue;
    place.budget.spendText(name);
    map[name] = readPlain(value[name], inner);
  }
  return map;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
