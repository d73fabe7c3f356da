/**
 * GET /v3/{project_id}/recycle-instances: deleted instances that are still kept (knob `recycleDays`).
 * Source: RDS API, "Querying Instances in the Recycle Bin".
 */
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import type { InstanceRecord } from "../records.ts";
import { pageOf, projectIdOf, readPage, totalCount } from "../request-fields.ts";
import { formatTime } from "../time-format.ts";
import type { World } from "../world.ts";

const DAY_MS = 86_400_000;

function row(instance: InstanceRecord, removedAt: number, world: World): Record<string, unknown> {
  const when = (at: number) => formatTime(at, world.knobs.instanceTimeFormat);
  return {
    id: instance.id,
    name: instance.name,
    ha_mode: instance.type,
    engine_name: instance.engine.toLowerCase(),
    engine_version: instance.version,
    pay_model: "0",
    created_at: when(instance.createdAt),
    deleted_at: when(removedAt),
    retained_until: when(removedAt + world.knobs.recycleDays * DAY_MS),
    volume_type: instance.volumeType,
    volume_size: instance.volumeGb,
    enterprise_project_id: "0",
    recycle_backup_id: null,
    recycle_status: "Active",
  };
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const page = readPage(request.query, world);
  const keptSince = request.at - world.knobs.recycleDays * DAY_MS;
  const rows = [...world.store.instances.values()].flatMap((instance) => {
    const { projectId, removedAt } = instance;
    const kept = projectId === projectIdOf(request) && removedAt !== null && removedAt > keptSince;
    return kept && removedAt <= request.at ? [row(instance, removedAt, world)] : [];
  });
  const shown = pageOf(rows, page, world);
  return { status: 200, body: { instances: shown, total_count: totalCount(rows.length, shown.length, world) } };
}

export const listRecycledInstances: Operation = {
  name: "list-recycled-instances",
  method: "GET",
  path: "/v3/{projectId}/recycle-instances",
  service: "rds",
  access: "project",
  action: "rds:instance:list",
  answer,
};
