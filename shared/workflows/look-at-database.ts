// What OTC says of one database right before something of it is marked or removed: is it there, is the listing of its backups
// complete, do the clocks agree. Doubts are values; the judgement is retention's.

import type { Result } from "../domain/failure.ts";
import type { Instance, RemoteBackup } from "../domain/remote.ts";
import type { Surroundings } from "../domain/retention/retention-refusals.ts";
import type { AccountProvider } from "../ports-for-otc.ts";

export interface Look {
  readonly listing: readonly RemoteBackup[];
  readonly surroundings: Pick<Surroundings, "clockSkewMs" | "instancePresent" | "listing">;
}

/** `instances`: the account's complete list of this tick, or why there is none. */
export async function lookAtDatabase(
  provider: AccountProvider,
  instances: Result<readonly Instance[]>,
  instanceId: string,
): Promise<Look> {
  const listed = instances.ok ? await provider.listBackups(instanceId) : instances;
  // A service that does not say what time it is cannot vouch for ours.
  const clockSkewMs = provider.clockSkewMs() ?? Number.NaN;
  if (!instances.ok || !listed.ok) {
    const { message, code } = listed.ok ? { message: "", code: "internal" } : listed.failure;
    const listing = { reason: "listing-incomplete", message: `${message} (${code})` } as const;
    return { listing: [], surroundings: { clockSkewMs, listing } };
  }
  const instancePresent = instances.value.some((instance) => instance.id === instanceId);
  return { listing: listed.value, surroundings: { clockSkewMs, instancePresent, listing: "complete" } };
}
