/**
 * DELETE /v3/{project_id}/backups/{backup_id}: begin to delete a manual backup; the answer is empty. Source: RDS API, "Deleting a Manual Backup".
 */
import { requestDeletion } from "../deletion.ts";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { projectIdOf } from "../request-fields.ts";
import type { World } from "../world.ts";

function answer(request: AdmittedRequest, world: World): ApiReply {
  requestDeletion(world, {
    projectId: projectIdOf(request),
    backupId: request.params.backupId ?? "",
    at: request.at,
  });
  return { status: world.knobs.deleteStatus };
}

export const deleteBackup: Operation = {
  name: "delete-backup",
  method: "DELETE",
  path: "/v3/{projectId}/backups/{backupId}",
  service: "rds",
  access: "project",
  action: "rds:backup:delete",
  answer,
};
