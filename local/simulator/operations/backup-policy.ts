/**
 * GET and PUT /v3/{project_id}/instances/{instance_id}/backups/policy: OTC's own nightly backups of an instance.
 * Sources: RDS API, "Obtaining an Automated Backup Policy" and "Setting an Automated Backup Policy".
 */
import * as z from "zod";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { projectIdOf, readBody } from "../request-fields.ts";
import type { World } from "../world.ts";

const MOST_DAYS = 732;

const bodySchema = z.object({
  backup_policy: z.object({
    keep_days: z.int(),
    start_time: z.string().optional(),
    period: z.string().optional(),
  }),
});

/** A window of exactly one hour that begins at a quarter, in UTC; it may end at midnight. */
export function isWindow(text: string): boolean {
  const match = /^([01]\d|2[0-3]):(00|15|30|45)-([01]\d|2[0-3]):(00|15|30|45)$/.exec(text);
  if (match === null) return false;
  const [, fromHour, fromMinute, toHour, toMinute] = match;
  return (Number(fromHour) + 1) % 24 === Number(toHour) && fromMinute === toMinute;
}

/** Days of the week, 1 for Monday, each once. */
function isPeriod(text: string): boolean {
  const days = text.split(",");
  return days.every((day) => /^[1-7]$/.test(day)) && new Set(days).size === days.length;
}

function instanceOf(request: AdmittedRequest, world: World) {
  return world.instance(projectIdOf(request), request.params.instanceId ?? "");
}

function answerGet(request: AdmittedRequest, world: World): ApiReply {
  const { keepDays, startTime, period } = instanceOf(request, world).backupStrategy;
  const policy = keepDays === 0 ? { keep_days: 0 } : { keep_days: keepDays, start_time: startTime, period };
  return { status: 200, body: { backup_policy: policy } };
}

function answerPut(request: AdmittedRequest, world: World): ApiReply {
  const instance = instanceOf(request, world);
  const { keep_days, start_time, period } = readBody(request, bodySchema, world).backup_policy;
  const current = instance.backupStrategy;
  if (keep_days < 0 || keep_days > MOST_DAYS) throw world.refusal("badPolicyRetention");
  const next = { keepDays: keep_days, startTime: start_time ?? current.startTime, period: period ?? current.period };
  if (keep_days > 0 && start_time === undefined && current.keepDays === 0) throw world.refusal("badPolicyStartTime");
  if (!isWindow(next.startTime)) throw world.refusal("badPolicyStartTime");
  if (!isPeriod(next.period)) throw world.refusal("badPolicyPeriod");
  if (instance.type === "Replica") world.refuseUnlessAllowed("replica");
  world.store.putInstance({ ...instance, backupStrategy: next });
  return { status: 200 };
}

const common = {
  path: "/v3/{projectId}/instances/{instanceId}/backups/policy",
  service: "rds",
  access: "project",
} as const;

export const getBackupPolicy: Operation = {
  ...common,
  name: "get-backup-policy",
  method: "GET",
  action: "rds:instance:list",
  answer: answerGet,
};
export const putBackupPolicy: Operation = {
  ...common,
  name: "put-backup-policy",
  method: "PUT",
  action: "rds:instance:modifyBackupPolicy",
  answer: answerPut,
};
