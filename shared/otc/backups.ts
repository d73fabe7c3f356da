/** Backups of database instances: create one, list them, delete one. OTC has no call that reads a single backup. */
import * as z from "zod";
import { type Call, configurationError, readAnswer, unreadableError } from "./call.ts";
import { isOtcError } from "./errors.ts";
import { idField, textField, timeField, totalField } from "./fields.ts";
import { isOtcId } from "./ids.ts";
import type { OtcOperation } from "./operation.ts";
import { readWholeList } from "./paging.ts";

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

const STATUSES = ["BUILDING", "COMPLETED", "FAILED", "DELETING"] as const;

export type OtcBackupStatus = (typeof STATUSES)[number] | "UNKNOWN";

export type OtcBackupType = "manual" | "auto" | "fragment" | "incremental";

export interface OtcBackup {
  readonly id: string;
  readonly name: string;
  readonly instanceId: string;
  /** As OTC says it; see OtcBackupType for the documented ones. */
  readonly type: string;
  readonly status: OtcBackupStatus;
  readonly rawStatus: string;
  /** Absent or 0 while the backup is being made, and in the answer to a create. */
  readonly sizeKb?: number;
  readonly beganAt?: number;
  readonly endedAt?: number;
}

export interface CreateBackupRequest {
  readonly instanceId: string;
  /** 4 to 64 characters: a letter, then letters, digits, `-` and `_`. */
  readonly name: string;
  /** At most 256 characters, none of `> ! < " & ' =`. OTC does not return it in lists. */
  readonly description?: string;
  /** SQL Server only: names of the databases to back up. */
  readonly databases?: readonly string[];
  readonly deadlineAt?: number | undefined;
}

export interface ListBackupsQuery {
  readonly instanceId: string;
  readonly type?: OtcBackupType;
  /** Only this backup. An unknown or deleted one gives an empty list, in whichever way OTC says it. */
  readonly backupId?: string;
  readonly deadlineAt?: number | undefined;
}

const backup = z
  .object({
    id: idField,
    name: textField,
    instance_id: idField,
    type: z.string(),
    status: z.string(),
    size: z.number().nonnegative().nullish().catch(undefined),
    begin_time: timeField,
    end_time: timeField,
  })
  .transform(
    (row): OtcBackup => ({
      id: row.id,
      name: row.name,
      instanceId: row.instance_id,
      type: row.type,
      status: toStatus(row.status),
      rawStatus: row.status,
      ...(typeof row.size === "number" && { sizeKb: row.size }),
      ...(row.begin_time !== undefined && { beganAt: row.begin_time }),
      ...(row.end_time !== undefined && { endedAt: row.end_time }),
    }),
  );

const created = z.object({ backup });

const page = z
  .object({ backups: z.array(backup), total_count: totalField })
  .transform((body) => ({ rows: body.backups, total: body.total_count }));

function toStatus(raw: string): OtcBackupStatus {
  return STATUSES.find((status) => status === raw.toUpperCase()) ?? "UNKNOWN";
}

/**
 * Asks OTC for a manual backup. Accepted means begun, not done. Not idempotent: after an error whose `effect` is `unknown`,
 * look for the name before asking again.
 */
export async function createBackup(call: Call, request: CreateBackupRequest): Promise<OtcBackup> {
  const { instanceId, name, description, databases, deadlineAt } = request;
  const problem = findProblem(request);
  if (problem !== undefined) throw configurationError(CREATE, problem);
  // The body is flat; only the answer is wrapped.
  const body = {
    instance_id: instanceId,
    name,
    ...(description !== undefined && { description }),
    ...(databases !== undefined && { databases: databases.map((database) => ({ name: database })) }),
  };
  const answer = await call({ operation: CREATE, body, deadlineAt });
  const accepted = readAnswer(CREATE, answer, created).backup;
  if (accepted.name !== name || accepted.instanceId !== instanceId) {
    throw unreadableError(CREATE, "the answer is about another backup than the one asked for", answer.status);
  }
  return accepted;
}

function findProblem(request: CreateBackupRequest): string | undefined {
  if (!isOtcId(request.instanceId)) return "instanceId is not an OTC id";
  if (!/^[A-Za-z][A-Za-z0-9_-]{3,63}$/.test(request.name)) {
    return "name must have 4 to 64 characters: a letter, then letters, digits, - and _";
  }
  if (request.description !== undefined && !/^[^>!<"&'=\r\n]{0,256}$/.test(request.description)) {
    return "description must have at most 256 characters and none of > ! < \" & ' = or a line break";
  }
  if (request.databases?.length === 0) return "databases must name at least one database, or be left out";
  return undefined;
}

/** All backups of one instance that match the query, in OTC's order (undocumented: sort what matters). Complete, or it throws. */
export async function listBackups(call: Call, query: ListBackupsQuery): Promise<readonly OtcBackup[]> {
  const { instanceId, type, backupId, deadlineAt } = query;
  if (!isOtcId(instanceId)) throw configurationError(LIST, "instanceId is not an OTC id");
  if (backupId !== undefined && !isOtcId(backupId)) throw configurationError(LIST, "backupId is not an OTC id");
  const filters: [string, string][] = [["instance_id", instanceId]];
  if (backupId !== undefined) filters.push(["backup_id", backupId]);
  if (type !== undefined) filters.push(["backup_type", type]);
  try {
    const rows = await readWholeList(call, { operation: LIST, query: filters, page, deadlineAt });
    // A service that ignores a filter must not make another instance's backup look like this one's.
    return rows.filter(
      (row) =>
        row.instanceId === instanceId &&
        (backupId === undefined || row.id === backupId) &&
        (type === undefined || row.type.toLowerCase() === type),
    );
  } catch (error) {
    // Asked for one id, OTC answers with an empty list or with "the backup file does not exist".
    if (backupId !== undefined && isOtcError(error) && error.class === "backup-gone") return [];
    throw error;
  }
}

/**
 * Deletes a manual backup, irrevocably. Returns when OTC has accepted; the row shows DELETING for a while.
 * @throws OtcError `backup-gone` when there is no such backup, `backup-busy` when it may be deleted later
 */
export async function deleteBackup(
  call: Call,
  backupId: string,
  deadlineAt?: number,
): Promise<{ readonly requestId: string | undefined }> {
  // Success has an empty body, so there is nothing to read.
  const { requestId } = await call({ operation: DELETE, ids: { backupId }, deadlineAt });
  return { requestId };
}
