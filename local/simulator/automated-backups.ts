/**
 * The nightly backups that OTC makes by itself (knob `automatedBackups`): one per instance and day inside the window of its backup
 * strategy. Computed from the day, not from a timer; rows are written when somebody first looks.
 */
import type { Chance } from "./chance.ts";
import type { BackupRecord, InstanceRecord } from "./records.ts";
import type { Store } from "./store.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function compactStamp(at: number): string {
  return new Date(at).toISOString().replace(/[-:TZ.]/g, "");
}

/** The automated backup of the UTC day that `dayAt` lies in; undefined when the strategy is off or the instance did not exist. */
function backupOfDay(instance: InstanceRecord, dayAt: number, chance: Chance): BackupRecord | undefined {
  const { startTime, keepDays } = instance.backupStrategy;
  const start = /^(\d\d):(\d\d)-/.exec(startTime);
  if (keepDays === 0 || start === null || instance.type === "Replica") return undefined;
  const midnightAt = Math.floor(dayAt / DAY_MS) * DAY_MS;
  const windowMs = (Number(start[1]) * 60 + Number(start[2])) * MINUTE_MS;
  const beginAt =
    midnightAt + windowMs + chance.between({ min: 0, max: 600_000 }, "auto-begin", instance.id, midnightAt);
  if (beginAt < instance.createdAt) return undefined;
  const tookMs = chance.between({ min: 180_000, max: 900_000 }, "auto-took", instance.id, midnightAt);
  const suffix = { MySQL: "br01", PostgreSQL: "br03", SQLServer: "br04" }[instance.engine];
  return {
    id: `${chance.hex32("auto", instance.id, midnightAt)}${suffix}`,
    projectId: instance.projectId,
    instanceId: instance.id,
    name: `${instance.engine.toLowerCase()}-${instance.name}-${compactStamp(beginAt)}`,
    description: null,
    databases: [],
    type: "auto",
    engine: instance.engine,
    version: instance.version,
    beginAt,
    visibleAt: beginAt,
    endAt: beginAt + tookMs,
    outcome: "COMPLETED",
    failReason: null,
    sizeKb: instance.backupSizeKb,
    deleteRequestedAt: null,
    goneAt: beginAt + keepDays * DAY_MS,
    goneBecause: "expired",
    restoringUntilAt: null,
  };
}

/** Whether an automated backup of the instance is running at `at`. */
export function automatedBackupRunning(instance: InstanceRecord, at: number, chance: Chance): boolean {
  return [at, at - DAY_MS].some((dayAt) => {
    const backup = backupOfDay(instance, dayAt, chance);
    return backup !== undefined && backup.beginAt <= at && at < (backup.endAt ?? at);
  });
}

/** Writes the automated backups that exist at `at` and are not in the store yet. */
export function writeAutomatedBackups(
  instance: InstanceRecord,
  at: number,
  world: { store: Store; chance: Chance },
): void {
  for (let day = 0; day <= instance.backupStrategy.keepDays; day += 1) {
    const backup = backupOfDay(instance, at - day * DAY_MS, world.chance);
    if (backup !== undefined && backup.beginAt <= at && !world.store.backups.has(backup.id))
      world.store.putBackup(backup);
  }
}
