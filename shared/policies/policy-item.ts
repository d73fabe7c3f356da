// Parses a policy row as DynamoDB stores it (attribute values with a type letter). Strings, numbers, lists and sets are
// read as what is meant; binary and numbers that JavaScript cannot hold exactly become problems, never other numbers.

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type PolicyParse, parseReading } from "./parse-policy.ts";
import { refuseDepth, refuseName } from "./row-budget.ts";
import { isRecord, notAMap, type Place, readFields } from "./row-reading.ts";
import { emptyRowMap, type RowReading, RowRefused, type RowValue, Unreadable } from "./row-value.ts";
import { showText } from "./show-value.ts";

/** Parses one low-level item. Never throws: whatever is wrong becomes problems of this row. */
export function parsePolicyItem(item: Record<string, AttributeValue>, now: number): PolicyParse {
  return parseReading(() => readItem(item), { now, rawId: () => rawPolicyId(item) });
}

/** The item's key exactly as stored, valid or not: for writing back to this very row. Never throws. */
export function rawPolicyId(item: Record<string, AttributeValue>): string | undefined {
  try {
    const id: unknown = item.policyId?.S;
    return typeof id === "string" ? id : undefined;
  } catch {
    // Only an object whose getters throw comes here; it has no key to write to.
    return undefined;
  }
}

function readItem(item: unknown): RowReading {
  if (!isRecord(item)) throw new RowRefused(notAMap(item));
  return readFields(item, readAttribute);
}

function readAttribute(attribute: unknown, place: Place): RowValue {
  place.budget.spend();
  if (!isRecord(attribute)) return noAttribute;
  const letters = Object.keys(attribute);
  const letter = letters[0];
  // Two type letters on one value: which of them is meant cannot be known.
  if (letter === undefined || letters.length !== 1) return noAttribute;
  return readTyped(letter, attribute[letter], place);
}

function readTyped(letter: string, value: unknown, place: Place): RowValue {
  switch (letter) {
    case "S":
      if (typeof value !== "string") return noAttribute;
      place.budget.spendText(value);
      return value;
    case "N":
      return readNumber(value, place);
    case "BOOL":
      return typeof value === "boolean" ? value : noAttribute;
    case "NULL":
      return null;
    case "SS":
      return readList(value, place, (item) => readTyped("S", item, place));
    case "NS":
      return readList(value, place, (item) => readNumber(item, place));
    case "L":
      return readList(value, place, (item) => readAttribute(item, { ...place, depth: place.depth + 1 }));
    case "M":
      return readMap(value, place);
    case "B":
    case "BS":
      return new Unreadable("binary", "<binary>");
    default:
      return noAttribute;
  }
}

/** DynamoDB numbers have 38 digits, ours 15 to 17: one that would change its value is not read at all. */
function readNumber(value: unknown, place: Place): RowValue {
  if (typeof value !== "string") return noAttribute;
  place.budget.spendText(value);
  if (isShortWhole(value)) return Number(value);
  const number = Number(value);
  if (Number.isNaN(number)) return noAttribute;
  const isExact = Number.isSafeInteger(number) ? /^[+-]?\d+(?:\.0*)?$/.test(value) : Math.abs(number) < 2 ** 53;
  return isExact ? number : new Unreadable("a number too large or too precise", showText(value));
}

function isShortWhole(text: string): boolean {
  return text.length < 16 && /^-?\d+$/.test(text);
}

function readList(value: unknown, place: Place, read: (item: unknown) => RowValue): RowValue {
  refuseDepth(place.depth, place.field);
  if (!Array.isArray(value)) return noAttribute;
  const list: RowValue[] = [];
  for (const item of value) {
    place.budget.spend();
    list.push(read(item));
  }
  return list;
}

function readMap(value: unknown, place: Place): RowValue {
  refuseDepth(place.depth, place.field);
  if (!isRecord(value)) return noAttribute;
  const map = emptyRowMap();
  for (const name of Object.keys(value)) {
    refuseName(name, place.field);
    place.budget.spendText(name);
    map[name] = readAttribute(value[name], { ...place, depth: place.depth + 1 });
  }
  return map;
}

const noAttribute = new Unreadable("not a DynamoDB value", "<unreadable>");
