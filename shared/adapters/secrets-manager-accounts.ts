// Account secrets in AWS Secrets Manager, `<prefix>/<account>`, cached for a few minutes; a failed read is not cached.

import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { failed, failure, ok, type Result } from "../domain/failure.ts";
import type { Clock } from "../ports.ts";
import { type AccountSecret, parseAccountSecret } from "./account-secret.ts";

/** Where the credentials of accounts come from. `fresh` passes by any cache: used once after OTC refused them. */
export interface AccountSecrets {
  read(account: string, options?: { fresh?: boolean }): Promise<Result<AccountSecret>>;
}

const cacheMs = 5 * 60_000;

export class SecretsManagerAccounts implements AccountSecrets {
  readonly #client: SecretsManagerClient;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #cache = new Map<string, { secret: AccountSecret; readAt: number }>();

  constructor(client: SecretsManagerClient, prefix: string, clock: Clock) {
    this.#client = client;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  async read(account: string, { fresh = false } = {}): Promise<Result<AccountSecret>> {
    const cached = this.#cache.get(account);
    if (!fresh && cached !== undefined && this.#clock.now() - cached.readAt < cacheMs) return ok(cached.secret);
    const secretId = `${this.#prefix}/${account}`;
    try {
      const answer = await this.#client.send(new GetSecretValueCommand({ SecretId: secretId }));
      const parsed = parseAccountSecret(answer.SecretString ?? "", {
        version: answer.VersionId ?? "unversioned",
        account,
      });
      if ("failure" in parsed) return failed(parsed.failure);
      this.#cache.set(account, { secret: parsed.secret, readAt: this.#clock.now() });
      return ok(parsed.secret);
    } catch (error) {
      const name = error instanceof Error ? error.name : "unknown error";
      if (name === "ResourceNotFoundException")
        return failed(failure("secret-absent", `there is no secret ${secretId}`));
      return failed(failure("secret-unavailable", `secret ${secretId} cannot be read: ${name}`));
    }
  }
}
