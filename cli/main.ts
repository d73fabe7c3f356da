// The command line: one verb per file under commands/, errors turned into a message and an exit code in one place.
// Exit codes: 0 fine, 1 unexpected, 2 wrong usage or invalid input, 3 something needs attention.

import { Command, CommanderError } from "commander";
import { CliError } from "./cli-error.ts";
import { localCommand } from "./commands/local.ts";
import { policiesCommand } from "./commands/policies.ts";
import { runsCommand } from "./commands/runs.ts";
import { simulatorCommand } from "./commands/simulator.ts";

const program = new Command("otc-backup")
  .description("scheduled manual backups for databases in Open Telekom Cloud")
  .option("--debug", "print the stack of an unexpected error")
  .exitOverride()
  .showHelpAfterError("hint: --help lists what there is")
  .addCommand(localCommand())
  .addCommand(simulatorCommand())
  .addCommand(policiesCommand())
  .addCommand(runsCommand());

for (const command of program.commands.flatMap((verb) => [verb, ...verb.commands])) command.exitOverride();

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = tell(error);
}

/** Says what went wrong and returns the exit code. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CliError) {
    process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? "" : `hint: ${error.hint}\n`}`);
    return error.exitCode;
  }
  const debug = program.opts<{ debug?: boolean }>().debug === true;
  const text =
    error instanceof Error ? (debug ? error.stack : error.message) : "something that is not an error was thrown";
  process.stderr.write(`error: ${text}\n${debug ? "" : "hint: --debug prints the stack\n"}`);
  return 1;
}
