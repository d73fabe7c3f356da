/** OTC's own automated backup of one instance: read, to keep out of its way; never changed by this client. */
import * as z from "zod";
import { type Call, readAnswer } from "./call.ts";
import { textField } from "./fields.ts";
import type { OtcOperation } from "./operation.ts";

/**
 * GET /v3/{project_id}/instances/{instance_id}/backups/policy
 * @see https://docs.otc.t-systems.com/relational-database-service/api-ref/api_v3_recommended/backup_and_restoration/
 */
const GET = {
  name: "getAutomatedPolicy",
  service: "rds",
  method: "GET",
  pathTemplate: "v3/{projectId}/instances/{instanceId}/backups/policy",
  priority: "poll",
} as const satisfies OtcOperation;

export interface OtcAutomatedPolicy {
  /** 0 means that automated backups are off. */
  readonly keepDays: number;
  /** A UTC window of one hour, such as `19:00-20:00`; empty when off. */
  readonly startTime: string;
  /** Days of the week, Monday is 1: `1,2,3`; empty when off. */
  readonly period: string;
}

const body = z.object({
  backup_policy: z.object({ keep_days: z.number(), start_time: textField, period: textField }),
});

export async function getAutomatedPolicy(
  call: Call,
  instanceId: string,
  deadlineAt?: number,
): Promise<OtcAutomatedPolicy> {
  const policy = readAnswer(GET, await call({ operation: GET, ids: { instanceId }, deadlineAt }), body).backup_policy;
  return { keepDays: policy.keep_days, startTime: policy.start_time, period: policy.period };
}
