/**
 * The hand behind the scenery: clock, faults, knobs, instances, credentials, and the truth about what exists. The HTTP form of the
 * same is control-server.ts. Nothing here imitates OTC.
 */
import { writeAutomatedBackups } from "./automated-backups.ts";
import type { LoggedCall } from "./call-log.ts";
import { addBackup, type BackupChange, type BackupSeed, changeBackup } from "./control-backups.ts";
import { type FaultRule, type FaultRuleSeed, faultRuleSchema } from "./faults.ts";
import { type FleetSeed, placeInstance, plantFleet } from "./fleet-seed.ts";
import { type Knobs, parseKnobs } from "./knobs.ts";
import { type BackupPhase, backupPhase } from "./lifecycle.ts";
import {
  type BackupRecord,
  type InstanceRecord,
  type InstanceSeed,
  instanceSchema,
  type UserRecord,
} from "./records.ts";
import { expireTokens } from "./tokens.ts";
import type { World } from "./world.ts";

export interface TrueBackup extends BackupRecord {
  /** GONE for those that no longer exist. */
  status: BackupPhase;
}

export interface TrueInstance extends InstanceRecord {
  /** What GET /instances says now. */
  currentStatus: string;
}

export interface TrueLogins {
  user: string;
  tried: number;
  failed: number;
  lockedUntilAt: number | null;
}

export interface CallCounts {
  total: number;
  /** operation → status ("0": connection cut) → count */
  byOperation: Record<string, Record<string, number>>;
}

/** The fields of an instance that can be changed; others keep their values. */
export type InstanceChange = Partial<Omit<InstanceSeed, "id" | "projectId" | "removedAt" | "lastBackupId">>;

export interface SimulatorControl {
  /** The simulated instant. */
  now(): number;
  setClock(at: number): void;
  advanceClock(byMs: number): void;
  /** Simulated milliseconds per millisecond of the clock's source; 0 stops it. */
  setSpeed(speed: number): void;
  speed(): number;
  /** The knobs of all projects, or those in force for one. */
  knobs(projectId?: string): Knobs;
  /** Changes the knobs named, for all projects or for one; `refusals` is merged row by row. Throws ZodError naming a wrong knob. */
  setKnobs(change: Partial<Knobs>, projectId?: string): Knobs;
  /** Replaces the fault plan; counts and the times of `afterMs` start now. */
  setFaults(rules: readonly FaultRuleSeed[]): void;
  addFault(rule: FaultRuleSeed): void;
  clearFaults(): void;
  faults(): Array<{ rule: FaultRule; matched: number; hit: number }>;
  /** Ground truth: every backup there ever was, of one instance or of all. */
  backups(filter?: { instanceId?: string | undefined; name?: string | undefined }): TrueBackup[];
  addBackup(seed: BackupSeed): TrueBackup;
  /** Makes a backup finish, fail or vanish now, or changes its size. Throws Error when there is no such backup. */
  changeBackup(id: string, change: BackupChange): TrueBackup;
  instances(): TrueInstance[];
  addInstance(seed: InstanceSeed): TrueInstance;
  changeInstance(id: string, change: InstanceChange): TrueInstance;
  /** The instance leaves OTC: automated backups go with it, manual ones stay. */
  removeInstance(id: string): void;
  /** Lets an instance be occupied from now on for so many minutes. */
  occupyInstance(id: string, minutes: number, status?: string): void;
  logins(): TrueLogins[];
  calls(): CallCounts;
  callLog(limit?: number): LoggedCall[];
  /** `user` is a user name or `domain/user`. */
  lockAccount(user: string, minutes: number): void;
  /** Kills the user's tokens after the knob `tokensDieMinutes`. */
  changePassword(user: string, password: string): void;
  /** How many tokens were alive. */
  expireTokens(): number;
  /** Everything as at the start but the clock: fleet, knobs, no faults, empty log. */
  reset(): void;
}

interface Start {
  fleet: FleetSeed;
  knobs: Partial<Knobs> | undefined;
  persist(): void;
}

function findUser(world: World, name: string): UserRecord {
  const user = world.store.users.get(name) ?? [...world.store.users.values()].find((one) => one.name === name);
  if (user === undefined) throw new Error(`no user "${name}"`);
  return user;
}

function findInstance(world: World, id: string): InstanceRecord {
  const instance = world.store.instances.get(id);
  if (instance === undefined) throw new Error(`no instance "${id}"`);
  return instance;
}

/** The project as it is, undefined for all; throws Error for one that does not exist. */
function knownProject(world: World, projectId: string | undefined): string | undefined {
  if (projectId === undefined || world.store.projects.has(projectId)) return projectId;
  const known = [...world.store.projects.keys()].join(", ");
  throw new Error(`no project "${projectId}"; there is ${known}`);
}

function clockControl(world: World) {
  return {
    now: () => world.clock.now(),
    setClock: (at: number) => world.clock.set(at),
    advanceClock: (byMs: number) => world.clock.advance(byMs),
    setSpeed: (speed: number) => world.clock.setSpeed(speed),
    speed: () => world.clock.speed(),
  };
}

function planControl(world: World) {
  return {
    knobs: (projectId?: string) => world.forProject(knownProject(world, projectId)).knobs,
    setKnobs: (change: Partial<Knobs>, projectId?: string) => world.setKnobs(change, knownProject(world, projectId)),
    setFaults: (rules: readonly FaultRuleSeed[]) =>
      world.faults.set(
        rules.map((rule) => faultRuleSchema.parse(rule)),
        world.clock.now(),
      ),
    addFault: (rule: FaultRuleSeed) => world.faults.add(faultRuleSchema.parse(rule), world.clock.now()),
    clearFaults: () => world.faults.set([], world.clock.now()),
    faults: () => world.faults.report(),
  };
}

function backupControl(world: World) {
  const truth = (backup: BackupRecord): TrueBackup => ({ ...backup, status: backupPhase(backup, world.clock.now()) });
  return {
    backups: (filter: { instanceId?: string | undefined; name?: string | undefined } = {}) => {
      const { instanceId, name } = filter;
      const { store } = world;
      const found = instanceId !== undefined ? store.backupsOf(instanceId) : [...store.backups.values()];
      const rows = instanceId === undefined && name !== undefined ? store.backupsNamed(name) : found;
      return rows.filter((backup) => name === undefined || backup.name === name).map(truth);
    },
    addBackup: (seed: BackupSeed) => truth(addBackup(world, seed)),
    changeBackup: (id: string, change: BackupChange) => truth(changeBackup(world, id, change)),
  };
}

function instanceControl(world: World) {
  const { store } = world;
  const truth = (instance: InstanceRecord): TrueInstance => {
    return { ...instance, currentStatus: world.forProject(instance.projectId).statusOf(instance, world.clock.now()) };
  };
  const put = (instance: InstanceRecord): TrueInstance => {
    store.putInstance(instance);
    return truth(instance);
  };
  return {
    instances: () => [...store.instances.values()].map(truth),
    addInstance: (seed: InstanceSeed) => {
      const [firstProjectId] = store.projects.keys();
      return put(placeInstance(store, instanceSchema.parse(seed), firstProjectId ?? ""));
    },
    changeInstance: (id: string, change: InstanceChange) => {
      return put(instanceSchema.parse({ ...findInstance(world, id), ...change }));
    },
    removeInstance: (id: string) => removeInstance(world, findInstance(world, id)),
    occupyInstance: (id: string, minutes: number, status = "BACKING UP") => {
      const fromAt = world.clock.now();
      world.occupy(findInstance(world, id), status, { fromAt, untilAt: fromAt + minutes * 60_000 });
    },
  };
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

function identityControl(world: World) {
  return {
    logins: () =>
      [...world.store.users.values()].map((user) => {
        return {
          user: user.key,
          tried: user.loginsTried,
          failed: user.loginsFailed,
          lockedUntilAt: user.lockedUntilAt,
        };
      }),
    calls: () => ({ total: world.log.total(), byOperation: world.log.counts() }),
    callLog: (limit = 1000) => world.log.recent(limit),
    lockAccount: (name: string, minutes: number) => {
      world.store.putUser({ ...findUser(world, name), lockedUntilAt: world.clock.now() + minutes * 60_000 });
    },
    changePassword: (name: string, password: string) => {
      const user = findUser(world, name);
      world.store.putUser({ ...user, password });
      expireTokens(world, world.clock.now() + world.knobs.tokensDieMinutes * 60_000, user.key);
    },
    expireTokens: () => expireTokens(world, world.clock.now()),
  };
}

/** The control of a world; `start` is what `reset` returns to. */
export function createControl(world: World, start: Start): SimulatorControl {
  return {
    ...clockControl(world),
    ...planControl(world),
    ...backupControl(world),
    ...instanceControl(world),
    ...identityControl(world),
    reset: () => {
      world.store.clear();
      world.log.clear();
      world.limiter.clear();
      world.faults.set([], world.clock.now());
      world.resetKnobs(parseKnobs(start.knobs ?? {}));
      plantFleet(world.store, start.fleet);
      start.persist();
    },
  };
}
