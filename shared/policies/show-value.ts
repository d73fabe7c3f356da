// How a value or a name from a row is shown to people: shortened, and with every character escaped that a terminal, a
// log or a mail could act upon or hide.

import { isRowList, isRowMap, type RowValue, Unreadable } from "./row-value.ts";

const longest = 80;
const treacherous = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const allTreacherous = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text with control, invisible and direction-changing characters written as `\u{…}`, cut to `limit` characters. */
export function showText(text: string, limit: number = longest): string {
  const isCut = text.length > limit;
  const beginning = isCut ? withoutHalfCharacter(text.slice(0, limit)) : text;
  const escaped = treacherous.test(beginning)
    ? beginning.replace(allTreacherous, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)
    : beginning;
  return isCut || escaped.length > limit ? `${withoutHalfCharacter(escaped.slice(0, limit - 1))}…` : escaped;
}

/** The name of a field, rule or tag; one that is empty as `""`, so that there is something to see. */
export function showName(name: string): string {
  return name === "" ? '""' : showText(name, 60);
}

/** A row's value in at most 80 characters; text stands in quotes so that blanks at its ends can be seen. */
export function showValue(value: RowValue | undefined): string {
  if (value === undefined) return "absent";
  if (typeof value === "string") return `"${showText(value, longest - 2)}"`;
  return showText(compact(value, longest));
}

/** JSON-like text, given up once it is longer than anyone will see. */
function compact(value: RowValue, room: number): string {
  if (room <= 0) return "…";
  if (value instanceof Unreadable) return value.shown;
  if (typeof value === "string") return `"${value.slice(0, longest)}"`;
  if (isRowList(value)) return `[${joined(value, room, (item, left) => compact(item, left))}]`;
  if (!isRowMap(value)) return String(value);
  return `{${joined(Object.entries(value), room, ([name, item], left) => `${name.slice(0, longest)}: ${compact(item, left)}`)}}`;
}

function joined<T>(items: readonly T[], room: number, show: (item: T, left: number) => string): string {
  let text = "";
  for (const item of items) {
    if (text.length > room) break;
    text += (text === "" ? "" : ", ") + show(item, room - text.length - 2);
  }
  return text;
}

function withoutHalfCharacter(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd8_00 && last <= 0xdb_ff ? text.slice(0, -1) : text;
}
