// The command line as a process. Exit codes: 0 fine, 1 unexpected, 2 wrong usage or invalid input, 3 something needs attention.

import { runCli } from "./run-cli.ts";

// Whoever reads our output may stop before its end (head, a pager that is quit): no reason for an error, and none to leave
// the work or its exit code.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await runCli(process.argv.slice(2));
