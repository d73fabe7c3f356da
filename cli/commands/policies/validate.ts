// `otc-backup policies validate`: checks files, offline.

import { Command } from "commander";
import {
  longQueuesOf,
  longQueueText,
  slowRetentionOf,
  slowRetentionText,
  tightWindowsOf,
  tightWindowText,
} from "../../account-limits.ts";
import { print, printJson } from "../../output.ts";
import { findingTally, findingText, isProblem, readPolicyFiles } from "../../policy-files.ts";
import { wholeNumber } from "../../whole-number.ts";

export function validateCommand(): Command {
  return new Command("validate")
    .description("check YAML files offline; exit code 3 when there is a problem")
    .argument("<file...>", "YAML files with policies")
    .option("--rate <n>", "otcRatePerSecond of the stage, for the warning of windows that are too full", "10")
    .option("--json", "one JSON value instead of text")
    .action(validate);
}

async function validate(files: string[], options: { rate: string; json?: boolean }): Promise<void> {
  const now = Date.now();
  const callsPerSecond = wholeNumber("--rate", options.rate, { min: 1, max: 1000 });
  const read = await readPolicyFiles(files, now);
  const policies = read.policies.map(({ policy }) => policy);
  const tight = tightWindowsOf(policies, callsPerSecond, now);
  const long = longQueuesOf(policies, callsPerSecond, now);
  const slow = slowRetentionOf(policies, now);
  if (options.json === true) {
    const beyond = { tightWindows: tight, longQueues: long, slowRetention: slow };
    printJson({ policies: read.policies.length, findings: read.findings, ...beyond });
  } else {
    for (const finding of read.findings) print(findingText(finding));
    for (const window of tight) print(tightWindowText(window));
    for (const queue of long) print(longQueueText(queue));
    for (const account of slow) print(slowRetentionText(account));
    print(findingTally(read));
  }
  if (read.findings.some(isProblem)) process.exitCode = 3;
}
