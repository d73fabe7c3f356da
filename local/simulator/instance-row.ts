/**
 * An instance as the list shows it. Source: RDS API, "Querying DB Instances", response table.
 */
import type { InstanceRecord } from "./records.ts";
import { formatTime } from "./time-format.ts";
import type { World } from "./world.ts";

const PORT = { MySQL: 3306, PostgreSQL: 5432, SQLServer: 1433 };
const USER = { MySQL: "root", PostgreSQL: "root", SQLServer: "rdsuser" };
const REPLICATION = { MySQL: "semisync", PostgreSQL: "async", SQLServer: "sync" };

function tags(instance: InstanceRecord, world: World): Record<string, unknown> {
  switch (world.knobs.tagsInInstanceList) {
    case "listed":
      return { tags: instance.tags };
    case "null":
      return { tags: null };
    case "absent":
      return {};
  }
}

function nodes(instance: InstanceRecord): Array<Record<string, unknown>> {
  return instance.zones.map((zone, index) => ({
    id: `${instance.id.slice(0, -5)}${index}no01`,
    name: `${instance.name}_node${index}`,
    role: instance.type === "Replica" ? "readreplica" : index === 0 ? "master" : "slave",
    status: "ACTIVE",
    availability_zone: zone,
  }));
}

function network(instance: InstanceRecord, world: World): Record<string, unknown> {
  const octet = () => world.chance.between({ min: 2, max: 250 }, "ip", instance.id);
  return {
    private_ips: [`192.168.10.${octet()}`],
    public_ips: [],
    vpc_id: "490a4a08-ef4b-44c5-94be-3051ef9e4fce",
    subnet_id: "0e2eda62-1d42-4d64-a9d1-4e9aa9cd994f",
    security_group_id: "2a1f7fc8-3307-42a7-aa6f-42c8b9b8f8c5",
    port: PORT[instance.engine],
  };
}

export function instanceRow(instance: InstanceRecord, at: number, world: World): Record<string, unknown> {
  const { createdAt, replicaOfId } = instance;
  const project = world.store.projects.get(instance.projectId);
  const when = (instant: number) => formatTime(instant, world.knobs.instanceTimeFormat);
  const replica = replicaOfId === null ? [] : [{ id: replicaOfId, type: "replica_of" }];
  return {
    id: instance.id,
    name: instance.name,
    status: world.statusOf(instance, at),
    type: instance.type,
    region: project?.region ?? "",
    datastore: { type: instance.engine, version: instance.version },
    created: when(createdAt),
    updated: when(createdAt),
    volume: { type: instance.volumeType, size: instance.volumeGb },
    flavor_ref: instance.flavor,
    cpu: instance.cpu,
    mem: instance.mem,
    db_user_name: USER[instance.engine],
    ...network(instance, world),
    ...(instance.type === "Ha" ? { ha: { replication_mode: REPLICATION[instance.engine] } } : {}),
    backup_strategy: { start_time: instance.backupStrategy.startTime, keep_days: instance.backupStrategy.keepDays },
    maintenance_window: instance.maintenanceWindow,
    nodes: nodes(instance),
    related_instance: replica,
    ...tags(instance, world),
    disk_encryption_id: "",
    enterprise_project_id: "0",
    time_zone: "",
    switch_strategy: "reliability",
  };
}
