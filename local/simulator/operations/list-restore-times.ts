/**
 * GET /v3/{project_id}/instances/{instance_id}/restore-time: to which instants a restore is possible, in ms UTC.
 * Source: RDS API, "Obtaining the Restoration Time Range".
 */
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { projectIdOf } from "../request-fields.ts";
import { restoreRange } from "../restore-range.ts";
import type { World } from "../world.ts";

const DAY_MS = 86_400_000;

/** The UTC day of `date`; all time when it is absent. */
function readDay(request: AdmittedRequest, world: World): { fromAt: number; toAt: number } {
  const date = request.query.get("date");
  if (date === null) return { fromAt: 0, toAt: Number.POSITIVE_INFINITY };
  const fromAt = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(fromAt)) throw world.refusal("badParameter", "Parameter error: date is not yyyy-mm-dd.");
  return { fromAt, toAt: fromAt + DAY_MS };
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const instance = world.instance(projectIdOf(request), request.params.instanceId ?? "");
  const day = readDay(request, world);
  const range = restoreRange(instance, request.at);
  const [start, end] =
    range === undefined ? [0, 0] : [Math.max(range.fromAt, day.fromAt), Math.min(range.toAt, day.toAt)];
  return { status: 200, body: { restore_time: end > start ? [{ start_time: start, end_time: end }] : [] } };
}

export const listRestoreTimes: Operation = {
  name: "list-restore-times",
  method: "GET",
  path: "/v3/{projectId}/instances/{instanceId}/restore-time",
  service: "rds",
  access: "project",
  action: "rds:instance:list",
  answer,
};
