// The clients of OTC accounts: one per account and credential for the life of the process. Loaded when an account is first
// asked for, since the OTC client with its HTTP library is a third of all code and most ticks never call OTC.

import { FailureError, failed, failure, ok, type Result } from "../domain/failure.ts";
import { createOtcClient, type OtcClient } from "../otc/client.ts";
import { endpointsOfRegion } from "../otc/endpoints.ts";
import type { AccountProvider, AccountUse } from "../ports-for-otc.ts";
import type { AccountPace } from "./account-paces.ts";
import type { AccountSecret } from "./account-secret.ts";
import { type KeptListing, otcAccount } from "./otc-account.ts";
import type { OtcProviderOptions } from "./otc-backup-provider.ts";

export interface AccountAccess {
  /** The account's, or of one of its uses. */
  readonly secretName: string;
  readonly secret: AccountSecret;
  readonly pacer: AccountPace;
}

/** A claim on a run lasts a minute: a create may wait so long for its turn and still be answered within the claim. */
const writePatienceMs = 20_000;
/** A tick that has looked still has to write down and tell what it saw. */
const afterLooksMs = 6_000;

export class OtcAccounts {
  readonly #options: OtcProviderOptions;
  readonly #clients = new Map<string, { client: OtcClient; place: string; kept: KeptListing }>();

  constructor(options: OtcProviderOptions) {
    this.#options = options;
  }

  open(access: AccountAccess, { stopAt }: AccountUse): Result<AccountProvider> {
    const known = this.#clientFor(access);
    if (!known.ok) return known;
    const { clock } = this.#options;
    const read = () => stopAt;
    const write = () => Math.min(stopAt ?? Number.POSITIVE_INFINITY, clock.now() + writePatienceMs);
    const { client, kept } = known.value;
    const { want: foresee, makeRoom: room } = access.pacer;
    const makeRoom = (calls: number) => room(calls, (stopAt ?? clock.now()) - afterLooksMs);
    return ok(otcAccount({ client, kept, deadlines: { read, write }, now: () => clock.now(), foresee, makeRoom }));
  }

  /** A rotated password reaches the living client by its own re-read; a moved account needs a new client. */
  #clientFor(access: AccountAccess): Result<{ client: OtcClient; kept: KeptListing }> {
    const { secretName, secret } = access;
    const place = `${secret.region}/${secret.projectId}`;
    const known = this.#clients.get(secretName);
    if (known?.place === place) return ok(known);
    const client = this.#connect(access);
    if (!client.ok) return client;
    const fresh = { client: client.value, place, kept: { last: undefined, unfinished: undefined } };
    this.#clients.set(secretName, fresh);
    return ok(fresh);
  }

  #connect({ secretName: name, secret, pacer }: AccountAccess): Result<OtcClient> {
    const { regions, clock, random, signing, loginGuard, observe, secrets, transport } = this.#options;
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
      transport,
      random,
      signing,
      observe: (call) => observe({ operation: call.operation, status: call.status, errorClass: call.errorClass }),
    });
    return ok(client);
  }
}
