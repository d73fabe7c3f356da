/**
 * The client of one OTC project: wires credentials, pacing, transport and resources together. It knows OTC and nothing
 * of what its calls are for.
 */
import { createAuthoriser } from "./authoriser.ts";
import { getAutomatedPolicy, type OtcAutomatedPolicy } from "./automated-policy.ts";
import {
  type CreateBackupRequest,
  createBackup,
  deleteBackup,
  type ListBackupsQuery,
  listBackups,
  type OtcBackup,
} from "./backups.ts";
import { type Call, createCall } from "./call.ts";
import type { OtcClock } from "./clock.ts";
import { type ClockSkew, createClockSkew } from "./clock-skew.ts";
import { createCredentialKeeper, type OtcCredentials } from "./credentials.ts";
import type { OtcEndpoints } from "./endpoints.ts";
import { createExchange, type OtcCall } from "./exchange.ts";
import { createTransport, type Transport } from "./http.ts";
import { type ListInstancesQuery, listInstances, type OtcInstance } from "./instances.ts";
import { createProcessLoginGuard, type LoginGuard } from "./login-guard.ts";
import type { Pacer } from "./pace.ts";
import { listProjects, type OtcProject } from "./projects.ts";
import { getQuotas, type OtcQuota } from "./quotas.ts";
import { createRedactor, type Redactor } from "./redaction.ts";
import { getRestoreTimes, type OtcRestoreSpan } from "./restore-times.ts";
import { createRetryBudget } from "./retry-budget.ts";
import type { SigningVariant } from "./sign.ts";
import { createSlots } from "./slots.ts";

export type { OtcBackup } from "./backups.ts";
export type { OtcClock } from "./clock.ts";
export type { OtcAuth, OtcCredentials } from "./credentials.ts";
export type { OtcCall } from "./exchange.ts";
export type { OtcInstance } from "./instances.ts";
export type { LoginGuard, LoginPermit } from "./login-guard.ts";

export interface OtcLimits {
  /** For each of name look-up, connect and TLS handshake. */
  readonly connectMs: number;
  /** One HTTP attempt, from the first step to the last byte. */
  readonly totalMs: number;
  readonly maxResponseBytes: number;
  /** Requests under way at once. With a pacer, which then governs, 32 unless said otherwise. */
  readonly concurrency: number;
  /** How long a call waits for its turn at the pacer when it names no deadline. */
  readonly patienceMs: number;
}

const DEFAULT_LIMITS: OtcLimits = {
  connectMs: 3_000,
  totalMs: 15_000,
  maxResponseBytes: 8 * 1024 * 1024,
  concurrency: 4,
  patienceMs: 20_000,
};
const PACED_CONCURRENCY = 32;

export interface OtcClientOptions {
  readonly endpoints: OtcEndpoints;
  readonly projectId: string;
  readonly credentials: OtcCredentials;
  /** A fresh read of the credential, used once when OTC refuses the present one (rotation). */
  readonly reloadCredentials?: (() => Promise<OtcCredentials>) | undefined;
  /** Should be durable and shared by all processes of the account; without it this process looks after itself alone. */
  readonly loginGuard?: LoginGuard | undefined;
  readonly clock: OtcClock;
  /** Told of each HTTP attempt, logins included. What it throws is ignored. */
  readonly observe?: ((call: OtcCall) => void) | undefined;
  readonly pacer?: Pacer | undefined;
  /** How requests travel: over HTTPS unless said otherwise. */
  readonly transport?: Transport | undefined;
  readonly limits?: Partial<OtcLimits> | undefined;
  /** Dialect of signatures with access keys; A unless said otherwise. */
  readonly signing?: SigningVariant | undefined;
  /** Number in [0, 1) for the jitter of retries; Math.random unless said otherwise. */
  readonly random?: (() => number) | undefined;
}

/** All methods throw OtcError for what OTC or the network does; errors of reloadCredentials and loginGuard pass through. */
export interface OtcClient {
  listInstances(query?: ListInstancesQuery): Promise<readonly OtcInstance[]>;
  createBackup(request: CreateBackupRequest): Promise<OtcBackup>;
  listBackups(query: ListBackupsQuery): Promise<readonly OtcBackup[]>;
  deleteBackup(backupId: string, wait?: OtcWait): Promise<{ readonly requestId: string | undefined }>;
  listProjects(wait?: OtcWait): Promise<OtcProject[]>;
  getQuotas(wait?: OtcWait): Promise<OtcQuota[]>;
  getAutomatedPolicy(instanceId: string, wait?: OtcWait): Promise<OtcAutomatedPolicy>;
  getRestoreTimes(instanceId: string, wait?: OtcWait): Promise<OtcRestoreSpan[]>;
  /** See `clock-skew.ts`. */
  clockSkewMs(): number | undefined;
  /** When the password ends, by the latest login of this client. Epoch milliseconds. */
  passwordExpiresAt(): number | undefined;
}

export interface OtcWait {
  /** Give up waiting for a turn by then. Epoch milliseconds. */
  readonly deadlineAt?: number | undefined;
}

export function createOtcClient(options: OtcClientOptions): OtcClient {
  const skew = createClockSkew();
  let passwordExpiresAt: number | undefined;
  const call = wireCall(options, skew, (expiresAt) => {
    passwordExpiresAt = expiresAt;
  });
  return {
    listInstances: (query) => listInstances(call, query),
    createBackup: (request) => createBackup(call, request),
    listBackups: (query) => listBackups(call, query),
    deleteBackup: (backupId, wait) => deleteBackup(call, backupId, wait?.deadlineAt),
    listProjects: (wait) => listProjects(call, wait?.deadlineAt),
    getQuotas: (wait) => getQuotas(call, wait?.deadlineAt),
    getAutomatedPolicy: (instanceId, wait) => getAutomatedPolicy(call, instanceId, wait?.deadlineAt),
    getRestoreTimes: (instanceId, wait) => getRestoreTimes(call, instanceId, wait?.deadlineAt),
    clockSkewMs: () => skew.latestMs(),
    passwordExpiresAt: () => passwordExpiresAt,
  };
}

function wireCall(
  options: OtcClientOptions,
  skew: ClockSkew,
  onLogin: (passwordExpiresAt: number | undefined) => void,
): Call {
  const { clock, endpoints, pacer, projectId } = options;
  const concurrency = pacer === undefined ? DEFAULT_LIMITS.concurrency : PACED_CONCURRENCY;
  const limits = { ...DEFAULT_LIMITS, concurrency, ...options.limits };
  const redactor = createRedactor();
  const exchange = createExchange({
    endpoints,
    transport: options.transport ?? createTransport(limits, () => clock.now()),
    clock,
    redactor,
    slots: createSlots(limits.concurrency),
    pacer,
    skew,
    observe: options.observe,
  });
  const credentials = createCredentialKeeper({
    initial: options.credentials,
    reload: options.reloadCredentials,
    clock,
    onCredentials: (fresh) => hideSecrets(redactor, fresh),
  });
  const login = {
    exchange,
    clock,
    guard: options.loginGuard ?? createProcessLoginGuard(),
    projectId,
    onToken: redactor.add,
    onLogin,
    patienceMs: limits.patienceMs,
  };
  return createCall({
    exchange,
    authoriser: createAuthoriser({ credentials, login, variant: options.signing ?? "A" }),
    clock,
    random: options.random ?? Math.random,
    retryBudget: createRetryBudget(),
    projectId,
    paced: pacer !== undefined,
    hosts: { iam: new URL(endpoints.iam).host, rds: new URL(endpoints.rds).host },
    patienceMs: limits.patienceMs,
  });
}

function hideSecrets(redactor: Redactor, { auth }: OtcCredentials): void {
  switch (auth.method) {
    case "token":
      redactor.add(auth.password);
      return;
    case "aksk":
      redactor.add(auth.accessKey);
      redactor.add(auth.secretKey);
      redactor.add(auth.securityToken);
      return;
  }
}
