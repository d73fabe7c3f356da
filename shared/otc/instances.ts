/** Database instances of the project, with what decides whether and when one can be backed up. */
import * as z from "zod";
import type { Call } from "./call.ts";
import { idField, numberField, textField, timeField, totalField } from "./fields.ts";
import type { OtcOperation } from "./operation.ts";
import { type ReadPages, readWholeList } from "./paging.ts";

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

export interface OtcTag {
  readonly key: string;
  readonly value: string;
}

export interface OtcInstance {
  readonly id: string;
  readonly name: string;
  /** As OTC says it: `ACTIVE`, `BACKING UP`, `SHUTDOWN`, `FROZEN`, `STORAGE FULL` and more. */
  readonly status: string;
  /** `Single`, `Ha` or `Replica`; empty when OTC does not say. */
  readonly type: string;
  /** `MySQL`, `PostgreSQL` or `SQLServer`. */
  readonly engine: string;
  readonly engineVersion: string;
  readonly tags: readonly OtcTag[];
  /** The instance this one is a read replica of. */
  readonly replicaOf?: string;
  /** The automated backup: a UTC window such as `19:00-20:00`, and days kept (0 is off). */
  readonly backupStrategy?: { readonly startTime: string; readonly keepDays: number };
  /** A UTC window such as `02:00-06:00`. */
  readonly maintenanceWindow?: string;
  readonly createdAt?: number;
  readonly volumeGb?: number;
  readonly storageUsedGb?: number;
}

// Everything but the id may be missing while an instance is being made; one such row must not cost the list.
const instance = z
  .object({
    id: idField,
    name: textField,
    status: textField,
    type: textField,
    datastore: z.object({ type: textField, version: textField }).nullish().catch(undefined),
    tags: z
      .array(z.object({ key: z.string(), value: textField }))
      .nullish()
      .catch(undefined),
    related_instance: z
      .array(z.object({ id: z.string(), type: z.string() }))
      .nullish()
      .catch(undefined),
    backup_strategy: z.object({ start_time: z.string(), keep_days: z.number() }).nullish().catch(undefined),
    maintenance_window: textField,
    created: timeField,
    volume: z.object({ size: numberField }).nullish().catch(undefined),
    storage_used_space: numberField,
  })
  .transform(toInstance);

const page = z
  .object({ instances: z.array(instance), total_count: totalField })
  .transform((body) => ({ rows: body.instances, total: body.total_count }));

interface Row {
  id: string;
  name: string;
  status: string;
  type: string;
  datastore?: { type: string; version: string } | null | undefined;
  tags?: OtcTag[] | null | undefined;
  related_instance?: { id: string; type: string }[] | null | undefined;
  backup_strategy?: { start_time: string; keep_days: number } | null | undefined;
  maintenance_window: string;
  created: number | undefined;
  volume?: { size: number | undefined } | null | undefined;
  storage_used_space: number | undefined;
}

function toInstance(row: Row): OtcInstance {
  const primary = row.related_instance?.find((related) => related.type === "replica_of");
  const strategy = row.backup_strategy;
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    type: row.type,
    engine: row.datastore?.type ?? "",
    engineVersion: row.datastore?.version ?? "",
    tags: row.tags ?? [],
    ...(primary && { replicaOf: primary.id }),
    ...(strategy && { backupStrategy: { startTime: strategy.start_time, keepDays: strategy.keep_days } }),
    ...(row.maintenance_window !== "" && { maintenanceWindow: row.maintenance_window }),
    ...(row.created !== undefined && { createdAt: row.created }),
    ...(typeof row.volume?.size === "number" && { volumeGb: row.volume.size }),
    ...(row.storage_used_space !== undefined && { storageUsedGb: row.storage_used_space }),
  };
}

export interface ListInstancesQuery {
  /** Give up waiting for a turn by then. Epoch milliseconds. */
  readonly deadlineAt?: number | undefined;
  /** See `ListRequest` in paging.ts. */
  readonly pages?: ReadPages<OtcInstance> | undefined;
}

/** All instances of the project. Complete, or it throws. */
export async function listInstances(call: Call, query: ListInstancesQuery = {}): Promise<readonly OtcInstance[]> {
  return readWholeList(call, { operation: LIST, query: [], page, ...query });
}
