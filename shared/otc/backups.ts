/** Backups of RDS instances: make one, list those of an instance, delete one. */
import * as z from "zod";
import { type Call, configurationError, readAnswer, unreadableError } from "./call.ts";
import { isOtcId } from "./ids.ts";
import type { OtcOperation } from "./operation.ts";
import { readWholeList } from "./paging.ts";
import { parseOtcTime } from "./times.ts";

export type OtcBackupType = "manual" | "auto" | "fragment" | "incremental";
export type OtcBackupStatus = "BUILDING" | "COMPLETED" | "FAILED" | "DELETING" | "UNKNOWN";

export interface OtcBackup {
  readonly id: string;
  readonly name: string;
  readonly instanceId: string;
  readonly type: string;
  readonly status: OtcBackupStatus;
  /** The status word as it came. */
  readonly rawStatus: string;
  readonly sizeKb?: number;
  readonly beganAt?: number;
  readonly endedAt?: number;
}

export interface CreateBackupRequest {
  readonly instanceId: string;
  readonly name: string;
  readonly description?: string;
  /** SQL Server only: the databases to back up; absent means all. */
  readonly databases?: readonly string[];
}

const statuses = ["BUILDING", "COMPLETED", "FAILED", "DELETING"] as const;
const rowSchema = z.object({
  id: z.string().refine(isOtcId),
  name: z.string(),
  instance_id: z.string(),
  type: z.string().optional(),
  status: z.string(),
  size: z.unknown().optional(),
  begin_time: z.unknown().optional(),
  end_time: z.unknown().optional(),
});
const backupRow = rowSchema.transform(toBackup);

/**
 * POST /v3/{project_id}/backups
 * @see https://docs.otc.t-systems.com/relational-database-service/api-ref/api_v3_recommended/backup_and_restoration/creating_a_manual_backup.html
 */
const CREATE = {
  name: "createBackup",
  service: "rds",
  method: "POST",
  pathTemplate: "v3/{projectId}/backups",
  priority: "create",
} as const satisfies OtcOperation;

/**
 * GET /v3/{project_id}/backups
 * @see https://docs.otc.t-systems.com/relational-database-service/api-ref/api_v3_recommended/backup_and_restoration/obtaining_details_about_backups.html
 */
const LIST = {
  name: "listBackups",
  service: "rds",
  method: "GET",
  pathTemplate: "v3/{projectId}/backups",
  priority: "poll",
} as const satisfies OtcOperation;

/**
 * DELETE /v3/{project_id}/backups/{backup_id}
 * @see https://docs.otc.t-systems.com/relational-database-service/api-ref/api_v3_recommended/backup_and_restoration/deleting_a_manual_backup.html
 */
const DELETE = {
  name: "deleteBackup",
  service: "rds",
  method: "DELETE",
  pathTemplate: "v3/{projectId}/backups/{backupId}",
  priority: "create",
} as const satisfies OtcOperation;

/**
 * Asks for a manual backup. Not idempotent at OTC except by the name.
 * @throws OtcError; `unreadable` with effect `unknown` when the answer is not about the backup that was asked for
 */
export async function createBackup(call: Call, request: CreateBackupRequest): Promise<OtcBackup> {
  const body = {
    instance_id: request.instanceId,
    name: request.name,
    ...(request.description !== undefined && { description: request.description }),
    ...(request.databases !== undefined && { databases: request.databases.map((name) => ({ name })) }),
  };
  const answer = await call({ operation: CREATE, body });
  const { backup } = readAnswer(CREATE, answer, z.object({ backup: backupRow }));
  if (backup.name === request.name && backup.instanceId === request.instanceId) return backup;
  throw unreadableError(CREATE, "the answer is about another backup", answer.status);
}

/** All backups of one instance. @throws OtcError, also when the list cannot be read whole */
export function listBackups(
  call: Call,
  query: { instanceId: string; type?: OtcBackupType; backupId?: string },
): Promise<OtcBackup[]> {
  const { instanceId, type, backupId } = query;
  const filters: [string, string][] = [["instance_id", instanceId]];
  if (type !== undefined) filters.push(["backup_type", type]);
  if (backupId !== undefined) filters.push(["backup_id", backupId]);
  return readWholeList(call, { operation: LIST, query: filters, member: "backups", row: backupRow });
}

/** Asks for a manual backup's deletion; it goes on for a while afterwards. @throws OtcError `backup-gone` when there is none */
export async function deleteBackup(call: Call, backupId: string): Promise<void> {
  if (!isOtcId(backupId)) throw configurationError(DELETE, "the backup id is not an OTC id");
  await call({ operation: DELETE, ids: { backupId } });
}

function toBackup(row: z.output<typeof rowSchema>): OtcBackup {
  const beganAt = parseOtcTime(row.begin_time);
  const endedAt = parseOtcTime(row.end_time);
  return {
    id: row.id,
    name: row.name,
    instanceId: row.instance_id,
    type: row.type ?? "manual",
    status: statuses.find((status) => status === row.status.toUpperCase()) ?? "UNKNOWN",
    rawStatus: row.status,
    ...(typeof row.size === "number" && Number.isFinite(row.size) && row.size >= 0 && { sizeKb: row.size }),
    ...(beganAt !== undefined && { beganAt }),
    ...(endedAt !== undefined && { endedAt }),
  };
}
