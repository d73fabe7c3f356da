/** Quotas of the project. OTC publishes none for backups. */
import * as z from "zod";
import { type Call, readAnswer } from "./call.ts";
import type { OtcOperation } from "./operation.ts";

/**
 * GET /v3/{project_id}/quotas
 * @see https://docs.otc.t-systems.com/relational-database-service/api-ref/api_v3_recommended/
 */
const GET = {
  name: "getQuotas",
  service: "rds",
  method: "GET",
  pathTemplate: "v3/{projectId}/quotas",
  priority: "poll",
} as const satisfies OtcOperation;

export interface OtcQuota {
  /** `instance`, and whatever OTC adds. */
  readonly type: string;
  readonly quota: number;
  readonly used: number;
}

const body = z.object({
  quotas: z.object({ resources: z.array(z.object({ type: z.string(), quota: z.number(), used: z.number() })) }),
});

export async function getQuotas(call: Call, deadlineAt?: number): Promise<OtcQuota[]> {
  return readAnswer(GET, await call({ operation: GET, deadlineAt }), body).quotas.resources;
}
