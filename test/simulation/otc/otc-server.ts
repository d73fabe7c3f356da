// OTC's side of each call in the simulated world: lags, refusals, busy locks and unique names, decided at once. How a caller gets there,
// and what of the answer reaches it, is otc-account.ts (at the port) and otc-wire.ts (over the real client).

import { type Failure, type FailureCode, failed, failure, ok, type Result } from "../../../shared/domain/failure.ts";
import type { BackupRequest, Instance, RemoteBackup } from "../../../shared/domain/remote.ts";
import type { Deletion } from "../../../shared/ports-for-otc.ts";
import type { FaultPlan } from "../engine/fault-plan.ts";
import type { Timeline } from "../engine/timeline.ts";
import type { OtcOperation } from "../plan/fault.ts";
import { isThere, type OtcBackup, type OtcWorld, statusAt } from "./otc-world.ts";

export interface OtcDoor {
  readonly world: OtcWorld;
  readonly faults: FaultPlan;
  readonly timeline: Timeline;
  readonly tell: (text: string) => void;
}

/** Who asks for a deletion, and since when it has been at work. */
export interface Asker {
  readonly name: string;
  readonly startedAt: number;
}

export class OtcServer {
  readonly #door: OtcDoor;

  constructor(door: OtcDoor) {
    this.#door = door;
  }

  listInstances(account: string): Result<readonly Instance[]> {
    const refusal = this.refusal("list-instances");
    if (refusal !== undefined) return failed(refusal);
    const { world, timeline } = this.#door;
    return ok(
      world.instances
        .filter(
          (instance) =>
            instance.account === account && isThere(instance, timeline.now()) && !this.#isHidden(instance.id),
        )
        .map(({ id, name, isReplica, tags = [] }) => ({
          id,
          name,
          isReplica,
          status: this.#statusOf(id),
          engine: "PostgreSQL",
          tags,
        })),
    );
  }

  #isHidden(instanceId: string): boolean {
    const { world, faults } = this.#door;
    const isThis = (fault: { instance: number }) => world.instances[fault.instance]?.id === instanceId;
    return faults.lasting("instance-hidden", isThis) !== undefined;
  }

  #statusOf(instanceId: string): string {
    const { world, faults } = this.#door;
    const isThis = (fault: { instance: number }) => world.instances[fault.instance]?.id === instanceId;
    const special = faults.lasting("instance-status", isThis);
    if (special !== undefined) return special.status;
    const busy = world.isBusy(instanceId) || faults.lasting("instance-busy", isThis) !== undefined;
    return busy ? "BACKING UP" : "ACTIVE";
  }

  /** The server's side of a POST, in the order in which OTC checks. One that comes late left its sender at `sentAt`. */
  accept(request: BackupRequest, sentAt = this.#door.timeline.now()): Result<RemoteBackup> {
    const { world, tell } = this.#door;
    const refusal = this.refusal("create-backup") ?? this.#objection(request);
    world.posts.push({ sentAt, name: request.name, isThrottled: refusal?.code === "throttled" });
    if (refusal !== undefined) {
      tell(`POST ${request.name} refused: ${refusal.code}`);
      return failed(refusal);
    }
    const backup = world.create(request);
    tell(`POST ${request.name} accepted: backup ${backup.id}, which ${backup.fate}`);
    return ok({ ...rowOf(backup, "BUILDING") });
  }

  #objection({ instanceId, name }: BackupRequest): Failure | undefined {
    const { world } = this.#door;
    const instance = world.instance(instanceId);
    if (instance === undefined) return failure("instance-gone", `instance ${instanceId} does not exist`);
    if (instance.isReplica) return failure("instance-replica", `instance ${instanceId} is a replica`);
    const [twin] = world.named(name);
    if (twin !== undefined && this.#isUnseen(twin)) return undefined;
    if (twin !== undefined && !world.isBusy(instanceId)) return failure("name-taken", `backup ${name} already exists`);
    const status = this.#statusOf(instanceId);
    return status === "ACTIVE" ? undefined : failure("instance-busy", `instance ${instanceId} is ${status}`);
  }

  /** Whether OTC's own checks, which are not always one step with what they allow, miss this row. */
  #isUnseen({ createdAt }: OtcBackup): boolean {
    const { faults, timeline } = this.#door;
    return createdAt > timeline.now() - (faults.lasting("names-racy")?.blindMs ?? 0);
  }

  listBackups(instanceId: string): Result<readonly RemoteBackup[]> {
    const refusal = this.refusal("list-backups");
    if (refusal !== undefined) return failed(refusal);
    const { world, faults, timeline } = this.#door;
    // A list that lags shows the past: new rows are missing, ended ones still build.
    const asOf = timeline.now() - (faults.lasting("list-lag")?.lagMs ?? 0);
    const rows = world.backupsOf(instanceId).flatMap((backup) => {
      const status = statusAt(backup, asOf);
      return status === undefined ? [] : [rowOf(backup, status)];
    });
    const hides = faults.lasting("list-hides", (fault) => world.instances[fault.instance]?.id === instanceId);
    return ok(hides === undefined ? rows : rows.filter((_, index) => index % 2 !== hides.parity));
  }

  deleteBackup(id: string, by: Asker): Result<Deletion> {
    const refusal = this.refusal("delete-backup");
    if (refusal !== undefined) return failed(refusal);
    const { world, timeline, tell } = this.#door;
    const backup = world.backups.find((each) => each.id === id && timeline.now() < each.deletedAt);
    if (backup === undefined) return ok({});
    backup.deletedAt = timeline.now();
    world.deletions.push({ at: timeline.now(), backup, by: by.name, bySince: by.startedAt });
    tell(`DELETE ${backup.name} accepted`);
    return ok({ requestId: `delete-${id}` });
  }

  /** What a fault of the plan answers this operation with, if one does. */
  refusal(operation: OtcOperation): Failure | undefined {
    const { faults } = this.#door;
    const outage = faults.lasting("otc-outage");
    if (outage !== undefined) return refusalOf(outage.code, undefined);
    const refusal = faults.take("otc-refuses", (fault) => fault.operation === operation);
    return refusal === undefined ? undefined : refusalOf(refusal.code, refusal.afterMs);
  }
}

/** Errors of the service itself say nothing of the effect; refusals say that there was none. */
function refusalOf(code: FailureCode, afterMs: number | undefined): Failure {
  const isUnclear = code === "provider-unavailable" || code === "answer-unreadable";
  return failure(code, `simulated ${code}`, {
    effect: isUnclear ? "unknown" : "none",
    ...(afterMs === undefined ? {} : { afterMs }),
  });
}

function rowOf(backup: OtcBackup, status: RemoteBackup["status"]): RemoteBackup {
  const ended = status === "COMPLETED";
  return {
    id: backup.id,
    name: backup.name,
    instanceId: backup.instanceId,
    status,
    beganAt: backup.createdAt,
    ...(ended && backup.sizeKb !== undefined ? { sizeKb: backup.sizeKb } : {}),
    ...(ended ? { endedAt: backup.endsAt } : {}),
  };
}
