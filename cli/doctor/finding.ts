// One thing `doctor` looked at, and what came of it.

import { explained } from "../explain-error.ts";
import { plural, tinted, widest, wrapped } from "../output.ts";

export interface Finding {
  readonly check: string;
  /** warn: works today, and something is not as it should be. fail: backups or alerts are, or will be, missing. */
  readonly result: "ok" | "warn" | "fail";
  readonly detail: string;
  readonly remedy?: string;
}

export const fine = (check: string, detail: string): Finding => ({ check, result: "ok", detail });
export const failing = (check: string, detail: string, remedy: string): Finding => ({
  check,
  result: "fail",
  detail,
  remedy,
});
export const doubtful = (check: string, detail: string, remedy: string): Finding => ({
  check,
  result: "warn",
  detail,
  remedy,
});

/** What could not be looked at is not fine: the error becomes the finding, and the other checks go on. */
export async function examined(check: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    const { message, hint } = explained(error, false);
    return [failing(check, `could not be checked: ${message}`, hint ?? "see --debug")];
  }
}

const marks = { ok: "ok  ", warn: "warn", fail: "FAIL" } as const;
const tones = { ok: "good", warn: "warning", fail: "bad" } as const;

export function printedFindings(findings: readonly Finding[]): string {
  const count = (result: Finding["result"]) => findings.filter((finding) => finding.result === result).length;
  const tally = `${plural(findings.length, "check")}: ${count("fail")} failed, ${plural(count("warn"), "warning")}`;
  return [...findings.map(findingLines), tally].join("\n");
}

function findingLines({ check, result, detail, remedy }: Finding): string {
  const [first = "", ...more] = wrapped(`${check}: ${detail}`, widest - 6);
  const fix = remedy === undefined ? [] : wrapped(`fix: ${remedy}`, widest - 8);
  return [
    `${tinted(tones[result], marks[result])}  ${first}`,
    ...[...more, ...fix].map((line) => `        ${line}`),
  ].join("\n");
}
