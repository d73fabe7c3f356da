// Account secrets in a file, for sites on one machine: `{"<account>": {region, projectId, auth}}`, and under
// `<account>/prune` the same with a user that may delete. Read afresh at every use, so that a corrected password works at once.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type AccountSecret, parseAccountSecret } from "../shared/adapters/account-secret.ts";
import type { AccountSecrets } from "../shared/adapters/secrets-manager-accounts.ts";
import { failed, failure, ok, type Result } from "../shared/domain/failure.ts";
import { CannotStart } from "./cannot-start.ts";

export class FileAccounts implements AccountSecrets {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws CannotStart for a file that no account can be read from: a site would only find that out at its first slot. */
  async check(): Promise<void> {
    const hint = `write {"<account>": {"region": …, "projectId": …, "auth": …}} into it; docs/deploy.md has the form of an account`;
    const text = await readFile(this.#path, "utf8").catch(() => undefined);
    if (text === undefined) throw new CannotStart(`account file ${this.#path} cannot be read`, hint);
    if (readEntries(text) === undefined) throw new CannotStart(`account file ${this.#path} is not a JSON object`, hint);
  }

  async read(account: string): Promise<Result<AccountSecret>> {
    const text = await readFile(this.#path, "utf8").catch(() => undefined);
    if (text === undefined) return failed(failure("secret-unavailable", `account file ${this.#path} cannot be read`));
    const entries = readEntries(text);
    if (entries === undefined)
      return failed(failure("secret-invalid", `account file ${this.#path} is not a JSON object`));
    if (!entries.has(account))
      return failed(failure("secret-absent", `account file ${this.#path} has no account "${account}"`));
    const own = JSON.stringify(entries.get(account));
    const version = createHash("sha256").update(own).digest("hex").slice(0, 12);
    const parsed = parseAccountSecret(own, { version, account });
    return "failure" in parsed ? failed(parsed.failure) : ok(parsed.secret);
  }
}

function readEntries(text: string): Map<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json)
      ? new Map(Object.entries(json))
      : undefined;
  } catch {
    // The parser's message would quote the file, which holds secrets.
    return undefined;
  }
}
