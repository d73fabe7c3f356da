/**
 * POST /v3/{project_id}/instances with a restore_point: a new instance from a backup or a point in time. Creating an empty instance
 * is not imitated. Source: RDS API, "Restoring to a New DB Instance".
 */
import * as z from "zod";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { type InstanceRecord, instanceSchema } from "../records.ts";
import { projectIdOf, readBody } from "../request-fields.ts";
import { type RestoreSource, restoreSource, startRestoreJob } from "../restores.ts";
import type { World } from "../world.ts";

const ID_SUFFIX = { MySQL: "in01", PostgreSQL: "in03", SQLServer: "in04" };
const SPECIALS = { MySQL: "~!@#$%^*-_=+?,()&", PostgreSQL: "~!@#$%^*-_=+?,", SQLServer: "~!@#$%^*-_+?," };

const text = z.string().min(1);
const bodySchema = z.object({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{3,63}$/),
  restore_point: z.object({
    instance_id: text,
    type: z.enum(["backup", "timestamp"]).default("backup"),
    backup_id: text.optional(),
    restore_time: z.int().optional(),
  }),
  flavor_ref: text,
  volume: z.object({ type: z.enum(["CLOUDSSD", "ESSD"]), size: z.int().min(40).max(4000).multipleOf(10) }),
  availability_zone: text,
  vpc_id: text,
  subnet_id: text,
  password: z.string(),
  ha: z.object({ mode: z.literal("Ha"), replication_mode: z.enum(["async", "semisync", "sync"]) }).optional(),
});
type Wanted = z.output<typeof bodySchema>;

function readSource(wanted: Wanted, world: World): RestoreSource {
  const { instance_id: instanceId, type, backup_id: backupId, restore_time: restoreAt } = wanted.restore_point;
  if (type === "backup" && backupId === undefined)
    throw world.refusal("badParameter", "Parameter error: restore_point.backup_id is missing.");
  if (type === "timestamp" && restoreAt === undefined)
    throw world.refusal("badParameter", "Parameter error: restore_point.restore_time is missing.");
  return { instanceId, backupId, restoreAt: type === "timestamp" ? restoreAt : undefined };
}

/** 8 to 32 characters, of at least three kinds, with the special ones of the engine only. */
export function isPassword(password: string, engine: keyof typeof SPECIALS): boolean {
  const special = [...password].filter((char) => !/[A-Za-z0-9]/.test(char));
  const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/].filter((kind) => kind.test(password)).length + (special.length > 0 ? 1 : 0);
  const allowed = special.every((char) => SPECIALS[engine].includes(char));
  return password.length >= 8 && password.length <= 32 && kinds >= 3 && allowed;
}

function check(wanted: Wanted, source: InstanceRecord, world: World): void {
  if (!isPassword(wanted.password, source.engine)) throw world.refusal("badPassword");
  if (wanted.volume.size < source.volumeGb)
    throw world.refusal("badParameter", "Parameter error: volume.size is smaller than that of the source.");
  const zones = wanted.availability_zone.split(",");
  if (zones.length !== (wanted.ha === undefined ? 1 : 2))
    throw world.refusal("badParameter", "Parameter error: availability_zone does not fit the instance type.");
  const ids = world.store.instanceIds(source.projectId);
  if (ids.size >= world.knobs.instanceQuota) throw world.refusal("instanceQuota");
  const lower = wanted.name.toLowerCase();
  if ([...ids].some((id) => world.store.instances.get(id)?.name.toLowerCase() === lower))
    throw world.refusal("instanceNameTaken");
}

/** Not yet known to anyone: in the state BUILD until the job ends, then busy with its first automated backup. */
function newInstance(wanted: Wanted, source: InstanceRecord, at: number, world: World): InstanceRecord {
  const id = `${world.chance.hex32("restored", wanted.name, world.store.instances.size)}${ID_SUFFIX[source.engine]}`;
  return instanceSchema.parse({
    id,
    name: wanted.name,
    projectId: source.projectId,
    engine: source.engine,
    version: source.version,
    type: wanted.ha === undefined ? "Single" : "Ha",
    volumeGb: wanted.volume.size,
    volumeType: wanted.volume.type,
    flavor: wanted.flavor_ref,
    zones: wanted.availability_zone.split(","),
    databases: source.databases,
    backupSizeKb: source.backupSizeKb,
    createdAt: at,
  });
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const { at } = request;
  const wanted = readBody(request, bodySchema, world);
  const context = { projectId: projectIdOf(request), world };
  const { instance: source, backup } = restoreSource(readSource(wanted, world), at, context);
  check(wanted, source, world);
  const instance = newInstance(wanted, source, at, world);
  const job = startRestoreJob(world, { name: "CreateInstanceByBackup", target: instance, backup, at });
  const firstBackup = {
    status: "BACKING UP",
    fromAt: job.endAt,
    untilAt: job.endAt + world.knobs.firstBackupSeconds * 1000,
  };
  world.store.putInstance({
    ...instance,
    occupied: [{ status: "BUILD", fromAt: at, untilAt: job.endAt }, firstBackup],
  });
  const { id, name, flavor, volumeType, volumeGb, engine, version } = instance;
  const shown = { id, name, status: "BUILD", flavor_ref: flavor, volume: { type: volumeType, size: volumeGb } };
  return { status: 202, body: { instance: { ...shown, datastore: { type: engine, version } }, job_id: job.id } };
}

export const restoreToNew: Operation = {
  name: "restore-to-new",
  method: "POST",
  path: "/v3/{projectId}/instances",
  service: "rds",
  access: "project",
  action: "rds:instance:create",
  answer,
};
