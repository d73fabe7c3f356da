// From anything thrown to what the person at the keyboard reads: one message, one hint, one exit code.

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

export function explained(error: unknown, debug: boolean): Explained {
  if (error instanceof CliError) return { message: error.message, hint: error.hint, exitCode: error.exitCode };
  const { code, message } = failureFrom(error);
  const isKnown = error instanceof Error && error.name === "FailureError";
  const raw = error instanceof Error ? error.message : message;
  const cause = awsCauses.find(([pattern]) => pattern.test(raw));
  const text = debug && error instanceof Error ? (error.stack ?? raw) : isKnown ? `${message} (${code})` : lowered(raw);
  const hint = cause?.[1] ?? (isKnown ? hintOf(code) : debug ? undefined : "--debug prints the stack");
  return { message: text, hint, exitCode: 1 };
}

function lowered(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
