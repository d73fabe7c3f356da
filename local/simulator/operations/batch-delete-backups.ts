/**
 * POST /v3/{project_id}/backups/batch-delete: delete up to 50 manual backups of SQL Server instances; each has its own outcome.
 * Source: RDS API, "Deleting Manual Backups in Batches".
 */
import * as z from "zod";
import { requestDeletion } from "../deletion.ts";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { projectIdOf, readBody } from "../request-fields.ts";
import type { World } from "../world.ts";

const bodySchema = z.object({ backup_ids: z.array(z.string()).min(1).max(50) });

function deleteOne(backupId: string, request: AdmittedRequest, world: World): Record<string, unknown> {
  const done = { backup_id: backupId, error_code: "0", error_msg: "Success" };
  try {
    const engine = world.store.backups.get(backupId)?.engine;
    if (engine !== undefined && engine !== "SQLServer") world.refuseUnlessAllowed("batchNotSupported");
    requestDeletion(world, { projectId: projectIdOf(request), backupId, at: request.at });
    return done;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...done, error_code: error.spec.code, error_msg: error.spec.message };
  }
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const { backup_ids } = readBody(request, bodySchema, world);
  return { status: 200, body: { delete_results: backup_ids.map((id) => deleteOne(id, request, world)) } };
}

export const batchDeleteBackups: Operation = {
  name: "batch-delete-backups",
  method: "POST",
  path: "/v3/{projectId}/backups/batch-delete",
  service: "rds",
  access: "project",
  action: "rds:backup:delete",
  answer,
};
