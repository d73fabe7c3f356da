/**
 * POST /v3/{project_id}/instances/recovery: overwrite an existing instance, or the original, with a backup.
 * Source: RDS API, "Restoring to an Existing or Original DB Instance".
 */
import * as z from "zod";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import type { InstanceRecord } from "../records.ts";
import { projectIdOf, readBody } from "../request-fields.ts";
import { restoreSource, startRestoreJob } from "../restores.ts";
import type { World } from "../world.ts";

const bodySchema = z.object({
  source: z.object({
    instance_id: z.string().min(1),
    type: z.enum(["backup", "timestamp"]).default("backup"),
    backup_id: z.string().optional(),
    restore_time: z.int().optional(),
  }),
  target: z.object({ instance_id: z.string().min(1) }),
});

/** "8.0" against "5.7": the number each version begins with. */
function versionNumber(instance: InstanceRecord): number {
  return Number.parseFloat(instance.version);
}

function checkFit(source: InstanceRecord, target: InstanceRecord, world: World): void {
  if (target.id === source.id) {
    if (source.engine === "PostgreSQL") throw world.refusal("restoreEngine");
    return;
  }
  const older = versionNumber(target) < versionNumber(source);
  const other = source.engine === "PostgreSQL" && source.version !== target.version;
  if (target.engine !== source.engine || older || other) throw world.refusal("restoreEngine");
  if (target.volumeGb < source.volumeGb)
    throw world.refusal(
      "badParameter",
      "Parameter error: the storage of the target is smaller than that of the source.",
    );
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const { at } = request;
  const { source: from, target: to } = readBody(request, bodySchema, world);
  const projectId = projectIdOf(request);
  const restoreAt = from.type === "timestamp" ? (from.restore_time ?? 0) : undefined;
  const wanted = { instanceId: from.instance_id, backupId: from.backup_id, restoreAt };
  const { instance: source, backup } = restoreSource(wanted, at, { projectId, world });
  const target = world.instance(projectId, to.instance_id);
  checkFit(source, target, world);
  if (world.statusOf(target, at) !== "ACTIVE") world.refuseUnlessAllowed("busy");
  const job = startRestoreJob(world, { name: "RestoreInstance", target, backup, at });
  world.occupy(target, "RESTORING", { fromAt: at, untilAt: job.endAt });
  return { status: 200, body: { job_id: job.id } };
}

export const restoreInPlace: Operation = {
  name: "restore-in-place",
  method: "POST",
  path: "/v3/{projectId}/instances/recovery",
  service: "rds",
  access: "project",
  action: "rds:instance:restoreInPlace",
  answer,
};
