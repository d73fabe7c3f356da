// The account secret, parsed: where the account lies and how to sign in. Problems name the field and the remedy, and
// never the value, since every value here may be a secret.

import * as z from "zod";
import { type Failure, failure } from "../domain/failure.ts";
import type { OtcAuth } from "../otc/credentials.ts";

export interface AccountSecret {
  /** Changes whenever the stored secret does. */
  readonly version: string;
  readonly region: string;
  readonly projectId: string;
  readonly auth: OtcAuth;
}

const filled = z.string().trim().min(1, "must not be empty");
const secretSchema = z.lazy(() =>
  z.object({
    region: filled,
    projectId: filled.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be an OTC project id, 32 hexadecimal digits"),
    auth: z.discriminatedUnion("method", [
      z.object({
        method: z.literal("token"),
        domainName: filled,
        userName: filled,
        password: z.string().min(1, "must not be empty"),
      }),
      z.object({
        method: z.literal("aksk"),
        accessKey: filled,
        secretKey: filled,
        securityToken: filled.exactOptional(),
      }),
    ]),
  }),
);

/** The secret's text as an AccountSecret, or a failure that names the wrong field. */
export function parseAccountSecret(
  text: string,
  facts: { version: string; account: string },
): { secret: AccountSecret } | { failure: Failure } {
  const json = readJson(text);
  const wrong = (message: string) => ({
    failure: failure("secret-invalid", `secret of account ${facts.account}: ${message}`),
  });
  if (json === undefined) return wrong("is not JSON");
  const parsed = secretSchema.safeParse(json);
  if (parsed.success) return { secret: { ...parsed.data, version: facts.version } };
  return wrong(
    parsed.error.issues
      .map((issue) => `${issue.path.join(".") || "it"} ${fieldMessage(issue.code, issue.message)}`)
      .join("; "),
  );
}

function fieldMessage(code: string | undefined, message: string): string {
  if (code === "invalid_union") return 'must have "method" "token" or "aksk"';
  return code === "invalid_type" ? "is missing or not text" : message;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the secret.
    return undefined;
  }
}
