// Since when a run has been held up by its account, read from the run's own history.

import { failureKinds, isFailureCode } from "../failure.ts";
import type { Run, RunReason } from "./run.ts";

/** Steps of a request that is made again and again: between two that failed they show nothing of whether OTC takes one. */
const ofTrying: ReadonlySet<RunReason> = new Set<RunReason>(["claimed", "not-listed", "resend"]);

/**
 * When the failures of the account began that the run's history ends with, whatever their codes; nothing when it ends with something
 * else. `trying`: whether the steps of making a request are passed over, as for a run that is still to be requested.
 */
export function troubledSince({ events }: Run, { trying }: { trying: boolean }): number | undefined {
  let since: number | undefined;
  for (const { reason, at } of events.toReversed()) {
    if (isFailureCode(reason) && failureKinds[reason].accountWide) since = at;
    else if (!trying || !ofTrying.has(reason)) break;
  }
  return since;
}
