// The command line as a process. Exit codes: 0 fine, 1 unexpected, 2 wrong usage or invalid input, 3 something needs attention.

// Whoever reads our output may stop before its end (head, a pager that is quit, a terminal that is closed): no reason for an
// error, and none to leave the work or its exit code.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });

const args = process.argv.slice(2);
if (args[0] === "complete" && args[1] === "--") {
  const { completeWords } = await import("./completion.ts");
  completeWords(args);
} else {
  const { runCli, tell } = await import("./run-cli.ts");
  // The embedded tables throw past everybody when the disk fails under them. Nothing can be trusted then but the disk itself.
  process.once("uncaughtException", (error) => {
    process.exit(tell(error, args.includes("--debug")));
  });
  process.exitCode = await runCli(args);
}
