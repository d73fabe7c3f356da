/**
 * Deleting a backup: which are refused, and how long it stays DELETING. Shared by the single and the batch operation.
 */
import { backupPhase } from "./lifecycle.ts";
import type { BackupRecord } from "./records.ts";
import type { World } from "./world.ts";

/** False when a knob accepts the call although nothing is there to be deleted. */
function deletable(backup: BackupRecord, at: number, world: World): boolean {
  if (backup.type !== "manual") world.refuseUnlessAllowed("deleteAuto");
  if (backup.restoringUntilAt !== null && at < backup.restoringUntilAt) world.refuseUnlessAllowed("deleteRestoring");
  switch (backupPhase(backup, at)) {
    case "BUILDING":
      world.refuseUnlessAllowed("deleteBuilding");
      return true;
    case "FAILED":
      if (world.knobs.failedDeletable) return true;
      throw world.refusal("deleteFailed");
    case "COMPLETED":
      return true;
    case "DELETING":
      world.refuseUnlessAllowed("deleteDeleting");
      return false;
    case "GONE":
      world.refuseUnlessAllowed("deleteGone");
      return false;
  }
}

/** Starts the deletion of a backup of the project; throws the refusal otherwise. */
export function requestDeletion(world: World, wanted: { projectId: string; backupId: string; at: number }): void {
  const { projectId, backupId, at } = wanted;
  const backup = world.store.backups.get(backupId);
  if (backup === undefined || backup.projectId !== projectId) throw world.refusal("backupMissing");
  if (!deletable(backup, at, world)) return;
  const goneAt = at + world.chance.between(world.knobs.deletingSeconds, "deleting", backupId) * 1000;
  world.changeBackup(backup, { deleteRequestedAt: at, goneAt, goneBecause: "deleted" });
}
