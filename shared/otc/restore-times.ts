/** The spans of time to which an instance can be restored from its automated backups. */
import * as z from "zod";
import { type Call, readAnswer } from "./call.ts";
import { timeField } from "./fields.ts";
import type { OtcOperation } from "./operation.ts";

/**
 * GET /v3/{project_id}/instances/{instance_id}/restore-time
 * @see https://docs.otc.t-systems.com/relational-database-service/api-ref/api_v3_recommended/backup_and_restoration/
 */
const GET = {
  name: "getRestoreTimes",
  service: "rds",
  method: "GET",
  pathTemplate: "v3/{projectId}/instances/{instanceId}/restore-time",
  priority: "poll",
} as const satisfies OtcOperation;

/** Epoch milliseconds. */
export interface OtcRestoreSpan {
  readonly startAt: number;
  readonly endAt: number;
}

const body = z.object({ restore_time: z.array(z.object({ start_time: timeField, end_time: timeField })).nullish() });

/** The spans whose both ends are readable; none when the instance has no automated backups. */
export async function getRestoreTimes(call: Call, instanceId: string, deadlineAt?: number): Promise<OtcRestoreSpan[]> {
  const { restore_time } = readAnswer(GET, await call({ operation: GET, ids: { instanceId }, deadlineAt }), body);
  return (restore_time ?? []).flatMap(({ start_time, end_time }) =>
    start_time === undefined || end_time === undefined ? [] : [{ startAt: start_time, endAt: end_time }],
  );
}
