// Whether OTC's listing of one database can be trusted with a DELETE: every good backup the ledger knows is in it, with the
// same name and status. A listing that misses one may miss many; what nobody recorded is reported and never touched.

import type { RemoteBackup } from "../remote.ts";
import type { Judged } from "../retention/retention.ts";
import type { Refusal } from "../retention/retention-refusals.ts";
import type { Run } from "../runs/run.ts";

/** `judged`: all backups the ledger holds for the database. */
export function checkListing(judged: readonly Judged[], listing: readonly RemoteBackup[]): "complete" | Refusal {
  const byId = new Map(listing.map((row) => [row.id, row]));
  if (byId.size < listing.length) return inconsistent("it shows a backup twice");
  for (const { run, backup, kind } of judged) {
    if (kind !== "good" && kind !== "not-good") continue;
    const row = byId.get(backup.id);
    if (row === undefined) return inconsistent(`backup ${backup.id} is COMPLETED in the ledger and not listed`);
    if (row.name !== backup.name || row.instanceId !== run.instanceId)
      return inconsistent(`backup ${backup.id} has another name or database at OTC`);
    if (row.status !== "COMPLETED") return inconsistent(`backup ${backup.id} is ${row.status} at OTC`);
  }
  return "complete";
}

function inconsistent(message: string): Refusal {
  return { reason: "listing-inconsistent", message };
}

/** Backups that carry this policy's name and stand in none of its records: made by we know not whom. */
export function leftovers(
  policy: { policyId: string; namePrefix: string },
  runs: readonly Run[],
  listing: readonly RemoteBackup[],
): RemoteBackup[] {
  const known = new Set(runs.flatMap((run) => [run.backupId, run.name, ...run.earlierBackups.map((b) => b.id)]));
  const ours = `${policy.namePrefix}-${policy.policyId.slice(0, 24)}-`;
  return listing.filter((row) => row.name.startsWith(ours) && !known.has(row.id) && !known.has(row.name));
}

/** The last look before a DELETE, independent of how the verdict came about. Nothing: it may go. */
export function whyNotDelete(
  candidate: Judged,
  facts: { listing: readonly RemoteBackup[]; judged: readonly Judged[]; minimum: number },
): string | undefined {
  const row = facts.listing.find((listed) => listed.id === candidate.backup.id);
  if (row === undefined) return "OTC does not list it";
  if (row.name !== candidate.backup.name || row.instanceId !== candidate.run.instanceId)
    return "OTC lists it under another name or database";
  const isTerminal = row.status === "COMPLETED" || row.status === "FAILED";
  if (!isTerminal) return `it is ${row.status} at OTC`;
  if ((candidate.kind === "failed") !== (row.status === "FAILED"))
    return `it is ${row.status} at OTC and ${candidate.kind} here`;
  if (candidate.kind !== "good") return undefined;
  const listed = new Set(facts.listing.filter((r) => r.status === "COMPLETED").map((r) => r.id));
  const others = facts.judged.filter(
    (j) => j.kind === "good" && j.backup.id !== candidate.backup.id && listed.has(j.backup.id),
  );
  const newer = others.filter((j) => j.run.slotAt > candidate.run.slotAt).length;
  const floor = Math.max(1, facts.minimum);
  return newer >= floor ? undefined : `only ${newer} newer good ones are listed, and ${floor} must stay`;
}
