// The verbs, in the order in which somebody who was just woken needs them.

import tab from "@bomb.sh/tab/commander";
import { Command } from "commander";
import { coverageCommand } from "./commands/coverage.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { holdCommand, unholdCommand } from "./commands/hold.ts";
import { localCommand } from "./commands/local.ts";
import { nextCommand } from "./commands/next.ts";
import { planCommand } from "./commands/plan.ts";
import { policiesCommand } from "./commands/policies.ts";
import { pruneCommand } from "./commands/prune.ts";
import { reportCommand } from "./commands/report.ts";
import { runNowCommand } from "./commands/run-now.ts";
import { runsCommand } from "./commands/runs.ts";
import { simulatorCommand } from "./commands/simulator.ts";
import { statusCommand } from "./commands/status.ts";
import { whyCommand } from "./commands/why.ts";

const verbs = [
  statusCommand,
  whyCommand,
  runNowCommand,
  runsCommand,
  reportCommand,
  doctorCommand,
  nextCommand,
  planCommand,
  policiesCommand,
  coverageCommand,
  pruneCommand,
  holdCommand,
  unholdCommand,
  localCommand,
  simulatorCommand,
];

export function buildProgram(): Command {
  const program = new Command("otc-backup")
    .description("scheduled manual backups for databases in Open Telekom Cloud")
    .option("--debug", "print the stack of an unexpected error");
  for (const verb of verbs) program.addCommand(verb());
  program.addHelpText(
    "after",
    `
Exit codes: 0 fine, 1 unexpected, 2 wrong usage or invalid input, 3 something needs attention.
Woken by an alert? otc-backup status, then otc-backup why <policy>.`,
  );
  settleErrors(program);
  addCompletion(program);
  return program;
}

/** The verb `complete` prints a shell's completion script and answers its questions from the verbs themselves. */
function addCompletion(program: Command): void {
  tab(program);
  const complete = program.commands.find((command) => command.name() === "complete");
  if (complete === undefined) return;
  complete.description("print the completion script of a shell: source <(otc-backup complete bash)");
  settleErrors(complete);
}

/** Every command throws instead of ending the process, and says what is wrong the way the rest of the program does. */
function settleErrors(command: Command): void {
  // Long names leave little room on 80 columns; descriptions are wrapped there all the same.
  command.configureHelp({ minWidthToWrap: 20 });
  command.exitOverride().configureOutput({ outputError: (text, write) => write(inOurWords(text, nameOf(command))) });
  for (const inner of command.commands) settleErrors(inner);
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** The parser's text, which holds the nearest name if there is one, as an error and a hint. */
export function inOurWords(text: string, command: string): string {
  const [message = ""] = text.trim().split("\n");
  const meant = /\(Did you mean (?:one of )?(.*)\?\)/.exec(text)?.[1];
  const hint = meant === undefined ? `${command} --help lists what there is` : `did you mean ${meant}?`;
  const said = message.startsWith("error: ") ? message : `error: ${message}`;
  return `${said.replaceAll("'", '"')}\nhint: ${hint}\n`;
}
