/**
 * GET /v3/{project_id}/jobs: one job by its id. Backups are no jobs; restores are. Source: RDS API, "Obtaining Information About a Task".
 */
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import { jobStatus } from "../lifecycle.ts";
import type { Operation } from "../operation.ts";
import { projectIdOf } from "../request-fields.ts";
import { formatTime } from "../time-format.ts";
import type { World } from "../world.ts";

const KEPT_FOR_MS = 30 * 86_400_000;

function answer(request: AdmittedRequest, world: World): ApiReply {
  const id = request.query.get("id") ?? "";
  const { at } = request;
  if (id === "") throw world.refusal("badParameter", "Parameter error: id is missing.");
  const job = world.store.jobs.get(id);
  const fromAt = (job?.createdAt ?? 0) + world.knobs.jobLagSeconds * 1000;
  if (job === undefined || job.projectId !== projectIdOf(request) || at < fromAt || at > job.createdAt + KEPT_FOR_MS)
    throw world.refusal("resourceMissing");
  const when = (instant: number) => formatTime(instant, world.knobs.listTimeFormat);
  const status = jobStatus(job, at);
  const running = status === "Running";
  const percent = Math.min(100, Math.floor((100 * (at - job.createdAt)) / (job.endAt - job.createdAt || 1)));
  const shown = {
    id: job.id,
    name: job.name,
    status,
    created: when(job.createdAt),
    ...(running ? {} : { ended: when(job.endAt) }),
    process: running ? `${percent}%` : "",
    instance: { id: job.instanceId, name: job.instanceName },
    entities: {},
    ...(status === "Failed" ? { fail_reason: job.failReason } : {}),
  };
  return { status: 200, body: { job: shown } };
}

export const showJob: Operation = {
  name: "show-job",
  method: "GET",
  path: "/v3/{projectId}/jobs",
  service: "rds",
  access: "project",
  action: "rds:instance:list",
  answer,
};
