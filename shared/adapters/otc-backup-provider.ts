// Accounts at OTC behind the BackupProvider port: one client per account for the life of the process, and every OTC
// error turned into a Failure, once, here.

import {
  type Failure,
  type FailureCode,
  FailureError,
  failed,
  failure,
  failureFrom,
  ok,
  type Result,
} from "../domain/failure.ts";
import type { BackupRequest, Instance, RemoteBackup } from "../domain/remote.ts";
import type { OtcBackup } from "../otc/backups.ts";
import { createOtcClient, type OtcClient } from "../otc/client.ts";
import { endpointsOfRegion, type OtcRegions } from "../otc/endpoints.ts";
import { isOtcError, type OtcError, type OtcErrorClass } from "../otc/errors.ts";
import type { OtcInstance } from "../otc/instances.ts";
import type { LoginGuard } from "../otc/login-guard.ts";
import type { AccountProvider, BackupProvider, Clock } from "../ports.ts";
import type { AccountSecret } from "./account-secret.ts";
import type { AccountSecrets } from "./secrets-manager-accounts.ts";

export interface OtcProviderOptions {
  readonly secrets: AccountSecrets;
  readonly regions: OtcRegions;
  readonly clock: Clock;
  /** Number in [0, 1) for the jitter of retries. */
  readonly random: () => number;
  readonly signing: "A" | "B";
  readonly loginGuard: (account: string) => LoginGuard;
  /** Told of every HTTP attempt, for the counts of the tick. */
  readonly observe: (call: { operation: string; status: number | undefined; errorClass: string | undefined }) => void;
}

export class OtcBackupProvider implements BackupProvider {
  readonly #options: OtcProviderOptions;
  readonly #clients = new Map<string, { client: OtcClient; place: string }>();

  constructor(options: OtcProviderOptions) {
    this.#options = options;
  }

  async account(name: string): Promise<Result<AccountProvider>> {
    const secret = await this.#options.secrets.read(name);
    if (!secret.ok) return secret;
    const client = this.#clientFor(name, secret.value);
    return client.ok ? ok(providerOf(client.value)) : client;
  }

  /** A rotated password reaches the living client by its own re-read; a moved account needs a new client. */
  #clientFor(name: string, secret: AccountSecret): Result<OtcClient> {
    const place = `${secret.region}/${secret.projectId}`;
    const known = this.#clients.get(name);
    if (known?.place === place) return ok(known.client);
    const client = this.#connect(name, secret);
    if (client.ok) this.#clients.set(name, { client: client.value, place });
    return client;
  }

  #connect(name: string, secret: AccountSecret): Result<OtcClient> {
    const { regions, clock, random, signing, loginGuard, observe, secrets } = this.#options;
    if (!regions.has(secret.region)) {
      return failed(
        failure(
          "region-unknown",
          `secret of account ${name}: region ${secret.region} has no endpoints; known are ${[...regions.keys()].join(", ")}`,
        ),
      );
    }
    const client = createOtcClient({
      endpoints: endpointsOfRegion(regions, secret.region),
      projectId: secret.projectId,
      credentials: { version: secret.version, auth: secret.auth },
      reloadCredentials: async () => {
        const fresh = await secrets.read(name, { fresh: true });
        if (!fresh.ok) throw new FailureError(fresh.failure);
        return { version: fresh.value.version, auth: fresh.value.auth };
      },
      loginGuard: loginGuard(name),
      clock,
      random,
      signing,
      observe: (call) => observe({ operation: call.operation, status: call.status, errorClass: call.errorClass }),
    });
    return ok(client);
  }
}

function providerOf(client: OtcClient): AccountProvider {
  return {
    listInstances: () => answered(async () => (await client.listInstances()).map(toInstance)),
    createBackup: (request: BackupRequest) =>
      answered(async () => toRemoteBackup(await client.createBackup({ ...request }))),
    listBackups: (instanceId: string) =>
      answered(async () => (await client.listBackups({ instanceId, type: "manual" })).map(toRemoteBackup)),
  };
}

async function answered<T>(call: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await call());
  } catch (error) {
    return failed(isOtcError(error) ? toFailure(error) : failureFrom(error));
  }
}

const codes: Readonly<Record<OtcErrorClass, FailureCode>> = {
  "retry-soon": "provider-unavailable",
  throttled: "throttled",
  "instance-busy": "instance-busy",
  "instance-frozen": "instance-frozen",
  "storage-full": "storage-full",
  "instance-gone": "instance-gone",
  "instance-not-eligible": "instance-replica",
  "backup-gone": "backup-gone",
  "backup-busy": "instance-busy",
  "duplicate-name": "name-taken",
  configuration: "request-refused",
  authentication: "credentials-refused",
  "account-locked": "account-locked",
  "login-withheld": "login-withheld",
  permission: "permission-denied",
  quota: "quota-reached",
  unreadable: "answer-unreadable",
  unreachable: "provider-unreachable",
};

function toFailure(error: OtcError): Failure {
  const evidence = {
    operation: error.operation,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.code === undefined ? {} : { providerCode: error.code }),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
  };
  const after = error.retryAfterMs === undefined ? {} : { afterMs: error.retryAfterMs };
  return failure(codes[error.class], error.message, { effect: error.effect, evidence, ...after });
}

function toInstance(instance: OtcInstance): Instance {
  const { id, name, status, engine, tags } = instance;
  return { id, name, status, engine, tags, isReplica: instance.type === "Replica" || instance.replicaOf !== undefined };
}

function toRemoteBackup(backup: OtcBackup): RemoteBackup {
  const { id, name, instanceId, status, sizeKb, beganAt, endedAt } = backup;
  return {
    id,
    name,
    instanceId,
    status,
    ...(sizeKb === undefined ? {} : { sizeKb }),
    ...(beganAt === undefined ? {} : { beganAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}
