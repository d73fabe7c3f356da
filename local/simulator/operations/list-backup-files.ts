/**
 * GET /v3/{project_id}/backup-files: links under which the files of a finished backup could be downloaded; they lead nowhere.
 * Source: RDS API, "Obtaining Links for Downloading Backup Files".
 */
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import { backupPhase, exists } from "../lifecycle.ts";
import type { Operation } from "../operation.ts";
import { projectIdOf } from "../request-fields.ts";
import { formatTime } from "../time-format.ts";
import type { World } from "../world.ts";

const LINK_FOR_MS = 300_000;

function answer(request: AdmittedRequest, world: World): ApiReply {
  const id = request.query.get("backup_id") ?? "";
  if (id === "") throw world.refusal("badParameter", "Parameter error: backup_id is missing.");
  const backup = world.store.backups.get(id);
  if (backup === undefined || backup.projectId !== projectIdOf(request) || !exists(backup, request.at))
    throw world.refusal("backupFileMissing");
  if (backupPhase(backup, request.at) !== "COMPLETED") throw world.refusal("backupFileMissing");
  const file = {
    name: `${backup.id}_${backup.name}.bak`,
    size: backup.sizeKb,
    download_link: `https://obs.invalid/rds-backups/${backup.id}?AWSAccessKeyId=simulated&Signature=simulated`,
    link_expired_time: formatTime(request.at + LINK_FOR_MS, world.knobs.listTimeFormat),
  };
  const ofDatabases = backup.databases.map((name) => ({ ...file, database_name: name }));
  return {
    status: 200,
    body: { files: ofDatabases.length > 0 ? ofDatabases : [file], bucket: "rds-backups-simulated" },
  };
}

export const listBackupFiles: Operation = {
  name: "list-backup-files",
  method: "GET",
  path: "/v3/{projectId}/backup-files",
  service: "rds",
  access: "project",
  action: "rds:backup:download",
  answer,
};
