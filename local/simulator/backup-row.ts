/**
 * A backup as the list shows it, with everything the knobs vary about it. Source: RDS API, "Obtaining Backups", response table.
 */
import { backupPhase } from "./lifecycle.ts";
import type { BackupRecord } from "./records.ts";
import { formatTime } from "./time-format.ts";
import type { World } from "./world.ts";

function endTime(backup: BackupRecord, at: number, world: World): Record<string, unknown> {
  if (backup.endAt !== null && at >= backup.endAt)
    return { end_time: formatTime(backup.endAt, world.knobs.listTimeFormat) };
  switch (world.knobs.unfinishedEndTime) {
    case "absent":
      return {};
    case "null":
      return { end_time: null };
    case "empty":
      return { end_time: "" };
  }
}

function size(backup: BackupRecord, at: number, world: World): Record<string, unknown> {
  const finished = backup.endAt !== null && at >= backup.endAt && backup.outcome === "COMPLETED";
  if (finished) return { size: backup.sizeKb };
  return world.knobs.unfinishedSize === "zero" ? { size: 0 } : {};
}

export function backupRow(backup: BackupRecord, at: number, world: World): Record<string, unknown> {
  const { untidyIds, descriptionInLists, listTimeFormat } = world.knobs;
  return {
    id: backup.id,
    instance_id: untidyIds ? `${backup.instanceId} ` : backup.instanceId,
    name: untidyIds ? ` ${backup.name}` : backup.name,
    ...(descriptionInLists ? { description: backup.description } : {}),
    type: backup.type,
    status: backupPhase(backup, at),
    ...size(backup, at, world),
    begin_time: formatTime(backup.beginAt, listTimeFormat),
    ...endTime(backup, at, world),
    datastore: { type: backup.engine, version: backup.version },
    ...(backup.engine === "SQLServer" ? { databases: backup.databases.map((name) => ({ name })) } : {}),
  };
}
