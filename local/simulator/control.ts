/**
 * The hand behind the scenery: clock, faults, knobs, instances, credentials, and the truth about what exists. The HTTP form of the
 * same is control-server.ts. Nothing here imitates OTC.
 */
import type { LoggedCall } from "./call-log.ts";
import { addBackup, type BackupChange, type BackupSeed, changeBackup } from "./control-backups.ts";
import { type IdentityControl, identityControl } from "./control-identity.ts";
import { type InstanceControl, instanceControl } from "./control-instances.ts";
import { ControlProblem, known } from "./control-problem.ts";
import { type FaultRule, type FaultRuleSeed, faultRuleSchema } from "./faults.ts";
import { type FleetSeed, plantFleet } from "./fleet-seed.ts";
import { type KnobChange, type Knobs, parseKnobs } from "./knobs.ts";
import { type BackupPhase, backupPhase } from "./lifecycle.ts";
import { OPERATIONS } from "./operations.ts";
import type { BackupRecord } from "./records.ts";
import type { World } from "./world.ts";

export interface TrueBackup extends BackupRecord {
  /** GONE for those that no longer exist. */
  status: BackupPhase;
}

export interface CallCounts {
  total: number;
  /** operation → status ("0": connection cut) → count */
  byOperation: Record<string, Record<string, number>>;
}

export interface SimulatorControl extends InstanceControl, IdentityControl {
  /** The simulated instant. */
  now(): number;
  setClock(at: number): void;
  /** Like `setClock`; where the clock is somebody else's, it is asked to move, forward only, and this resolves when it has. */
  moveClock(at: number): Promise<void>;
  advanceClock(byMs: number): void;
  /** Simulated milliseconds per millisecond of the clock's source; 0 stops it. */
  setSpeed(speed: number): void;
  speed(): number;
  /** The knobs of all projects, or those in force for one. */
  knobs(projectId?: string): Knobs;
  /** Changes the knobs named, for all projects or for one; `refusals` is merged row by row. Throws ZodError naming a wrong knob. */
  setKnobs(change: KnobChange, projectId?: string): Knobs;
  /** Replaces the fault plan; counts and the times of `afterMs` start now. */
  setFaults(rules: readonly FaultRuleSeed[]): void;
  addFault(rule: FaultRuleSeed): void;
  clearFaults(): void;
  faults(): Array<{ rule: FaultRule; matched: number; hit: number }>;
  /** Ground truth: every backup there ever was, of one instance or of all. */
  backups(filter?: { instanceId?: string | undefined; name?: string | undefined }): TrueBackup[];
  addBackup(seed: BackupSeed): TrueBackup;
  /** Makes a backup finish, fail, run again or vanish now, or changes its size. Throws when there is no such backup. */
  changeBackup(id: string, change: BackupChange): TrueBackup;
  calls(): CallCounts;
  callLog(limit?: number): LoggedCall[];
  /** Everything as at the start but the clock: fleet, knobs, no faults, empty log. */
  reset(): void;
}

interface Start {
  fleet: FleetSeed;
  knobs: Partial<Knobs> | undefined;
  persist(): void;
  moveClock: ((toAt: number) => Promise<void>) | undefined;
}

/** The project as it is, undefined for all; throws for one that does not exist. */
function knownProject(world: World, projectId: string | undefined): string | undefined {
  const { projects } = world.store;
  if (projectId === undefined || projects.has(projectId)) return projectId;
  throw new ControlProblem(404, `no project "${projectId}"; ${known(projects.keys())}`);
}

/** A rule that names an operation which does not exist would never hit: refused, so that no test passes for that reason. */
function parseRule(world: World, seed: FaultRuleSeed): FaultRule {
  const rule = faultRuleSchema.parse(seed);
  const names = ["unknown", ...OPERATIONS.map((operation) => operation.name)];
  if (rule.operation !== undefined && !names.includes(rule.operation))
    throw new ControlProblem(400, `operation: no "${rule.operation}"; there is ${names.join(", ")}`);
  knownProject(world, rule.projectId);
  return rule;
}

function clockControl(world: World, { moveClock }: Start) {
  const setClock = (at: number) => world.clock.set(at);
  return {
    now: () => world.clock.now(),
    setClock,
    moveClock: async (at: number) => {
      if (moveClock === undefined) return setClock(at);
      if (!(at >= world.clock.now()))
        throw new ControlProblem(400, "this clock is a whole site's: it goes forward only");
      await moveClock(at);
    },
    advanceClock: (byMs: number) => world.clock.advance(byMs),
    setSpeed: (speed: number) => world.clock.setSpeed(speed),
    speed: () => world.clock.speed(),
  };
}

function planControl(world: World) {
  return {
    knobs: (projectId?: string) => world.forProject(knownProject(world, projectId)).knobs,
    setKnobs: (change: KnobChange, projectId?: string) => world.setKnobs(change, knownProject(world, projectId)),
    setFaults: (rules: readonly FaultRuleSeed[]) => {
      const parsed = rules.map((rule) => parseRule(world, rule));
      world.faults.set(parsed, world.clock.now());
    },
    addFault: (rule: FaultRuleSeed) => world.faults.add(parseRule(world, rule), world.clock.now()),
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

/** The control of a world; `start` is what `reset` returns to. */
export function createControl(world: World, start: Start): SimulatorControl {
  return {
    ...clockControl(world, start),
    ...planControl(world),
    ...backupControl(world),
    ...instanceControl(world),
    ...identityControl(world),
    calls: () => ({ total: world.log.total(), byOperation: world.log.counts() }),
    callLog: (limit = 1000) => world.log.recent(limit),
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
