/**
 * What stands in the way of a manual backup, one function per check; the knob `checkOrder` says which are made and in which order.
 */
import type { CREATE_CHECKS } from "./knobs.ts";
import { backupPhase, exists } from "./lifecycle.ts";
import type { BackupRecord, InstanceRecord } from "./records.ts";
import type { World } from "./world.ts";

export interface BackupCheck {
  projectId: string;
  instanceId: string;
  name: string;
  description: string | null;
  databases: string[];
  at: number;
}

type CheckName = (typeof CREATE_CHECKS)[number];
type Check = (instance: InstanceRecord, wanted: BackupCheck, world: World) => void;

const NEVER = new Set(["FAILED", "CREATE FAIL", "SHUTDOWN"]);

function checkDatabases(instance: InstanceRecord, wanted: BackupCheck, world: World): void {
  if (wanted.databases.length === 0) return;
  if (instance.engine !== "SQLServer")
    throw world.refusal("badParameter", "Parameter error: databases is for SQL Server only.");
  if (wanted.databases.some((name) => !instance.databases.includes(name))) throw world.refusal("unknownDatabase");
}

function checkStatus(instance: InstanceRecord, wanted: BackupCheck, world: World): void {
  const status = world.statusOf(instance, wanted.at);
  if (status === "FROZEN") world.refuseUnlessAllowed("frozen");
  if (status === "STORAGE FULL") world.refuseUnlessAllowed("storageFull");
  if (NEVER.has(status)) world.refuseUnlessAllowed("wrongStatus");
}

function checkBusy(instance: InstanceRecord, wanted: BackupCheck, world: World): void {
  const status = world.statusOf(instance, wanted.at);
  const settled = status === "ACTIVE" || status === "FROZEN" || status === "STORAGE FULL" || NEVER.has(status);
  if (!settled) world.refuseUnlessAllowed("busy");
}

/** Whether an existing row takes up the wanted name, by the knobs for scope, FAILED rows and a check that sees late. */
function takesName(backup: BackupRecord, wanted: BackupCheck, world: World): boolean {
  const { uniqueNameScope, failedRowsKeepName, nameCheckBlindSeconds } = world.knobs;
  if (backup.projectId !== wanted.projectId || !exists(backup, wanted.at)) return false;
  if (uniqueNameScope === "none" || (uniqueNameScope === "instance" && backup.instanceId !== wanted.instanceId))
    return false;
  if (!failedRowsKeepName && backupPhase(backup, wanted.at) === "FAILED") return false;
  return nameCheckBlindSeconds === 0 || wanted.at - backup.beginAt >= nameCheckBlindSeconds * 1000;
}

function checkName(_instance: InstanceRecord, wanted: BackupCheck, world: World): void {
  const taken = world.store.backupsNamed(wanted.name).some((backup) => takesName(backup, wanted, world));
  if (taken) world.refuseUnlessAllowed("duplicateName");
}

function checkQuota(_instance: InstanceRecord, wanted: BackupCheck, world: World): void {
  const { manualBackupQuota } = world.knobs;
  if (manualBackupQuota === 0) return;
  const manual = world.store.manualBackupCount(wanted.projectId, wanted.at);
  if (manual >= manualBackupQuota) world.refuseUnlessAllowed("backupQuota");
}

const CHECKS: Record<CheckName, Check> = {
  instance: checkDatabases,
  replica: (instance, _wanted, world) => {
    if (instance.type === "Replica") world.refuseUnlessAllowed("replica");
  },
  status: checkStatus,
  busy: checkBusy,
  name: checkName,
  quota: checkQuota,
};

/** The instance to back up; throws the first refusal in the order of the knob. */
export function checkCreate(wanted: BackupCheck, world: World): InstanceRecord {
  const { checkOrder } = world.knobs;
  const early = checkOrder.slice(0, Math.max(0, checkOrder.indexOf("instance")));
  const known = world.store.instances.get(wanted.instanceId);
  // Checks placed before "instance" can only be made of an instance that exists.
  if (known !== undefined) for (const name of early) CHECKS[name](known, wanted, world);
  const instance = world.instance(wanted.projectId, wanted.instanceId);
  for (const name of checkOrder.slice(early.length)) CHECKS[name](instance, wanted, world);
  return instance;
}
