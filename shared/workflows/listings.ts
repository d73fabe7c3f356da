// OTC's backups of the databases of one policy, asked for once each, as long as the tick has time. Which database cannot be listed, and why, is logged once a
// round: a comparison that never ends otherwise says only that it is old.

import { type Failure, failed, failure, failureKinds, type Result } from "../domain/failure.ts";
import type { RemoteBackup } from "../domain/remote.ts";
import type { Site } from "../ports.ts";
import type { AccountProvider } from "../ports-for-otc.ts";

export type Listing = Result<readonly RemoteBackup[]>;

export interface ListingFacts {
  readonly provider: AccountProvider;
  readonly policy: { readonly policyId: string };
  /** After it nothing is asked. Epoch milliseconds. */
  readonly stopAt: number;
}

export class Listings {
  readonly #site: Site;
  readonly #facts: ListingFacts;
  readonly #tried = new Map<string, Listing>();
  #refusal: Failure | undefined;

  constructor(site: Site, facts: ListingFacts) {
    this.#site = site;
    this.#facts = facts;
  }

  /** No database of the account is asked for any more: OTC refused in a way that each would meet, or time is over. */
  get isRefused(): boolean {
    return this.#refusal !== undefined;
  }

  /** It is not OTC that refuses: the tick, or the account's pace in it, has no turn left. */
  get wantsOnlyTime(): boolean {
    return this.#refusal?.code === "held-by-pace";
  }

  async of(instanceId: string): Promise<Listing> {
    const tried = this.#tried.get(instanceId);
    // Not kept any longer: a policy may have ten thousand databases.
    this.#tried.delete(instanceId);
    return tried ?? (await this.#ask(instanceId, { isKnown: false }));
  }

  /** Asks for a few until one is refused; `of` returns what they answered. `isKnown`: that they cannot be listed has been logged. */
  async tryAll(instanceIds: readonly string[], how: { isKnown: boolean }): Promise<readonly Listing[]> {
    const listings: Listing[] = [];
    for (const instanceId of instanceIds) {
      const listing = await this.#ask(instanceId, how);
      listings.push(listing);
      this.#tried.set(instanceId, listing);
    }
    return listings;
  }

  /** After OTC has failed at a database: whether it can list another one, so that the trouble is not the account's. */
  async isAlone(instanceId: string, another: string | undefined): Promise<boolean> {
    const refusal = this.#refusal;
    if (refusal?.code !== "provider-unavailable" || another === undefined) return false;
    this.#refusal = undefined;
    await this.tryAll([another], { isKnown: false });
    // Refused as well: perhaps for want of time only, and then the next tick asks again.
    if (this.isRefused) return false;
    this.#log(instanceId, refusal);
    return true;
  }

  async #ask(instanceId: string, { isKnown }: { isKnown: boolean }): Promise<Listing> {
    if (this.#refusal === undefined && this.#site.clock.now() >= this.#facts.stopAt)
      this.#refusal = failure("held-by-pace", "the tick has no time left");
    if (this.#refusal !== undefined) return failed(this.#refusal);
    const listing = await this.#facts.provider.listBackups(instanceId);
    if (listing.ok) return listing;
    // Trouble of the account is told by its own alert.
    if (isRefused(listing)) this.#refusal = listing.failure;
    else if (!isKnown) this.#log(instanceId, listing.failure);
    return listing;
  }

  #log(instanceId: string, failure: Failure): void {
    const { policyId } = this.#facts.policy;
    const message = `policy ${policyId}: the backups of database ${instanceId} cannot be listed and are not compared`;
    this.#site.log.warn({ event: "comparison-incomplete", message, failure });
  }
}

/** Every database of the account would be refused now. */
export function isRefused(listing: Listing): boolean {
  return !listing.ok && failureKinds[listing.failure.code].accountWide;
}
