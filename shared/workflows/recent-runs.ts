// The runs of the policy that is being pruned, read again when what was read is a minute old: a policy's databases follow one
// another, and reading all its runs for each would cost the square of them.

import type { Run } from "../domain/runs/run.ts";
import type { Site } from "../ports.ts";
import { runsOfBackups } from "./policy-history.ts";

/** Not older when a database is looked at. What changes within it is refused by the condition of the write or by OTC's listing. */
const goodForMs = 60_000;

export class RecentRuns {
  #read: { policyId: string; at: number; byDatabase: Map<string, Run[]> } | undefined;

  /** The runs of one policy on one database that retention judges by. */
  async of(site: Site, { policyId, instanceId }: { policyId: string; instanceId: string }): Promise<readonly Run[]> {
    const now = site.clock.now();
    if (this.#read?.policyId !== policyId || Math.abs(now - this.#read.at) >= goodForMs) {
      const runs = await runsOfBackups({ runs: site.runs, oldest: site.prune }, policyId, now);
      this.#read = { policyId, at: now, byDatabase: Map.groupBy(runs, (run) => run.instanceId) };
    }
    return this.#read.byDatabase.get(instanceId) ?? [];
  }
}
