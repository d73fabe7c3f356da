/**
 * The client of one OTC account in one region: signs in, keeps to limits, and speaks in the terms of the resource files.
 * Everything it throws is an OtcError.
 */
import { createAuthoriser } from "./authoriser.ts";
import * as backups from "./backups.ts";
import { createCall } from "./call.ts";
import type { OtcClock } from "./clock.ts";
import { createCredentialKeeper, type OtcCredentials } from "./credentials.ts";
import type { OtcEndpoints } from "./endpoints.ts";
import { createExchange, type OtcCall } from "./exchange.ts";
import { createTransport } from "./http.ts";
import { listInstances, type OtcInstance } from "./instances.ts";
import { createProcessLoginGuard, type LoginGuard } from "./login-guard.ts";
import type { Pacer } from "./pace.ts";
import { createRedactor } from "./redaction.ts";
import { createRetryBudget } from "./retry-budget.ts";
import type { SigningVariant } from "./sign.ts";
import { createSlots } from "./slots.ts";

export interface OtcLimits {
  readonly connectMs: number;
  /** From the first byte sent to the last byte received, per attempt. */
  readonly totalMs: number;
  readonly maxResponseBytes: number;
  /** How many requests may be under way at once. */
  readonly concurrency: number;
  /** How long a call waits for its turn. */
  readonly patienceMs: number;
}

export interface OtcClientOptions {
  readonly endpoints: OtcEndpoints;
  readonly projectId: string;
  readonly credentials: OtcCredentials;
  /** A fresh read, used once after the credential was refused (rotation). */
  readonly reloadCredentials?: () => Promise<OtcCredentials>;
  readonly loginGuard?: LoginGuard;
  readonly clock: OtcClock;
  readonly observe?: (call: OtcCall) => void;
  readonly pacer?: Pacer;
  readonly limits?: Partial<OtcLimits>;
  readonly signing?: SigningVariant;
  /** 0 to 1, for jitter. */
  readonly random?: () => number;
}

export interface OtcClient {
  listInstances(): Promise<OtcInstance[]>;
  createBackup(request: backups.CreateBackupRequest): Promise<backups.OtcBackup>;
  listBackups(query: Parameters<typeof backups.listBackups>[1]): Promise<backups.OtcBackup[]>;
  deleteBackup(backupId: string): Promise<void>;
}

const DEFAULT_LIMITS: OtcLimits = {
  connectMs: 3_000,
  totalMs: 15_000,
  maxResponseBytes: 8 * 1024 * 1024,
  concurrency: 4,
  patienceMs: 20_000,
};

export function createOtcClient(options: OtcClientOptions): OtcClient {
  const { endpoints, clock, projectId } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const redactor = createRedactor();
  const exchange = createExchange({
    endpoints,
    clock,
    redactor,
    transport: createTransport(limits, () => clock.now()),
    slots: createSlots(limits.concurrency),
    pacer: options.pacer,
    observe: options.observe,
  });
  const credentials = createCredentialKeeper({
    initial: options.credentials,
    reload: options.reloadCredentials,
    clock,
    onCredentials: ({ auth }) => {
      const secrets = auth.method === "token" ? [auth.password] : [auth.secretKey, auth.securityToken];
      for (const secret of secrets) redactor.add(secret);
    },
  });
  const guard = options.loginGuard ?? createProcessLoginGuard();
  const login = {
    exchange,
    clock,
    guard,
    projectId,
    onToken: (token: string) => redactor.add(token),
    patienceMs: limits.patienceMs,
  };
  const call = createCall({
    exchange,
    clock,
    projectId,
    authoriser: createAuthoriser({ credentials, login, variant: options.signing ?? "A" }),
    random: options.random ?? Math.random,
    retryBudget: createRetryBudget(),
    hosts: { iam: new URL(endpoints.iam).host, rds: new URL(endpoints.rds).host },
    patienceMs: limits.patienceMs,
  });
  return {
    listInstances: () => listInstances(call),
    createBackup: (request) => backups.createBackup(call, request),
    listBackups: (query) => backups.listBackups(call, query),
    deleteBackup: (backupId) => backups.deleteBackup(call, backupId),
  };
}
