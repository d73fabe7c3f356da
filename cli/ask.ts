// Asks before something is changed. Without a terminal nobody can answer, so nothing is changed without `--yes`.

import { createInterface } from "node:readline/promises";
import { CliError } from "./cli-error.ts";

/** Only `y` or `yes` is a yes. Throws CliError without a terminal unless `yes` was given beforehand. */
export async function isConfirmed(question: string, options: { yes?: boolean }): Promise<boolean> {
  if (options.yes === true) return true;
  if (process.stdin.isTTY !== true)
    throw new CliError("this changes something, and there is no terminal to ask on", {
      hint: "read what would change, then add --yes",
    });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
