// History for scenarios of retention: backups that OTC's simulator holds and the ledger knows, as if the nights had been run.

import { backupName } from "../../shared/domain/runs/naming.ts";
import type { Run } from "../../shared/domain/runs/run.ts";
import { aRun } from "./retention-history.ts";
import { instanceIds, type TestSite } from "./test-site.ts";

const hourMs = 3_600_000;

export interface Planted {
  readonly slot: string;
  readonly state?: "completed" | "failed";
  readonly policyId?: string;
  readonly instanceId?: string;
}

/** One backup at OTC and its run in the ledger. */
export async function plant({ site, simulator }: TestSite, night: Planted): Promise<Run> {
  const { slot, state = "completed", policyId = "nightly-shop", instanceId = instanceIds.shop } = night;
  const slotAt = Date.parse(slot);
  const name = backupName("otcbk", { policyId, instanceId, slotAt }, 1);
  const outcome = state === "completed" ? "COMPLETED" : "FAILED";
  const times = { beginAt: slotAt, endAt: slotAt + hourMs };
  const backup = simulator.control.addBackup({ instanceId, name, outcome, sizeKb: 5000, ...times });
  const place = { policyId, instanceId, account: "demo", name, backupId: backup.id };
  const run = aRun({ slot, state, changes: place });
  await site.runs.insert(run);
  return run;
}

/** Good backups at 02:30 UTC of the `count` nights that end with `lastDay`. */
export async function plantNights(on: TestSite, count: number, facts: Omit<Planted, "slot"> & { lastDay: string }) {
  const { lastDay, ...rest } = facts;
  const last = Date.parse(`${lastDay}T02:30Z`);
  for (let back = count - 1; back >= 0; back -= 1) {
    const slot = `${new Date(last - back * 24 * hourMs).toISOString().slice(0, 16)}Z`;
    await plant(on, { ...rest, slot });
  }
}
