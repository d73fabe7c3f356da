// One OTC account as a process of ours meets it: the ports AccountProvider and BackupProvider in front of the simulated
// OTC, with its lags, refusals, busy locks and lost answers. Every call is one effect of the process.

import { failed, failure, ok, type Result } from "../../../shared/domain/failure.ts";
import type { AutomatedPolicy, BackupRequest, RemoteBackup } from "../../../shared/domain/remote.ts";
import type { AccountProvider, BackupProvider, Deletion } from "../../../shared/ports-for-otc.ts";
import type { SimProcess } from "../engine/sim-process.ts";
import { type OtcDoor, OtcServer } from "./otc-server.ts";

const nightlyAtOtc: AutomatedPolicy = { keepDays: 7, startTime: "19:00-20:00", period: "1,2,3,4,5,6,7" };

/** Longer than a call may take before the client gives up on its answer. */
const answerTimeoutMs = 15_000;

export class SimulatedOtc implements BackupProvider {
  readonly #door: OtcDoor;
  readonly #process: SimProcess;
  readonly #server: OtcServer;

  constructor(door: OtcDoor, process: SimProcess) {
    this.#door = door;
    this.#server = new OtcServer(door);
    this.#process = process;
  }

  account(name: string): Promise<Result<AccountProvider>> {
    return this.#process.effect("account", () => {
      const refusal = this.#server.refusal("account");
      return refusal === undefined ? ok(this.#accountNamed(name)) : failed(refusal);
    });
  }

  /** Nothing is learned about the pace here: a simulated OTC refuses by plan, not by rate. */
  keepPace(): Promise<void> {
    return Promise.resolve();
  }

  #accountNamed(account: string): AccountProvider {
    return {
      listInstances: () => this.#process.effect("list-instances", () => this.#server.listInstances(account)),
      createBackup: (request) => this.#createBackup(request),
      listBackups: (instanceId) => this.#process.effect("list-backups", () => this.#server.listBackups(instanceId)),
      deleteBackup: (id) => this.#sendDelete(id),
      automatedPolicy: () => this.#process.effect("automated-policy", () => ok(nightlyAtOtc)),
      restoreSpans: () => this.#process.effect("restore-spans", () => ok([])),
      quotas: () => this.#process.effect("quotas", () => ok([])),
      passwordExpiresAt: () => undefined,
      foresee: () => {},
      makeRoom: async () => {},
      clockSkewMs: () => this.#process.now() - this.#door.timeline.now(),
    };
  }

  #createBackup(request: BackupRequest): Promise<Result<RemoteBackup>> {
    const lost = this.#door.faults.take("post-answer-lost");
    if (lost === undefined) return this.#process.effect("create-backup", () => this.#server.accept(request));
    const { timeline, tell } = this.#door;
    const sentAt = timeline.now();
    tell(`answer to POST ${request.name} lost, effect ${lost.effect}`);
    const act = () => {
      if (lost.effect === "done") this.#server.accept(request);
      if (lost.effect === "late")
        timeline.schedule(timeline.now() + lost.lateMs, () => this.#server.accept(request, sentAt));
      return failed(failure("provider-unavailable", "no answer within 15 s", { effect: "unknown" }));
    };
    return this.#process.effect("create-backup", act, answerTimeoutMs);
  }

  #sendDelete(id: string): Promise<Result<Deletion>> {
    const { faults, timeline } = this.#door;
    const lost = faults.take("delete-answer-lost");
    if (lost === undefined)
      return this.#process.effect("delete-backup", () => this.#server.deleteBackup(id, this.#process));
    const act = () => {
      if (lost.effect === "done") this.#server.deleteBackup(id, this.#process);
      if (lost.effect === "late")
        timeline.schedule(timeline.now() + lost.lateMs, () => this.#server.deleteBackup(id, this.#process));
      return failed(failure("provider-unavailable", "no answer within 15 s", { effect: "unknown" }));
    };
    return this.#process.effect("delete-backup", act, answerTimeoutMs);
  }
}
