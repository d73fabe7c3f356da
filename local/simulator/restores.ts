/**
 * Restoring: the job it becomes, and what it occupies meanwhile. Shared by restoring to a new instance and over an existing one.
 */

import { backupPhase } from "./lifecycle.ts";
import type { BackupRecord, InstanceRecord, JobRecord } from "./records.ts";
import { restoreRange } from "./restore-range.ts";
import type { World } from "./world.ts";

export interface RestoreSource {
  instanceId: string;
  backupId: string | undefined;
  /** ms UTC, when a point in time is meant instead of a backup. */
  restoreAt: number | undefined;
}

/** The finished backup of that id, of the source instance; throws the refusal that says why it cannot be restored. */
function restorableBackup(
  source: RestoreSource,
  at: number,
  context: { projectId: string; world: World },
): BackupRecord {
  const { projectId, world } = context;
  const backup = world.store.backups.get(source.backupId ?? "");
  if (backup === undefined || backup.projectId !== projectId || backup.instanceId !== source.instanceId)
    throw world.refusal("backupFileMissing");
  switch (backupPhase(backup, at)) {
    case "COMPLETED":
      return backup;
    case "BUILDING":
    case "FAILED":
    case "DELETING":
      throw world.refusal("deleteBuilding");
    case "GONE":
      throw world.refusal("backupFileMissing");
  }
}

/**
 * The instance and, unless a point in time is meant, the backup to restore from. The instance may be gone when a manual backup of it
 * is left.
 */
export function restoreSource(
  source: RestoreSource,
  at: number,
  context: { projectId: string; world: World },
): { instance: InstanceRecord; backup: BackupRecord | undefined } {
  const { projectId, world } = context;
  const instance = world.store.instances.get(source.instanceId);
  if (instance === undefined || instance.projectId !== projectId) throw world.refusal("instanceMissing");
  if (source.restoreAt === undefined) return { instance, backup: restorableBackup(source, at, context) };
  const range = instance.removedAt === null ? restoreRange(instance, at) : undefined;
  if (range === undefined || source.restoreAt < range.fromAt || source.restoreAt > range.toAt)
    throw world.refusal("badParameter", "Parameter error: restore_time is outside the restoration time range.");
  return { instance, backup: undefined };
}

/** Starts the job of a restore and keeps its backup from being deleted until the job ends. */
export function startRestoreJob(
  world: World,
  job: { name: string; target: InstanceRecord; backup: BackupRecord | undefined; at: number },
): JobRecord {
  const { name, target, backup, at } = job;
  const id = world.chance.hex32("job", target.id, world.store.jobs.size);
  const endAt = at + world.chance.between(world.knobs.restoreSeconds, "restore", id) * 1000;
  const record: JobRecord = {
    id,
    projectId: target.projectId,
    name,
    instanceId: target.id,
    instanceName: target.name,
    createdAt: at,
    endAt,
    outcome: "Completed",
    failReason: null,
  };
  world.store.putJob(record);
  if (backup !== undefined) world.changeBackup(backup, { restoringUntilAt: endAt });
  return record;
}
