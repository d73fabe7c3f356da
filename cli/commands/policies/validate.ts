// `otc-backup policies validate`: checks files, offline.

import { Command } from "commander";
import { print, printJson } from "../../output.ts";
import { findingTally, findingText, isProblem, readPolicyFiles } from "../../policy-files.ts";

export function validateCommand(): Command {
  return new Command("validate")
    .description("check YAML files offline; exit code 3 when there is a problem")
    .argument("<file...>", "YAML files with policies")
    .option("--json", "one JSON value instead of text")
    .action(validate);
}

async function validate(files: string[], options: { json?: boolean }): Promise<void> {
  const read = await readPolicyFiles(files, Date.now());
  if (options.json === true) printJson({ policies: read.policies.length, findings: read.findings });
  else {
    for (const finding of read.findings) print(findingText(finding));
    print(findingTally(read));
  }
  if (read.findings.some(isProblem)) process.exitCode = 3;
}
