/**
 * What the task list is made of: jobs and, as the knob `tasklistShowsBackups` wants, manual backups with the reason of a failure.
 */
import { type BackupPhase, backupPhase, jobStatus } from "./lifecycle.ts";
import type { BackupRecord, JobRecord } from "./records.ts";
import type { World } from "./world.ts";

export interface Task {
  id: string;
  name: string;
  instanceId: string;
  instanceName: string;
  status: "Running" | "Completed" | "Failed";
  beganAt: number;
  /** undefined while it runs. */
  endedAt: number | undefined;
  failReason: string | undefined;
  backup: BackupRecord | undefined;
}

export const BACKUP_TASK = {
  MySQL: "BackupSnapshotMySQLInInstance",
  PostgreSQL: "BackupSnapshotPostgreSQLInInstance",
  SQLServer: "BackupDbSqlserverInInstance",
};

/** How a task that made the backup ended; that the backup was deleted later does not change it. */
function backupStatus(backup: BackupRecord, at: number): Task["status"] {
  const phase: BackupPhase = backup.endAt !== null && at >= backup.endAt ? backup.outcome : backupPhase(backup, at);
  if (phase === "BUILDING") return "Running";
  return phase === "FAILED" ? "Failed" : "Completed";
}

export function backupTask(backup: BackupRecord, at: number, world: World): Task {
  const status = backupStatus(backup, at);
  const reason = status === "Failed" && world.knobs.failReasonShown ? backup.failReason : null;
  return {
    id: world.chance.hex32("task", backup.id),
    name: BACKUP_TASK[backup.engine],
    instanceId: backup.instanceId,
    instanceName: world.store.instances.get(backup.instanceId)?.name ?? "",
    status,
    beganAt: backup.beginAt,
    endedAt: status === "Running" ? undefined : (backup.endAt ?? at),
    failReason: reason ?? undefined,
    backup,
  };
}

export function jobTask(job: JobRecord, at: number): Task {
  const status = jobStatus(job, at);
  return {
    id: job.id,
    name: job.name,
    instanceId: job.instanceId,
    instanceName: job.instanceName,
    status,
    beganAt: job.createdAt,
    endedAt: status === "Running" ? undefined : job.endAt,
    failReason: job.failReason ?? undefined,
    backup: undefined,
  };
}

/** The tasks of one instance or of the whole project, newest first. */
export function tasksOf(
  world: World,
  wanted: { projectId: string; instanceId: string | undefined; at: number },
): Task[] {
  const { projectId, instanceId, at } = wanted;
  const jobs = [...world.store.jobs.values()].filter((job) => job.projectId === projectId);
  const shown = world.knobs.tasklistShowsBackups;
  const backups = !shown
    ? []
    : instanceId === undefined
      ? world.store.manualBackups(projectId)
      : world.store.backupsOf(instanceId);
  const tasks = [
    ...jobs.map((job) => jobTask(job, at)),
    ...backups
      .filter((backup) => backup.projectId === projectId && backup.beginAt <= at)
      .map((backup) => backupTask(backup, at, world)),
  ];
  return tasks
    .filter((task) => instanceId === undefined || task.instanceId === instanceId)
    .sort((a, b) => b.beganAt - a.beganAt || (a.id < b.id ? 1 : -1));
}
