// The command line as a process. Exit codes: 0 fine, 1 unexpected, 2 wrong usage or invalid input, 3 something needs attention.

import { runCli, tell } from "./run-cli.ts";

// Whoever reads our output may stop before its end (head, a pager that is quit, a terminal that is closed): no reason for an
// error, and none to leave the work or its exit code.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });

// The embedded tables throw past everybody when the disk fails under them. Nothing can be trusted then but the disk itself.
process.once("uncaughtException", (error) => {
  process.exit(tell(error, process.argv.includes("--debug")));
});

process.exitCode = await runCli(process.argv.slice(2));
