// Which run somebody means: policy/instance/slot as lists and alerts print it, or the id of its backup at OTC.

import type { Run } from "../shared/domain/runs/run.ts";
import { CliError } from "./cli-error.ts";
import type { Tables } from "./tables-access.ts";

const allTime = { fromAt: 0, toAt: Date.UTC(2200, 0) };

/** Throws CliError when there is no such run. */
export async function namedRun(tables: Tables, text: string): Promise<Run> {
  const run = text.includes("/") ? await byKey(tables, text) : await byBackupId(tables, text);
  if (run !== undefined) return run;
  const hint = "write policy/instance/slot, or the id of a backup; otc-backup runs list shows what there is";
  throw new CliError(`there is no run "${text}"`, { hint });
}

async function byKey(tables: Tables, text: string): Promise<Run | undefined> {
  const [policyId = "", instanceId = "", slot = ""] = text.split("/");
  const slotAt = Date.parse(slot);
  if (Number.isNaN(slotAt)) return undefined;
  return tables.runs.read({ policyId, instanceId, slotAt });
}

/** Backup ids are no key of the ledger: all policies' runs are looked through. */
async function byBackupId(tables: Tables, backupId: string): Promise<Run | undefined> {
  for await (const page of tables.policies.pages()) {
    for (const { policyId } of page) {
      if (policyId === undefined) continue;
      const runs = await tables.runs.ofPolicy(policyId, allTime);
      const found = runs.find((run) => [run.backupId, ...run.earlierBackups.map((b) => b.id)].includes(backupId));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
