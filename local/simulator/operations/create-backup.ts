/**
 * POST /v3/{project_id}/backups: accept a manual backup. When and how it will end is decided here and read later from the row.
 * Source: RDS API, "Creating a Manual Backup".
 */
import * as z from "zod";
import { type BackupCheck, checkCreate } from "../create-checks.ts";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { planBackup } from "../plan-backup.ts";
import type { BackupRecord } from "../records.ts";
import { projectIdOf, readBody } from "../request-fields.ts";
import { formatTime } from "../time-format.ts";
import type { World } from "../world.ts";

const bodySchema = z.object({
  instance_id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  databases: z.array(z.object({ name: z.string() })).nullish(),
});

function parseCreate(request: AdmittedRequest, world: World): BackupCheck {
  const body = readBody(request, bodySchema, world);
  const description = body.description ?? null;
  if (!/^[A-Za-z][A-Za-z0-9_-]{3,63}$/.test(body.name)) throw world.refusal("badName");
  if (description !== null && (description.length > 256 || /[>!<"&'=\r]/.test(description)))
    throw world.refusal("badDescription");
  if (!/^[A-Za-z0-9-]{1,64}$/.test(body.instance_id)) throw world.refusal("badInstanceId");
  const databases = (body.databases ?? []).map((database) => database.name);
  return {
    projectId: projectIdOf(request),
    instanceId: body.instance_id,
    name: body.name,
    description,
    databases,
    at: request.at,
  };
}

function createdBody(backup: BackupRecord, world: World): Record<string, unknown> {
  return {
    id: backup.id,
    instance_id: backup.instanceId,
    name: backup.name,
    ...(backup.description === null ? {} : { description: backup.description }),
    ...(backup.databases.length === 0 ? {} : { databases: backup.databases.map((name) => ({ name })) }),
    begin_time: formatTime(backup.beginAt, world.knobs.createTimeFormat),
    status: "BUILDING",
    type: "manual",
  };
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const wanted = parseCreate(request, world);
  if (request.fault?.kind === "busy-for") {
    const instance = world.instance(wanted.projectId, wanted.instanceId);
    const untilAt = request.at + request.fault.minutes * 60_000;
    world.occupy(instance, "BACKING UP", { fromAt: request.at, untilAt });
  }
  const instance = checkCreate(wanted, world);
  const backup = planBackup(instance, { ...wanted, fault: request.fault }, world);
  world.store.putBackup(backup);
  world.store.putInstance({ ...instance, lastBackupId: backup.id });
  return { status: world.knobs.createStatus, body: { backup: createdBody(backup, world) } };
}

export const createBackup: Operation = {
  name: "create-backup",
  method: "POST",
  path: "/v3/{projectId}/backups",
  service: "rds",
  access: "project",
  action: "rds:backup:create",
  answer,
};
