// Accounts at OTC behind the BackupProvider port. The clients are in otc-accounts.ts, what their answers mean is in
// otc-account.ts; both come into memory with the first account that is asked for.

import { failed, failureFrom, type Result } from "../domain/failure.ts";
import type { OtcRegions } from "../otc/endpoints.ts";
import type { Transport } from "../otc/http.ts";
import type { LoginGuard } from "../otc/login-guard.ts";
import type { Clock } from "../ports.ts";
import type { AccountProvider, AccountUse, BackupProvider } from "../ports-for-otc.ts";
import type { AccountPaces } from "./account-paces.ts";
import type { OtcAccounts } from "./otc-accounts.ts";
import type { AccountSecrets } from "./secrets-manager-accounts.ts";

export interface OtcProviderOptions {
  readonly secrets: AccountSecrets;
  readonly regions: OtcRegions;
  readonly clock: Clock;
  /** Number in [0, 1) for the jitter of retries. */
  readonly random: () => number;
  readonly signing: "A" | "B";
  readonly paces: AccountPaces;
  /** How requests travel: over HTTPS unless said otherwise. */
  readonly transport?: Transport | undefined;
  readonly loginGuard: (account: string) => LoginGuard;
  /** Told of every HTTP attempt, for the counts of the tick. */
  readonly observe: (call: { operation: string; status: number | undefined; errorClass: string | undefined }) => void;
}

export class OtcBackupProvider implements BackupProvider {
  readonly #options: OtcProviderOptions;
  #accounts: OtcAccounts | undefined;

  constructor(options: OtcProviderOptions) {
    this.#options = options;
  }

  async account(name: string, use: AccountUse = {}): Promise<Result<AccountProvider>> {
    const secretName = use.as === undefined ? name : `${name}/${use.as}`;
    const secret = await this.#options.secrets.read(secretName);
    if (!secret.ok) return secret;
    try {
      const pacer = await this.#options.paces.of(name);
      const { OtcAccounts } = await import("./otc-accounts.ts");
      this.#accounts ??= new OtcAccounts(this.#options);
      return this.#accounts.open({ secretName, secret: secret.value, pacer }, use);
    } catch (error) {
      return failed(failureFrom(error));
    }
  }

  keepPace(): Promise<void> {
    return this.#options.paces.keep();
  }
}
