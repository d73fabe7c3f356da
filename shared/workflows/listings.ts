// OTC's backups of the databases of one policy, asked for once each. Which database cannot be listed, and why, is logged: a
// comparison that never ends otherwise says only that it is old.

import { failureKinds } from "../domain/failure.ts";
import type { RemoteBackup } from "../domain/remote.ts";
import type { Site } from "../ports.ts";
import type { AccountProvider } from "../ports-for-otc.ts";

export class Listings {
  readonly #site: Site;
  readonly #facts: { readonly provider: AccountProvider; readonly policy: { readonly policyId: string } };
  readonly #tried = new Map<string, readonly RemoteBackup[] | undefined>();
  #trouble = false;

  constructor(site: Site, facts: { provider: AccountProvider; policy: { policyId: string } }) {
    this.#site = site;
    this.#facts = facts;
  }

  /** OTC refused in a way that every database of the account would meet: it is not asked any more. */
  get trouble(): boolean {
    return this.#trouble;
  }

  /** Nothing when it cannot be had. */
  async of(instanceId: string): Promise<readonly RemoteBackup[] | undefined> {
    if (!this.#tried.has(instanceId)) return this.#ask(instanceId);
    const listing = this.#tried.get(instanceId);
    // No longer kept: a policy may have ten thousand databases.
    this.#tried.delete(instanceId);
    return listing;
  }

  /** Whether any of a few can be listed. */
  async anyOf(instanceIds: readonly string[]): Promise<boolean> {
    for (const instanceId of instanceIds) this.#tried.set(instanceId, await this.#ask(instanceId));
    return [...this.#tried.values()].some((listing) => listing !== undefined);
  }

  async #ask(instanceId: string): Promise<readonly RemoteBackup[] | undefined> {
    if (this.#trouble) return undefined;
    const { provider, policy } = this.#facts;
    const listing = await provider.listBackups(instanceId);
    if (listing.ok) return listing.value;
    this.#trouble = failureKinds[listing.failure.code].accountWide;
    const message = `policy ${policy.policyId}: the backups of database ${instanceId} cannot be listed and are not compared`;
    this.#site.log.warn({ event: "comparison-incomplete", message, failure: listing.failure });
    return undefined;
  }
}
