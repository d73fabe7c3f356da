// OTC's backups of the databases of one policy, asked for once each. Which database cannot be listed, and why, is logged once a
// round: a comparison that never ends otherwise says only that it is old.

import { type Failure, failureKinds, type Result } from "../domain/failure.ts";
import type { RemoteBackup } from "../domain/remote.ts";
import type { Site } from "../ports.ts";
import type { AccountProvider } from "../ports-for-otc.ts";

type Listing = Result<readonly RemoteBackup[]>;

export class Listings {
  readonly #site: Site;
  readonly #facts: { readonly provider: AccountProvider; readonly policy: { readonly policyId: string } };
  readonly #tried = new Map<string, Listing>();
  #refusal: Listing | undefined;

  constructor(site: Site, facts: { provider: AccountProvider; policy: { policyId: string } }) {
    this.#site = site;
    this.#facts = facts;
  }

  /** OTC refused in a way that every database of the account would meet: it is not asked any more. */
  get trouble(): boolean {
    return this.#refusal !== undefined;
  }

  /** Nothing when it cannot be had. */
  async of(instanceId: string): Promise<readonly RemoteBackup[] | undefined> {
    const tried = this.#tried.get(instanceId);
    // Not kept any longer: a policy may have ten thousand databases.
    this.#tried.delete(instanceId);
    const listing = tried ?? (await this.#ask(instanceId));
    if (listing.ok) return listing.value;
    // Trouble of the account is told by its own alert, and what was tried again has been logged.
    if (tried === undefined && this.#refusal === undefined) this.#log(instanceId, listing.failure);
    return undefined;
  }

  /** Whether any of a few can be listed. */
  async anyOf(instanceIds: readonly string[]): Promise<boolean> {
    for (const instanceId of instanceIds) this.#tried.set(instanceId, await this.#ask(instanceId));
    return [...this.#tried.values()].some((listing) => listing.ok);
  }

  async #ask(instanceId: string): Promise<Listing> {
    if (this.#refusal !== undefined) return this.#refusal;
    const listing = await this.#facts.provider.listBackups(instanceId);
    if (!listing.ok && failureKinds[listing.failure.code].accountWide) this.#refusal = listing;
    return listing;
  }

  #log(instanceId: string, failure: Failure): void {
    const { policyId } = this.#facts.policy;
    const message = `policy ${policyId}: the backups of database ${instanceId} cannot be listed and are not compared`;
    this.#site.log.warn({ event: "comparison-incomplete", message, failure });
  }
}
