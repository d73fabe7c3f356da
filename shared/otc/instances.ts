/** Database instances of a project, with what a backup needs to know of each. */
import * as z from "zod";
import type { Call } from "./call.ts";
import { isOtcId } from "./ids.ts";
import type { OtcOperation } from "./operation.ts";
import { readWholeList } from "./paging.ts";
import { parseOtcTime } from "./times.ts";

export interface OtcTag {
  readonly key: string;
  readonly value: string;
}

export interface OtcInstance {
  readonly id: string;
  readonly name: string;
  /** OTC's word, e.g. `ACTIVE`, `BACKING UP`. */
  readonly status: string;
  /** `Single`, `Ha` or `Replica`. */
  readonly type: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly tags: readonly OtcTag[];
  /** The primary this instance is a read replica of. */
  readonly replicaOf?: string;
  /** Hours of OTC's own backup, UTC, `19:00-20:00`. */
  readonly backupWindow?: string;
  readonly backupKeepDays?: number;
  /** UTC, `02:00-06:00`. */
  readonly maintenanceWindow?: string;
  readonly createdAt?: number;
}

/**
 * GET /v3/{project_id}/instances
 * @see https://docs.otc.t-systems.com/relational-database-service/api-ref/api_v3_recommended/db_instance_management/querying_db_instances.html
 */
const LIST = {
  name: "listInstances",
  service: "rds",
  method: "GET",
  pathTemplate: "v3/{projectId}/instances",
  priority: "poll",
} as const satisfies OtcOperation;

const text = z.string();
const rowSchema = z.object({
  id: text.refine(isOtcId),
  name: text.catch(""),
  status: text,
  type: text.catch(""),
  datastore: z.object({ type: text.catch(""), version: text.catch("") }).catch({ type: "", version: "" }),
  tags: z.array(z.object({ key: text, value: text.catch("") })).catch([]),
  related_instance: z.array(z.object({ id: text, type: text })).catch([]),
  backup_strategy: z
    .object({ start_time: text.optional(), keep_days: z.number().optional() })
    .optional()
    .catch(undefined),
  maintenance_window: text.optional().catch(undefined),
  created: z.unknown().optional(),
});

/** Every instance of the project. @throws OtcError, also when the list cannot be read whole */
export function listInstances(call: Call): Promise<OtcInstance[]> {
  return readWholeList(call, { operation: LIST, query: [], member: "instances", row: rowSchema.transform(toInstance) });
}

function toInstance(row: z.output<typeof rowSchema>): OtcInstance {
  const replicaOf = row.related_instance.find((related) => related.type === "replica_of")?.id;
  const createdAt = parseOtcTime(row.created);
  const { start_time: backupWindow, keep_days: backupKeepDays } = row.backup_strategy ?? {};
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    type: row.type,
    engine: row.datastore.type,
    engineVersion: row.datastore.version,
    tags: row.tags,
    ...(replicaOf !== undefined && { replicaOf }),
    ...(backupWindow !== undefined && { backupWindow }),
    ...(backupKeepDays !== undefined && { backupKeepDays }),
    ...(row.maintenance_window !== undefined && { maintenanceWindow: row.maintenance_window }),
    ...(createdAt !== undefined && { createdAt }),
  };
}
