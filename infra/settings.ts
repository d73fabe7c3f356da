// The stages, side by side, and what one may set. Nothing here is secret, and nothing is read from the surroundings: what is
// deployed is what stands in this file. What a value must look like is checked in check-settings.ts.

import type { FunctionName } from "./scheduled-functions.ts";

/** Who hears an alert. An e-mail address has to be confirmed by its owner after the first deployment. */
export interface Endpoints {
  readonly emails: readonly string[];
  /** Pager integrations that take SNS notifications, such as the SNS URL of an on-call service. */
  readonly httpsUrls: readonly string[];
}

export interface StageSettings {
  /** AWS account id. Given, a deployment with credentials of another account is refused. */
  readonly account?: string;
  readonly region: string;
  /** Who is answerable for the backups; stands in every alarm. */
  readonly owner: string;
  /** Where people read docs/operations.md, without the anchor. */
  readonly runbook: string;
  /** First part of every backup's name at OTC, 2 to 5 letters or digits. Changing it later orphans the older backups. */
  readonly backupNamePrefix: string;
  readonly tickEveryMinutes: Readonly<Record<FunctionName, number>>;
  /**
   * Schedules of create-backups and poll-backups, each with its own share of the accounts. One process does some hundred calls a
   * second; more accounts than that at one slot need more. It may be changed at any time, to 20 at most.
   */
  readonly shards: number;
  /** Longest time between two looks at a building backup. */
  readonly pollBoundSeconds: number;
  /**
   * Look at building backups by the status of their database first (one call for a hundred). Switch it off if OTC's status
   * proves to lag behind the backup's own.
   */
  readonly pollByInstanceStatus: boolean;
  /** Hours between the mark of a backup that retention no longer keeps and its deletion; at least 24. */
  readonly pruneGraceHours: number;
  /** Ceiling of calls per second for each OTC account. */
  readonly otcRatePerSecond: number;
  /** A selector that loses more than so many per cent of its databases at once is told before it is followed. */
  readonly selectorDropPercent: number;
  /** How many manual backups OTC allows each account, as OTC told you; 0 where nobody has asked: then no ticket can warn of it. */
  readonly manualBackupLimit: number;
  /** Dialect of AK/SK signatures; `B` only if OTC refuses the signatures of `A`. */
  readonly otcSigning: "A" | "B";
  /** OTC regions to add or replace: region to base URLs. */
  readonly otcEndpoints: Readonly<Record<string, { readonly iam: string; readonly rds: string }>>;
  /** Wakes somebody. */
  readonly page: Endpoints;
  /** Is read on the next working day. */
  readonly ticket: Endpoints;
  /** When the morning digest goes to the ticket topic: an hour from 0 to 23 on the clock of an IANA time zone. */
  readonly digest: { readonly hour: number; readonly timeZone: string };
  /**
   * https URL of a dead-man switch outside of AWS, called after every audit that found all well: it rings when AWS, the
   * auditor or the alerts are dead. Whoever knows the URL can ping it; it is readable in the functions' settings.
   */
  readonly deadManUrl?: string;
  readonly logRetentionDays: number;
  /**
   * Concurrent executions reserved for each function. Absent by default: a young AWS account has a limit of 10, of which
   * nothing can be reserved, and the first deployment would fail. Correctness does not depend on it.
   */
  readonly reservedConcurrency?: number;
  /**
   * Calls OTC from one fixed address, for accounts whose IAM admits only listed addresses. Makes a network with a NAT gateway
   * (about $35 a month and $0.05 per GB); the address is the stack's output `EgressAddress`.
   */
  readonly fixedEgressAddress: boolean;
  /** Refuse to delete the stack. The tables survive a deleted stack in any case. */
  readonly terminationProtection: boolean;
}

export const stages: Readonly<Record<string, StageSettings>> = {
  dev: {
    region: "eu-central-1",
    owner: "database operations, dbops@example.com",
    runbook: "docs/operations.md",
    backupNamePrefix: "devbk",
    tickEveryMinutes: { "create-backups": 1, "poll-backups": 1, "audit-backups": 5, "prune-backups": 60 },
    shards: 1,
    pollBoundSeconds: 120,
    pollByInstanceStatus: true,
    pruneGraceHours: 72,
    otcRatePerSecond: 5,
    selectorDropPercent: 20,
    manualBackupLimit: 0,
    otcSigning: "A",
    otcEndpoints: {},
    page: { emails: ["dbops-dev@example.com"], httpsUrls: [] },
    ticket: { emails: ["dbops-dev@example.com"], httpsUrls: [] },
    digest: { hour: 7, timeZone: "Europe/Berlin" },
    logRetentionDays: 30,
    fixedEgressAddress: false,
    terminationProtection: false,
  },
  prod: {
    account: "111122223333",
    region: "eu-central-1",
    owner: "database operations, dbops@example.com",
    runbook: "docs/operations.md",
    backupNamePrefix: "otcbk",
    tickEveryMinutes: { "create-backups": 1, "poll-backups": 1, "audit-backups": 5, "prune-backups": 60 },
    shards: 1,
    pollBoundSeconds: 120,
    pollByInstanceStatus: true,
    pruneGraceHours: 72,
    otcRatePerSecond: 10,
    selectorDropPercent: 20,
    manualBackupLimit: 0,
    otcSigning: "A",
    otcEndpoints: {},
    page: {
      emails: ["dbops@example.com"],
      httpsUrls: ["https://events.pager.example.com/integration/replace-me/enqueue"],
    },
    ticket: { emails: ["dbops-tickets@example.com"], httpsUrls: [] },
    digest: { hour: 7, timeZone: "Europe/Berlin" },
    logRetentionDays: 180,
    fixedEgressAddress: false,
    terminationProtection: true,
  },
};
