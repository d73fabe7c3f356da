/**
 * Everything one simulator consists of, handed to each operation. It holds state and answers what needs more than one part of it;
 * it does not speak HTTP. Each project may have knobs of its own: `forProject` is the same world seen with those.
 */
import { automatedBackupRunning } from "./automated-backups.ts";
import { CallLog } from "./call-log.ts";
import { Chance } from "./chance.ts";
import type { VirtualClock } from "./clock.ts";
import { errorReply } from "./error-body.ts";
import type { ApiReply } from "./exchange.ts";
import { FaultPlan } from "./faults.ts";
import { type KnobChange, type Knobs, mergeKnobChange, parseKnobs } from "./knobs.ts";
import { inDailyWindow, instanceStatus, startedAgainAt } from "./lifecycle.ts";
import { RateLimiter } from "./rate-limit.ts";
import type { BackupRecord, InstanceRecord } from "./records.ts";
import { REFUSALS, Refusal, type RefusalName, type RefusalSpec } from "./refusals.ts";
import { Store } from "./store.ts";

/** What all views of one world share. */
export interface WorldParts {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly store: Store;
  readonly log: CallLog;
  readonly limiter: RateLimiter;
  readonly faults: FaultPlan;
}

export function newParts(clock: VirtualClock, seed: number): WorldParts {
  const chance = new Chance(seed);
  const parts = { store: new Store(), log: new CallLog(), limiter: new RateLimiter() };
  return { clock, chance, faults: new FaultPlan(chance), ...parts };
}

export class World {
  readonly parts: WorldParts;
  private current: Knobs;
  private readonly changes = new Map<string, KnobChange>();
  private readonly views = new Map<string, World>();

  constructor(parts: WorldParts, knobs: Knobs) {
    this.parts = parts;
    this.current = knobs;
  }

  get clock(): VirtualClock {
    return this.parts.clock;
  }

  get chance(): Chance {
    return this.parts.chance;
  }

  get store(): Store {
    return this.parts.store;
  }

  get log(): CallLog {
    return this.parts.log;
  }

  get limiter(): RateLimiter {
    return this.parts.limiter;
  }

  get faults(): FaultPlan {
    return this.parts.faults;
  }

  get knobs(): Knobs {
    return this.current;
  }

  /** This world with the knobs of one project; the world itself when the project has none of its own. */
  forProject(projectId: string | undefined): World {
    return this.views.get(projectId ?? "") ?? this;
  }

  /** Changes the knobs of all projects, or of one. Throws ZodError naming a wrong knob, and then changes nothing. */
  setKnobs(change: KnobChange, projectId?: string): Knobs {
    if (projectId === undefined) this.current = parseKnobs(change, this.current);
    else this.changes.set(projectId, mergeKnobChange(this.changes.get(projectId), change));
    for (const [id, own] of this.changes) this.views.set(id, new World(this.parts, parseKnobs(own, this.current)));
    return this.forProject(projectId).knobs;
  }

  /** All knobs as they were at the start; no project has its own any more. */
  resetKnobs(knobs: Knobs): void {
    this.changes.clear();
    this.views.clear();
    this.current = knobs;
  }

  /** The refusal of that name as the knobs have it; undefined when a knob says not to refuse. */
  private spec(name: RefusalName): RefusalSpec | undefined {
    const change = this.knobs.refusals[name];
    if (change === null) return undefined;
    const base: RefusalSpec = REFUSALS[name];
    const wanted = Object.fromEntries(Object.entries(change ?? {}).filter(([, value]) => value !== undefined));
    return { ...base, ...wanted };
  }

  /** To be thrown: the refusal of that name. `message` replaces the text of the table. */
  refusal(name: RefusalName, message?: string): Refusal {
    const spec = this.spec(name) ?? REFUSALS[name];
    return new Refusal(message === undefined ? spec : { ...spec, message });
  }

  /** Throws the refusal of that name, unless a knob (null) says that this is not refused. */
  refuseUnlessAllowed(name: RefusalName): void {
    const spec = this.spec(name);
    if (spec !== undefined) throw new Refusal(spec);
  }

  /** An error as the given service writes it now. */
  errorReply(spec: RefusalSpec, service: "iam" | "rds", requestId: string): ApiReply {
    const { errorForm, iamErrorForm, gatewayPrefix } = this.knobs;
    const code = spec.code.replace(/^APIGW?\./, `${gatewayPrefix}.`);
    const gateway = code.startsWith(`${gatewayPrefix}.`);
    const form = spec.form ?? (gateway ? "v3" : service === "iam" ? iamErrorForm : errorForm);
    return errorReply({ ...spec, code }, form, requestId);
  }

  /** What an instance is doing at `at`. */
  statusOf(instance: InstanceRecord, at: number): string {
    const last = instance.lastBackupId === null ? undefined : this.store.backups.get(instance.lastBackupId);
    const status = instanceStatus(instance, last, at);
    if (status !== "ACTIVE") return status;
    const { automatedBackups, maintenanceMinutes, stoppedForDays } = this.knobs;
    const { stoppedAt, maintenanceWindow } = instance;
    if (stoppedAt !== null && at >= stoppedAt && at < startedAgainAt(stoppedAt, stoppedForDays, maintenanceWindow))
      return "SHUTDOWN";
    if (inDailyWindow(at, maintenanceWindow.slice(0, 5), maintenanceMinutes)) return "MODIFYING";
    return automatedBackups && automatedBackupRunning(instance, at, this.chance) ? "BACKING UP" : status;
  }

  /** An instance of a project that exists now, or the refusal that says it does not. */
  instance(projectId: string, id: string): InstanceRecord {
    const instance = this.store.instances.get(id);
    if (instance === undefined || instance.projectId !== projectId || instance.removedAt !== null) {
      throw this.refusal("instanceMissing");
    }
    return instance;
  }

  /** Occupies an instance with something other than a backup of its own. */
  occupy(instance: InstanceRecord, status: string, period: { fromAt: number; untilAt: number }): void {
    const current = instance.occupied.filter((other) => other.untilAt > period.fromAt);
    this.store.putInstance({ ...instance, occupied: [...current, { status, ...period }] });
  }

  /** Changes a stored backup. */
  changeBackup(backup: BackupRecord, change: Partial<BackupRecord>): BackupRecord {
    const changed = { ...backup, ...change };
    this.store.putBackup(changed);
    return changed;
  }
}
