// One command line from its arguments to its exit code: errors become a message and a number here and nowhere else.

import { CommanderError } from "commander";
import { explained } from "./explain-error.ts";
import { remark, widest, wrapped } from "./output.ts";
import { buildProgram } from "./program.ts";

/** Resolves with the exit code; what a verb set itself (3: needs attention) included. */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = buildProgram();
  try {
    await program.parseAsync(args, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    return tell(error, program.opts<{ debug?: boolean }>().debug === true);
  }
}

/** Says what went wrong and returns the exit code. What the argument parser found, it has said itself. */
export function tell(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { message, hint, exitCode } = explained(error, debug);
  remark(`error: ${shown(message)}${hint === undefined ? "" : `\nhint: ${shown(hint)}`}`);
  return exitCode;
}

/** Wrapped where a person reads it; a program gets its line whole. */
function shown(text: string): string {
  return process.stderr.isTTY ? wrapped(text, widest - 7).join("\n       ") : text;
}
