// The command line: one verb per file under commands/, errors turned into a message and an exit code in one place.
// Exit codes: 0 fine, 1 unexpected, 2 wrong usage or invalid input, 3 something needs attention.

import { CommanderError } from "commander";
import { explained } from "./explain-error.ts";
import { buildProgram } from "./program.ts";

const program = buildProgram();

// Whoever reads our output may stop before its end (head, a pager that is quit): no reason for an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = tell(error);
}

/** Says what went wrong and returns the exit code. What the argument parser found, it has said itself. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { message, hint, exitCode } = explained(error, program.opts<{ debug?: boolean }>().debug === true);
  process.stderr.write(`error: ${message}\n${hint === undefined ? "" : `hint: ${hint}\n`}`);
  return exitCode;
}
