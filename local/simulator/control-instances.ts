/**
 * Instances as the control makes and changes them: everything that happens to a database without a call of ours.
 */
import { writeAutomatedBackups } from "./automated-backups.ts";
import { ControlProblem } from "./control-problem.ts";
import { placeInstance } from "./fleet-seed.ts";
import { type InstanceRecord, type InstanceSeed, instanceSchema } from "./records.ts";
import type { World } from "./world.ts";

export interface TrueInstance extends InstanceRecord {
  /** What GET /instances says now. */
  currentStatus: string;
}

/** The fields of an instance that can be changed; others keep their values. */
export type InstanceChange = Partial<Omit<InstanceSeed, "id" | "projectId" | "lastBackupId">>;

export interface InstanceControl {
  /** All there ever were, removed ones too. */
  instances(): TrueInstance[];
  /** Throws when there is one of that id; a removed one is replaced. */
  addInstance(seed: InstanceSeed): TrueInstance;
  changeInstance(id: string, change: InstanceChange): TrueInstance;
  /** The instance leaves OTC for the recycle bin: automated backups go with it, manual ones stay. */
  removeInstance(id: string): void;
  /** Lets an instance be occupied from now on for so many minutes. */
  occupyInstance(id: string, minutes: number, status?: string): void;
  /** SHUTDOWN from now on, until it is started or OTC starts it by itself. */
  stopInstance(id: string): TrueInstance;
  startInstance(id: string): TrueInstance;
}

function findInstance(world: World, id: string): InstanceRecord {
  const instance = world.store.instances.get(id);
  if (instance === undefined) throw new ControlProblem(404, `no instance "${id}"; GET /instances lists them`);
  return instance;
}

function removeInstance(world: World, instance: InstanceRecord): void {
  const at = world.clock.now();
  if (world.forProject(instance.projectId).knobs.automatedBackups) writeAutomatedBackups(instance, at, world);
  world.store.putInstance({ ...instance, removedAt: at });
  for (const backup of world.store.backupsOf(instance.id)) {
    const outlives = backup.goneAt === null || backup.goneAt > at;
    if (backup.type !== "manual" && outlives)
      world.changeBackup(backup, { goneAt: at, goneBecause: "instance-removed" });
  }
}

function addInstance(world: World, seed: InstanceSeed): InstanceRecord {
  const { store } = world;
  const [firstProjectId] = store.projects.keys();
  const instance = instanceSchema.parse(seed);
  if (store.instances.get(instance.id)?.removedAt === null)
    throw new ControlProblem(409, `there is an instance "${instance.id}" already; PATCH /instances/{id} changes it`);
  const { replicaOfId } = instance;
  if (replicaOfId !== null && !store.instances.has(replicaOfId))
    throw new ControlProblem(404, `replicaOfId: no instance "${replicaOfId}"`);
  return placeInstance(store, instance, firstProjectId ?? "");
}

export function instanceControl(world: World): InstanceControl {
  const { store } = world;
  const truth = (instance: InstanceRecord): TrueInstance => {
    const view = world.forProject(instance.projectId);
    return { ...instance, currentStatus: view.statusOf(instance, world.clock.now()) };
  };
  const put = (instance: InstanceRecord): TrueInstance => {
    store.putInstance(instance);
    return truth(instance);
  };
  const change = (id: string, fields: InstanceChange) =>
    put(instanceSchema.parse({ ...findInstance(world, id), ...fields }));
  return {
    instances: () => [...store.instances.values()].map(truth),
    addInstance: (seed) => put(addInstance(world, seed)),
    changeInstance: change,
    removeInstance: (id) => removeInstance(world, findInstance(world, id)),
    occupyInstance: (id, minutes, status = "BACKING UP") => {
      const fromAt = world.clock.now();
      world.occupy(findInstance(world, id), status, { fromAt, untilAt: fromAt + minutes * 60_000 });
    },
    stopInstance: (id) => change(id, { stoppedAt: world.clock.now() }),
    startInstance: (id) => change(id, { stoppedAt: null }),
  };
}
