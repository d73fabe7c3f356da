/**
 * Everything one simulator consists of, handed to each operation. It holds state and answers what needs more than one part of it;
 * it does not speak HTTP.
 */
import { automatedBackupRunning } from "./automated-backups.ts";
import { CallLog } from "./call-log.ts";
import { Chance } from "./chance.ts";
import type { VirtualClock } from "./clock.ts";
import { errorReply } from "./error-body.ts";
import type { ApiReply } from "./exchange.ts";
import { FaultPlan } from "./faults.ts";
import { type Knobs, parseKnobs } from "./knobs.ts";
import { instanceStatus } from "./lifecycle.ts";
import { RateLimiter } from "./rate-limit.ts";
import type { BackupRecord, InstanceRecord } from "./records.ts";
import { REFUSALS, Refusal, type RefusalName, type RefusalSpec } from "./refusals.ts";
import { Store } from "./store.ts";

export class World {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly store = new Store();
  readonly log = new CallLog();
  readonly limiter = new RateLimiter();
  readonly faults: FaultPlan;
  knobs: Knobs;

  constructor(clock: VirtualClock, seed: number) {
    this.clock = clock;
    this.chance = new Chance(seed);
    this.faults = new FaultPlan(this.chance);
    this.knobs = parseKnobs({});
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
    if (status !== "ACTIVE" || !this.knobs.automatedBackups) return status;
    return automatedBackupRunning(instance, at, this.chance) ? "BACKING UP" : status;
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
