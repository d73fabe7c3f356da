// A command that a page or an alarm tells people to type is one that the command line takes: verbs, options and number of
// arguments. What it then does is tried elsewhere; at 03:00 nobody should have to guess how it is spelled.

import { readdirSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { buildProgram } from "../../cli/program.ts";
import { alarmTable } from "../../infra/alarms.ts";
import { auditComposite } from "../../infra/audit-alarms.ts";

const root = new URL("../../", import.meta.url);
const pages = ["README.md", ...readdirSync(new URL("docs/", root)).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);

/** In code spans and blocks; an ellipsis stands for what the reader knows. */
function commandsIn(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]*)`/g)].map(([, span = ""]) => span);
  const blocks = [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.split("\n"));
  return [...spans, ...blocks].flatMap(
    (line) => /npx otc-backup ([a-z](?:<[^>]*>|[^#;|>])*)/.exec(line)?.[1]?.trim() ?? [],
  );
}

const told = [
  ...pages.flatMap((page) =>
    commandsIn(readFileSync(new URL(page, root), "utf8")).map((line) => [page, line] as const),
  ),
  ...[...alarmTable("prod"), auditComposite("prod")].flatMap(({ key, first }) =>
    first.flatMap((line) => commandsIn(`\`${line}\``).map((found) => [`alarm ${key}`, found] as const)),
  ),
].filter(([, line]) => !line.includes("…"));

/** Every verb, with its action taken away: what is left is the parsing. */
function parserOnly(): Command {
  const disarm = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    for (const each of command.commands) disarm(each.action(() => {}));
  };
  const program = buildProgram();
  disarm(program);
  return program;
}

/** As a shell would split it; text in quotes is one word. */
const words = (line: string) =>
  (line.match(/(?:"[^"]*"|'[^']*'|<[^>]*>|[^\s<"'])+/g) ?? []).map((word) => word.replaceAll(/^["']|["']$/g, ""));

test("the pages and alarms tell people to type commands", () => {
  expect(told.length).toBeGreaterThan(60);
});

test.each([...new Map(told.map(([where, line]) => [line, where]))])("otc-backup %s (%s)", async (line) => {
  await expect(parserOnly().parseAsync(words(line), { from: "user" })).resolves.toBeDefined();
});

test("a misspelled verb or option would be found", async () => {
  await expect(parserOnly().parseAsync(["polices", "list"], { from: "user" })).rejects.toThrow();
  await expect(parserOnly().parseAsync(["status", "--stages", "prod"], { from: "user" })).rejects.toThrow();
});
