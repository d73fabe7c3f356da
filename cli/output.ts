// How verbs talk to people and to programs: aligned text no wider than the terminal and 100 columns, coloured only on a terminal, or
// one JSON value whose instants are ISO text. And the options every verb on a site has.

import { stripVTControlCharacters, styleText } from "node:util";
import Table from "cli-table3";
import type { Command } from "commander";
import { toStored } from "../shared/adapters/stored-instants.ts";
import { harmless, harmlessJson } from "../shared/domain/messages/terminal-text.ts";
import { wallText } from "./time-text.ts";

/** `--local`, `--folder`, `--stage`. */
export function addSiteOptions(command: Command): Command {
  return command
    .option("--local", "the site on this machine")
    .option("--folder <path>", "where the local site keeps its state", ".local")
    .option("--stage <name>", "a stage in AWS, reached as the usual AWS variables say");
}

/** The same and `--json`: what every reading verb has. */
export function addWhereOptions(command: Command): Command {
  return addSiteOptions(command).option("--json", "one JSON value instead of text");
}

/** As wide as the terminal, within reason; 100 columns where nobody looks. */
export const widest = Math.min(100, Math.max(60, process.stdout.columns ?? 100));
const gap = 2;

export function print(line: string): void {
  process.stdout.write(`${harmless(line)}\n`);
}

/** Progress, questions and remarks: not part of what a program would read. */
export function remark(line: string): void {
  process.stderr.write(`${harmless(line)}\n`);
}

/** One line of JSON. Fields called `at` or `…At` are instants and become ISO text. */
export function printJson(value: unknown): void {
  process.stdout.write(`${harmlessJson(JSON.stringify(toStored(value)))}\n`);
}

/** Instants that stand in a list, which have no name to be known by. */
export function isoAll(instants: readonly number[]): string[] {
  return instants.map((at) => new Date(at).toISOString());
}

type Tone = "good" | "bad" | "warning" | "dim" | "strong";
const tones = { good: "green", bad: "red", warning: "yellow", dim: "dim", strong: "bold" } as const;

/** Coloured on a terminal, plain elsewhere and with NO_COLOR; what it says never depends on the colour. */
export function tinted(tone: Tone, text: string): string {
  return styleText(tones[tone], text, { stream: process.stdout });
}

const plain = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ".repeat(gap),
};

/** A line of its own within a table, over all columns. */
export interface Heading {
  readonly heading: string;
}

/** Rows under a header; the last column is wrapped where the line would be too long. Says so when there are none. */
export function tableText(head: readonly string[], told: readonly (readonly string[] | Heading)[]): string {
  if (told.length === 0) return "nothing to show";
  // Before anything is measured: what is escaped takes more room.
  const lines = told.map((line) => ("heading" in line ? harmless(line.heading) : line.map(harmless)));
  const rows = lines.filter((line) => typeof line !== "string");
  const used = head
    .slice(0, -1)
    .map((title, i) => Math.max(title.length, ...rows.map((row) => lengthOf(row[i] ?? ""))));
  const room = widest - used.reduce((sum, width) => sum + width + gap, 0);
  // Wrapping breaks at blanks; a word that does not fit would be cut off, and may be what it is all about.
  const words = [head, ...rows].flatMap((row) => (row[head.length - 1] ?? "").split(" "));
  const shortest = Math.max(...words.map(lengthOf));
  const table = new Table({
    head: head.map((title) => tinted("dim", title)),
    chars: plain,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colWidths: [...used, Math.max(shortest, room)],
    wordWrap: true,
  });
  for (const line of lines)
    table.push(typeof line === "string" ? [{ colSpan: head.length, content: tinted("strong", line) }] : [...line]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  print(tableText(head, rows));
}

/** `name:  value` below each other, long values wrapped under their beginning; absent ones left out. */
export function factsText(facts: readonly (readonly [string, string | undefined])[], indent = 2): string {
  const present = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, harmless(value)] as const]));
  const nameWidth = Math.max(0, ...present.map(([name]) => name.length));
  const lead = " ".repeat(indent + nameWidth + gap);
  return present
    .map(([name, value]) => {
      const [first = "", ...more] = wrapped(value, widest - lead.length);
      return [`${" ".repeat(indent)}${name.padEnd(nameWidth + gap)}${first}`, ...more.map((l) => lead + l)].join("\n");
    })
    .join("\n");
}

/** Text in lines of at most `width`, broken at blanks; a longer word keeps its line to itself. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/ (?! )/)) {
    const last = lines.at(-1);
    if (last !== undefined && lengthOf(last) + 1 + lengthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** What a terminal shows of it: without the escape codes of colours. */
function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

export function plural(n: number, word: string, many = `${word}s`): string {
  return `${n} ${n === 1 ? word : many}`;
}

/** For verbs of others: an instant in this machine's zone, zone and year named. */
export function localTime(at: number): string {
  return wallText(at, 0);
}
