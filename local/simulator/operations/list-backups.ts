/**
 * GET /v3/{project_id}/backups: the backups of one instance, one page. Source: RDS API, "Obtaining Backups".
 */
import { writeAutomatedBackups } from "../automated-backups.ts";
import { backupRow } from "../backup-row.ts";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import { exists } from "../lifecycle.ts";
import type { Operation } from "../operation.ts";
import type { BackupRecord } from "../records.ts";
import { pageOf, projectIdOf, readPage, readPeriod, totalCount } from "../request-fields.ts";
import type { World } from "../world.ts";

const TYPES = ["auto", "manual", "fragment", "incremental"];

/** Refuses an instance that the project never had; a removed one by the knob. */
function checkInstance(projectId: string, instanceId: string, world: World): void {
  const instance = world.store.instances.get(instanceId);
  if (instance === undefined || instance.projectId !== projectId) throw world.refusal("instanceMissing");
  const removed = instance.removedAt !== null;
  if (removed && world.knobs.removedInstanceInList === "404") throw world.refusal("instanceMissing");
}

function inOrder(rows: BackupRecord[], world: World): BackupRecord[] {
  switch (world.knobs.sortOrder) {
    case "newest-first":
      return rows.sort((a, b) => b.beginAt - a.beginAt || (a.id < b.id ? 1 : -1));
    case "oldest-first":
      return rows.sort((a, b) => a.beginAt - b.beginAt || (a.id < b.id ? -1 : 1));
    case "unsorted":
      return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

function matchesPeriod(backup: BackupRecord, period: ReturnType<typeof readPeriod>, world: World): boolean {
  if (period === undefined) return true;
  const { timeFilterField, timeFilterBounds } = world.knobs;
  const at = timeFilterField === "begin" ? backup.beginAt : backup.endAt;
  if (at === null) return false;
  if (timeFilterBounds === "exclusive") return at > period.fromAt && at < period.toAt;
  return at >= period.fromAt && at <= period.toAt;
}

function refuseUnknown(world: World): void {
  switch (world.knobs.unknownBackupInList) {
    case "empty":
      return;
    case "400":
      throw world.refusal("backupFileMissing");
    case "404":
      throw world.refusal("backupMissing");
  }
}

function readFilter(request: AdmittedRequest, world: World) {
  const { query } = request;
  const instanceId = query.get("instance_id") ?? "";
  const type = query.get("backup_type");
  if (instanceId === "") throw world.refusal("badParameter", "Parameter error: instance_id is missing.");
  if (type !== null && !TYPES.includes(type))
    throw world.refusal("badParameter", "Parameter error: backup_type is unknown.");
  return {
    instanceId,
    type,
    backupId: query.get("backup_id"),
    page: readPage(query, world),
    period: readPeriod(query, world),
  };
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const { instanceId, type, backupId, page, period } = readFilter(request, world);
  checkInstance(projectIdOf(request), instanceId, world);
  const instance = world.store.instances.get(instanceId);
  if (world.knobs.automatedBackups && instance?.removedAt === null) writeAutomatedBackups(instance, request.at, world);
  const matching = world.store
    .backupsOf(instanceId)
    .filter((backup) => exists(backup, request.at) && request.at >= backup.visibleAt)
    .filter((backup) => (type === null || backup.type === type) && (backupId === null || backup.id === backupId))
    .filter((backup) => matchesPeriod(backup, period, world));
  if (backupId !== null && matching.length === 0) refuseUnknown(world);
  const rows = pageOf(inOrder(matching, world), page, world).map((backup) => backupRow(backup, request.at, world));
  return { status: 200, body: { backups: rows, total_count: totalCount(matching.length, rows.length, world) } };
}

export const listBackups: Operation = {
  name: "list-backups",
  method: "GET",
  path: "/v3/{projectId}/backups",
  service: "rds",
  access: "project",
  action: "rds:backup:list",
  answer,
};
