/**
 * GET /v3/{project_id}/quotas: how many instances a project may have. Of backups it says nothing, as at OTC.
 * Source: RDS API, "Querying Quotas".
 */
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { projectIdOf } from "../request-fields.ts";
import type { World } from "../world.ts";

function answer(request: AdmittedRequest, world: World): ApiReply {
  const used = world.store.instanceIds(projectIdOf(request)).size;
  const resources = [{ type: "instance", quota: world.knobs.instanceQuota, used }];
  return { status: 200, body: { quotas: { resources } } };
}

export const listQuotas: Operation = {
  name: "list-quotas",
  method: "GET",
  path: "/v3/{projectId}/quotas",
  service: "rds",
  access: "project",
  action: "rds:instance:list",
  answer,
};
