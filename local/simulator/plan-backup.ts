/**
 * The fate of a manual backup, decided when it is accepted: id, size, when it ends and how. Seeded by instance and name, so that the
 * same night comes out the same way whatever the order of requests.
 */
import type { FaultAction } from "./faults.ts";
import type { BackupRecord, InstanceRecord } from "./records.ts";
import type { World } from "./world.ts";

export interface WantedBackup {
  name: string;
  description: string | null;
  databases: string[];
  at: number;
  fault: FaultAction | undefined;
}

type Ending = "completes" | "fails-early" | "fails-late" | "never-finishes";

const ID_SUFFIX = { MySQL: "br01", PostgreSQL: "br03", SQLServer: "br04" };
const FAIL_REASON = "The backup lock could not be obtained.";

function ending(instance: InstanceRecord, wanted: WantedBackup, world: World): Ending {
  const { fault } = wanted;
  if (fault?.kind === "fail-backup") return fault.when === "early" ? "fails-early" : "fails-late";
  if (fault?.kind === "never-finish") return "never-finishes";
  if (instance.backupOutcome !== "by-chance") return instance.backupOutcome;
  const failed = world.chance.fraction("fails", instance.id, wanted.name) < world.knobs.failureRate;
  return failed ? "fails-late" : "completes";
}

function durationMs(instance: InstanceRecord, wanted: WantedBackup, world: World): number {
  const range = instance.backupSeconds ?? world.knobs.backupSeconds;
  return world.chance.between({ min: range.min * 1000, max: range.max * 1000 }, "takes", instance.id, wanted.name);
}

function endAt(how: Ending, instance: InstanceRecord, plan: { wanted: WantedBackup; world: World }): number | null {
  const { wanted, world } = plan;
  switch (how) {
    case "never-finishes":
      return null;
    case "fails-early":
      return wanted.at + world.chance.between(world.knobs.failEarlySeconds, "early", instance.id, wanted.name) * 1000;
    case "fails-late":
    case "completes":
      return wanted.at + durationMs(instance, wanted, world);
  }
}

function sizeKb(instance: InstanceRecord, wanted: WantedBackup, world: World): number {
  const jitter = world.knobs.sizeJitterPercent / 100;
  const factor = 1 - jitter + 2 * jitter * world.chance.fraction("size", instance.id, wanted.name);
  return Math.round(instance.backupSizeKb * factor);
}

/** An id nobody has had: the occurrence counts, because a name may come back after its backup is gone. */
function newId(instance: InstanceRecord, name: string, world: World): string {
  const occurrence = world.store.backupsNamed(name).length;
  return `${world.chance.hex32("backup", instance.id, name, occurrence)}${ID_SUFFIX[instance.engine]}`;
}

export function planBackup(instance: InstanceRecord, wanted: WantedBackup, world: World): BackupRecord {
  const how = ending(instance, wanted, world);
  const failed = how === "fails-early" || how === "fails-late";
  const { fault } = wanted;
  const lagSeconds = fault?.kind === "lag" ? fault.seconds : world.knobs.visibilityLagSeconds;
  const goneAt = fault?.kind === "vanish-after" ? wanted.at + fault.minutes * 60_000 : null;
  return {
    id: newId(instance, wanted.name, world),
    projectId: instance.projectId,
    instanceId: instance.id,
    name: wanted.name,
    description: wanted.description,
    databases: wanted.databases,
    type: "manual",
    engine: instance.engine,
    version: instance.version,
    beginAt: wanted.at,
    visibleAt: wanted.at + lagSeconds * 1000,
    endAt: endAt(how, instance, { wanted, world }),
    outcome: failed ? "FAILED" : "COMPLETED",
    failReason: failed ? FAIL_REASON : null,
    sizeKb: failed ? 0 : sizeKb(instance, wanted, world),
    deleteRequestedAt: null,
    goneAt,
    goneBecause: goneAt === null ? null : "vanished",
    restoringUntilAt: null,
  };
}
