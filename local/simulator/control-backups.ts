/**
 * Backups as the control makes and changes them: rows that appear without a call, and ends that come when a test wants them.
 */
import * as z from "zod";
import { ControlProblem } from "./control-problem.ts";
import { type BackupRecord, backupSchema } from "./records.ts";
import type { World } from "./world.ts";

export const backupSeedSchema = z.strictObject({
  instanceId: z.string(),
  name: z.string().min(1),
  type: z.enum(["manual", "auto", "incremental", "fragment"]).default("manual"),
  /** Milliseconds since 1970. */
  beginAt: z.int().min(0),
  /** Absent: an hour's tenth after it began; null: still running, for ever. */
  endAt: z.int().min(0).nullable().optional(),
  outcome: z.enum(["COMPLETED", "FAILED"]).default("COMPLETED"),
  sizeKb: z.int().min(0).optional(),
});
export type BackupSeed = z.input<typeof backupSeedSchema>;

export const backupChangeSchema = z.strictObject({
  /** What happens to it now. */
  now: z.enum(["complete", "fail", "reopen", "vanish"]).optional(),
  sizeKb: z.int().min(0).optional(),
  failReason: z.string().optional(),
  /** Until then a restore is said to use it. */
  restoringUntilAt: z.number().nullable().optional(),
});
export type BackupChange = z.input<typeof backupChangeSchema>;

/** A row that nobody asked for over the API: history for a test, or a colleague's own backup. */
export function addBackup(world: World, seed: BackupSeed): BackupRecord {
  const wanted = backupSeedSchema.parse(seed);
  const instance = world.store.instances.get(wanted.instanceId);
  if (instance === undefined)
    throw new ControlProblem(404, `no instance "${wanted.instanceId}"; GET /instances lists them`);
  const occurrence = world.store.backupsNamed(wanted.name).length;
  const backup = backupSchema.parse({
    ...wanted,
    id: `${world.chance.hex32("seeded", instance.id, wanted.name, occurrence)}br01`,
    projectId: instance.projectId,
    description: null,
    databases: [],
    engine: instance.engine,
    version: instance.version,
    visibleAt: wanted.beginAt,
    endAt: wanted.endAt === undefined ? wanted.beginAt + 360_000 : wanted.endAt,
    failReason: wanted.outcome === "FAILED" ? "Seeded as failed." : null,
    sizeKb: wanted.sizeKb ?? (wanted.outcome === "FAILED" ? 0 : instance.backupSizeKb),
    deleteRequestedAt: null,
    goneAt: null,
    goneBecause: null,
    restoringUntilAt: null,
  });
  world.store.putBackup(backup);
  return backup;
}

function ending(change: z.output<typeof backupChangeSchema>, backup: BackupRecord, at: number): Partial<BackupRecord> {
  switch (change.now) {
    case undefined:
      return {};
    case "complete":
      return { endAt: at, outcome: "COMPLETED", failReason: null };
    case "fail":
      return { endAt: at, outcome: "FAILED", sizeKb: 0, failReason: change.failReason ?? "Made to fail." };
    case "reopen":
      return { endAt: null };
    case "vanish":
      return backup.goneAt !== null && backup.goneAt <= at ? {} : { goneAt: at, goneBecause: "vanished" };
  }
}

export function changeBackup(world: World, id: string, change: BackupChange): BackupRecord {
  const wanted = backupChangeSchema.parse(change);
  const backup = world.store.backups.get(id);
  if (backup === undefined) throw new ControlProblem(404, `no backup "${id}"; GET /backups lists them`);
  const { sizeKb, restoringUntilAt } = wanted;
  return world.changeBackup(backup, {
    ...ending(wanted, backup, world.clock.now()),
    ...(sizeKb === undefined ? {} : { sizeKb }),
    ...(restoringUntilAt === undefined ? {} : { restoringUntilAt }),
  });
}
