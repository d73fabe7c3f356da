// Accounts at OTC behind the BackupProvider port: one client per account and credential for the life of the process.
// What a client's answers mean is in otc-account.ts.

import { FailureError, failed, failure, failureFrom, ok, type Result } from "../domain/failure.ts";
import { createOtcClient, type OtcClient } from "../otc/client.ts";
import { endpointsOfRegion, type OtcRegions } from "../otc/endpoints.ts";
import type { LoginGuard } from "../otc/login-guard.ts";
import type { Pacer } from "../otc/pace.ts";
import type { AccountProvider, AccountUse, BackupProvider, Clock } from "../ports.ts";
import type { AccountPaces } from "./account-paces.ts";
import type { AccountSecret } from "./account-secret.ts";
import { type KeptListing, otcAccount } from "./otc-account.ts";
import type { AccountSecrets } from "./secrets-manager-accounts.ts";

export interface OtcProviderOptions {
  readonly secrets: AccountSecrets;
  readonly regions: OtcRegions;
  readonly clock: Clock;
  /** Number in [0, 1) for the jitter of retries. */
  readonly random: () => number;
  readonly signing: "A" | "B";
  readonly paces: AccountPaces;
  readonly loginGuard: (account: string) => LoginGuard;
  /** Told of every HTTP attempt, for the counts of the tick. */
  readonly observe: (call: { operation: string; status: number | undefined; errorClass: string | undefined }) => void;
}

/** A claim on a run lasts a minute: a create may wait so long for its turn and still be answered within the claim. */
const writePatienceMs = 20_000;

export class OtcBackupProvider implements BackupProvider {
  readonly #options: OtcProviderOptions;
  readonly #clients = new Map<string, { client: OtcClient; place: string; kept: KeptListing }>();

  constructor(options: OtcProviderOptions) {
    this.#options = options;
  }

  async account(name: string, use: AccountUse = {}): Promise<Result<AccountProvider>> {
    const secretName = use.as === undefined ? name : `${name}/${use.as}`;
    const secret = await this.#options.secrets.read(secretName);
    if (!secret.ok) return secret;
    const { clock, paces } = this.#options;
    const { stopAt } = use;
    try {
      const known = this.#clientFor(secretName, secret.value, await paces.of(name));
      if (!known.ok) return known;
      const read = () => stopAt;
      const write = () => Math.min(stopAt ?? Number.POSITIVE_INFINITY, clock.now() + writePatienceMs);
      const { client, kept } = known.value;
      return ok(otcAccount({ client, kept, deadlines: { read, write }, now: () => clock.now() }));
    } catch (error) {
      return failed(failureFrom(error));
    }
  }

  keepPace(): Promise<void> {
    return this.#options.paces.keep();
  }

  /** A rotated password reaches the living client by its own re-read; a moved account needs a new client. */
  #clientFor(name: string, secret: AccountSecret, pacer: Pacer): Result<{ client: OtcClient; kept: KeptListing }> {
    const place = `${secret.region}/${secret.projectId}`;
    const known = this.#clients.get(name);
    if (known?.place === place) return ok(known);
    const client = this.#connect(name, secret, pacer);
    if (!client.ok) return client;
    const fresh = { client: client.value, place, kept: { last: undefined } };
    this.#clients.set(name, fresh);
    return ok(fresh);
  }

  #connect(name: string, secret: AccountSecret, pacer: Pacer): Result<OtcClient> {
    const { regions, clock, random, signing, loginGuard, observe, secrets } = this.#options;
    if (!regions.has(secret.region)) {
      return failed(
        failure(
          "region-unknown",
          `secret of account ${name}: region ${secret.region} has no endpoints; known are ${[...regions.keys()].join(", ")}`,
        ),
      );
    }
    const client = createOtcClient({
      endpoints: endpointsOfRegion(regions, secret.region),
      projectId: secret.projectId,
      credentials: { version: secret.version, auth: secret.auth },
      reloadCredentials: async () => {
        const fresh = await secrets.read(name, { fresh: true });
        if (!fresh.ok) throw new FailureError(fresh.failure);
        return { version: fresh.value.version, auth: fresh.value.auth };
      },
      loginGuard: loginGuard(name),
      clock,
      pacer,
      random,
      signing,
      observe: (call) => observe({ operation: call.operation, status: call.status, errorClass: call.errorClass }),
    });
    return ok(client);
  }
}
