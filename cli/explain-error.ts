// From anything thrown to what the person at the keyboard reads: one message, one hint, one exit code.

import { CannotStart } from "../local/cannot-start.ts";
import { failureFrom, hintOf } from "../shared/domain/failure.ts";
import { CliError } from "./cli-error.ts";

export interface Explained {
  readonly message: string;
  readonly hint: string | undefined;
  readonly exitCode: number;
}

/** What AWS says when it is not the tables that are at fault, and what to do. */
const awsCauses: readonly (readonly [RegExp, string])[] = [
  [/Region is missing/, "name the region: export AWS_REGION=eu-central-1"],
  [
    /Credential|credentials|ExpiredToken|UnrecognizedClient|InvalidSignature|security token/,
    "sign in to AWS: export AWS_PROFILE=…, aws sso login",
  ],
  [/ResourceNotFoundException/, "is the stage's name right, and is it in this AWS account and region?"],
  [/AccessDenied|not authorized/, "your AWS user may not do this; ask for read access to the stage's tables"],
  [/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|TimeoutError|EAI_AGAIN/, "AWS cannot be reached; check network and proxy"],
];

/** What the machine says when it has no room or no right, and what to do. */
const machineCauses: readonly (readonly [RegExp, string])[] = [
  [
    /ENOSPC|EDQUOT|no space left|quota exceeded/i,
    "free some space; what was written stands, and the next start goes on from it",
  ],
  [/^ENOENT.*\.new'/, "the site's folder went away while it ran; put it back and start again"],
  [/EACCES|EPERM|EROFS|permission denied|read-only/i, "you need the right to write there, or another place"],
];

export function explained(error: unknown, debug: boolean): Explained {
  if (error instanceof CliError) return { message: error.message, hint: error.hint, exitCode: error.exitCode };
  if (error instanceof CannotStart) return { message: error.message, hint: error.hint, exitCode: 2 };
  const { code, message } = failureFrom(error);
  const isKnown = error instanceof Error && error.name === "FailureError";
  const raw = error instanceof Error ? error.message : message;
  const cause = [...machineCauses, ...awsCauses].find(([pattern]) => pattern.test(raw));
  const text = debug && error instanceof Error ? (error.stack ?? raw) : isKnown ? `${message} (${code})` : lowered(raw);
  const hint = cause?.[1] ?? (isKnown ? hintOf(code) : debug ? undefined : "--debug prints the stack");
  return { message: text, hint, exitCode: 1 };
}

function lowered(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
