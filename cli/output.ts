// How verbs talk to people: aligned tables, local times with their zone; and the options every reading verb has.

import Table from "cli-table3";
import type { Command } from "commander";

/** `--local`, `--folder`, `--stage`, `--json`. */
export function addWhereOptions(command: Command): Command {
  return command
    .option("--local", "the site on this machine")
    .option("--folder <path>", "where the local site keeps its state", ".local")
    .option("--stage <name>", "a stage in AWS, reached as the usual AWS variables say")
    .option("--json", "one JSON value instead of text");
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
  middle: "  ",
};

/** Prints rows under a header; says so when there are none. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) {
    process.stdout.write("nothing to show\n");
    return;
  }
  const table = new Table({
    head: [...head],
    chars: plain,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) table.push([...row]);
  process.stdout.write(
    `${table
      .toString()
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n")}\n`,
  );
}

/** An instant in this machine's zone, zone named. */
export function localTime(at: number): string {
  return `${new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" }).format(at)} ${zoneName(at)}`;
}

function zoneName(at: number): string {
  return (
    new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" })
      .formatToParts(at)
      .find((part) => part.type === "timeZoneName")?.value ?? ""
  );
}
