// One OTC account as the workflows see it: the client's calls as results in our words, each OTC error classified once,
// here, as a Failure.

import { listingGoodForMs } from "../domain/coverage/listing-age.ts";
import { type Failure, type FailureCode, failed, failure, failureFrom, ok, type Result } from "../domain/failure.ts";
import type { BackupRequest, Instance, RemoteBackup } from "../domain/remote.ts";
import type { OtcBackup } from "../otc/backups.ts";
import type { OtcClient } from "../otc/client.ts";
import { isOtcError, type OtcError, type OtcErrorClass } from "../otc/errors.ts";
import type { OtcInstance } from "../otc/instances.ts";
import type { ReadPages } from "../otc/paging.ts";
import type { AccountProvider, ListBackupsQuery } from "../ports-for-otc.ts";

/** By when a call must have had its turn at the account's pace; asked anew for every call. Epoch milliseconds. */
export interface TurnDeadlines {
  read(): number | undefined;
  write(): number;
}

/** The last complete listing of an account's databases in this process, and one that a tick had no time to finish. */
export interface KeptListing {
  last: { readonly at: number; readonly instances: ReadonlyMap<string, Instance> } | undefined;
  unfinished: { readonly at: number; readonly pages: ReadPages<OtcInstance> } | undefined;
}

/** Pages of two ticks make one listing: where few calls are left over for it, a large account could never be listed otherwise. */
const unfinishedGoodForMs = 10 * 60_000;

export interface OtcAccountParts {
  readonly client: OtcClient;
  readonly deadlines: TurnDeadlines;
  readonly kept: KeptListing;
  readonly now: () => number;
  readonly foresee: (calls: number) => void;
  readonly makeRoom: (calls: number) => Promise<void>;
}

export function otcAccount({ client, deadlines, kept, now, foresee, makeRoom }: OtcAccountParts): AccountProvider {
  const read = () => ({ deadlineAt: deadlines.read() });
  const write = () => ({ deadlineAt: deadlines.write() });
  return {
    listInstances: async (query?: { having: readonly string[] }) => {
      const { last } = kept;
      const isGoodEnough =
        query !== undefined &&
        last !== undefined &&
        now() - last.at < listingGoodForMs(last.instances.size) &&
        query.having.every((id) => last.instances.has(id));
      if (isGoodEnough) return ok([...last.instances.values()]);
      const { at, pages } = begunListing(kept, now());
      const listing = await answered(async () => (await client.listInstances({ ...read(), pages })).map(toInstance));
      kept.unfinished = pages.size > 0 ? { at, pages } : undefined;
      if (listing.ok) kept.last = { at, instances: new Map(listing.value.map((one) => [one.id, one])) };
      return listing;
    },
    createBackup: (request: BackupRequest) =>
      answered(async () => toRemoteBackup(await client.createBackup({ ...request, ...write() }))),
    listBackups: (instanceId: string, query: ListBackupsQuery = {}) => {
      const type = query.type ?? "manual";
      const filter = type === "any" ? {} : { type };
      return answered(async () => (await client.listBackups({ instanceId, ...filter, ...read() })).map(toRemoteBackup));
    },
    deleteBackup: async (backupId: string) => {
      const deletion = await answered(() => client.deleteBackup(backupId, write()));
      // What is not there needs no deleting: a repeated delete, or one whose first answer was lost, has succeeded.
      if (!deletion.ok && deletion.failure.code === "backup-gone") return ok({});
      if (!deletion.ok) return deletion;
      const { requestId } = deletion.value;
      return ok(requestId === undefined ? {} : { requestId });
    },
    automatedPolicy: (instanceId: string) => answered(() => client.getAutomatedPolicy(instanceId, read())),
    restoreSpans: (instanceId: string) => answered(() => client.getRestoreTimes(instanceId, read())),
    quotas: () => answered(() => client.getQuotas(read())),
    clockSkewMs: () => client.clockSkewMs(),
    foresee,
    makeRoom,
    passwordExpiresAt: () => client.passwordExpiresAt(),
  };
}

function begunListing({ unfinished }: KeptListing, now: number): NonNullable<KeptListing["unfinished"]> {
  const goesOn = unfinished !== undefined && now - unfinished.at < unfinishedGoodForMs;
  return goesOn ? unfinished : { at: now, pages: new Map() };
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
  "held-back": "held-by-pace",
  "instance-busy": "instance-busy",
  "instance-frozen": "instance-frozen",
  "storage-full": "storage-full",
  "instance-gone": "instance-gone",
  "instance-not-eligible": "instance-replica",
  "backup-gone": "backup-gone",
  "backup-busy": "backup-busy",
  "duplicate-name": "name-taken",
  configuration: "request-refused",
  authentication: "credentials-refused",
  "account-locked": "account-locked",
  "login-withheld": "login-withheld",
  permission: "permission-denied",
  quota: "quota-reached",
  "listing-inconsistent": "listing-inconsistent",
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
  // How long a login is withheld says how long this credential rests. A corrected one is used as soon as it is read, so nobody
  // may wait for the end of that rest; asking again costs OTC nothing.
  const isWithheld = error.class === "login-withheld";
  const after = error.retryAfterMs === undefined || isWithheld ? {} : { afterMs: error.retryAfterMs };
  return failure(codes[error.class], error.message, { effect: error.effect, evidence, ...after });
}

function toInstance(instance: OtcInstance): Instance {
  const { id, name, status, engine, tags, type, replicaOf, engineVersion, ...rest } = instance;
  const { backupStrategy, maintenanceWindow, createdAt, volumeGb, storageUsedGb } = rest;
  return {
    id,
    name,
    status,
    engine,
    tags,
    isReplica: type === "Replica" || replicaOf !== undefined,
    ...(engineVersion === "" ? {} : { engineVersion }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(maintenanceWindow === undefined ? {} : { maintenanceWindow }),
    ...(backupStrategy === undefined ? {} : { backupStrategy }),
    ...(volumeGb === undefined ? {} : { volumeGb }),
    ...(storageUsedGb === undefined ? {} : { storageUsedGb }),
  };
}

function toRemoteBackup(backup: OtcBackup): RemoteBackup {
  const { id, name, instanceId, type, status, sizeKb, beganAt, endedAt } = backup;
  return {
    id,
    name,
    instanceId,
    type,
    status,
    ...(sizeKb === undefined ? {} : { sizeKb }),
    ...(beganAt === undefined ? {} : { beganAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}
