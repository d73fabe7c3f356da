/**
 * What things are at an instant: pure functions from records and `at` to a status. This is the whole lifecycle: there are no timers.
 */
import type { BackupRecord, InstanceRecord, JobRecord } from "./records.ts";

export type BackupPhase = "BUILDING" | "COMPLETED" | "FAILED" | "DELETING" | "GONE";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export function backupPhase(backup: BackupRecord, at: number): BackupPhase {
  if (backup.goneAt !== null && at >= backup.goneAt) return "GONE";
  if (backup.deleteRequestedAt !== null && at >= backup.deleteRequestedAt) return "DELETING";
  return backup.endAt !== null && at >= backup.endAt ? backup.outcome : "BUILDING";
}

/** Whether a backup still exists, visible or not. */
export function exists(backup: BackupRecord, at: number): boolean {
  return backupPhase(backup, at) !== "GONE";
}

/** Whether `at` lies in a daily window of `minutes` that begins at `startUtc` ("hh:mm"); windows may pass midnight. */
export function inDailyWindow(at: number, startUtc: string, minutes: number): boolean {
  const [hour, minute] = startUtc.split(":");
  const startMs = (Number(hour) * 60 + Number(minute)) * MINUTE_MS;
  const sinceStartMs = ((at % DAY_MS) + DAY_MS - startMs) % DAY_MS;
  return sinceStartMs < minutes * MINUTE_MS;
}

/** When a stopped instance is started by OTC: at the first beginning of its maintenance window after so many days. */
export function startedAgainAt(stoppedAt: number, days: number, maintenanceWindow: string): number {
  const [hour, minute] = maintenanceWindow.split("-")[0]?.split(":") ?? [];
  const startMs = (Number(hour) * 60 + Number(minute)) * MINUTE_MS;
  const earliestAt = stoppedAt + days * DAY_MS;
  const today = Math.floor(earliestAt / DAY_MS) * DAY_MS + startMs;
  return today >= earliestAt ? today : today + DAY_MS;
}

/** The instance's status as GET /instances reports it; `lastBackup` is the newest manual backup of it, if any. */
export function instanceStatus(instance: InstanceRecord, lastBackup: BackupRecord | undefined, at: number): string {
  if (instance.status !== "ACTIVE") return instance.status;
  const occupation = instance.occupied.find((period) => period.fromAt <= at && at < period.untilAt);
  if (occupation !== undefined) return occupation.status;
  if (lastBackup !== undefined && lastBackup.beginAt <= at && backupPhase(lastBackup, at) === "BUILDING")
    return "BACKING UP";
  const { busyDaily } = instance;
  if (busyDaily !== null && inDailyWindow(at, busyDaily.startUtc, busyDaily.minutes)) return "BACKING UP";
  return "ACTIVE";
}

export function jobStatus(job: JobRecord, at: number): "Running" | "Completed" | "Failed" {
  return at < job.endAt ? "Running" : job.outcome;
}
