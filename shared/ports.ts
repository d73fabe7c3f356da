// The outside world as the workflows see it. Every await on something outside (clock, table, OTC, secrets,
// notification) passes through one of these, so a simulated world can stand behind each. Each has two real
// implementations or more; none is a mock.

import type { FreshnessRun } from "./domain/audit/decisive-runs.ts";
import type { PolicyBaseline } from "./domain/audit/policy-drop.ts";
import type { Reconciliation } from "./domain/audit/reconciliation.ts";
import type { AccountInventory } from "./domain/coverage/account-inventory.ts";
import type { Selection } from "./domain/coverage/selection.ts";
import type { Failure, Result } from "./domain/failure.ts";
import type { StandingAlert } from "./domain/messages/alert.ts";
import type { Notice } from "./domain/messages/alert-text.ts";
import type { DigestRecord, DigestSettings } from "./domain/messages/decide-digest.ts";
import type { MetricValues } from "./domain/metric.ts";
import type { Observed } from "./domain/observed.ts";
import type { Hold } from "./domain/retention/hold.ts";
import type { DueQuery } from "./domain/runs/fair-choice.ts";
import type { RunKey } from "./domain/runs/naming.ts";
import type { RunAtOtc } from "./domain/runs/occupied-databases.ts";
import type { InstanceLook } from "./domain/runs/plan-looks.ts";
import type { InspectedLane, Lane, Run } from "./domain/runs/run.ts";
import type { WaitingList } from "./domain/runs/waiting-list.ts";
import type { Shard } from "./domain/shard.ts";
import type { PolicyParse } from "./policies/parse-policy.ts";
import type { AccountingStore, HeartbeatStore } from "./ports-for-accounting.ts";
import type { BackupProvider } from "./ports-for-otc.ts";
import type { PruneStore } from "./ports-for-pruning.ts";

/** `now` in epoch milliseconds. `sleep` is for seconds inside one call, never for waiting on a backup. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** What no decision may depend on: ids of writes, and the jitter of repeated calls. */
export interface Chance {
  /** A text that no other call on any machine returns. */
  newId(): string;
  /** A number in [0, 1). */
  fraction(): number;
}

/** One policy row as read: its parse and what we last wrote back onto it. */
export interface PolicyRow {
  readonly policyId: string | undefined;
  readonly parse: PolicyParse;
  readonly observed: Observed | undefined;
  /** The row as plain data, for the version history; made only when it is needed. */
  raw(): unknown;
}

export interface PolicyStore {
  /** All rows, page by page. Throws FailureError `storage-unavailable`; a strange row is a value, never a throw. */
  pages(): AsyncIterable<readonly PolicyRow[]>;
  /** One row, strongly consistent, or nothing. */
  read(policyId: string): Promise<PolicyRow | undefined>;
  /** Writes `observed` and nothing else; a row deleted meanwhile stays deleted. */
  writeObserved(policyId: string, observed: Observed): Promise<void>;
  /** Sets `observed.lastGoodAt` if it is later than what stands there. */
  noteGoodBackup(policyId: string, slotAt: number): Promise<void>;
}

/** The outcome of a conditional write. Losing the race is normal: somebody else did the work. */
export type WriteOutcome = "written" | "lost-race";

/** The runs. Every method may throw FailureError `storage-unavailable`, and then nothing is known of the write. */
export interface RunStore {
  /** Writes a new run unless its key exists. */
  insert(run: Run): Promise<WriteOutcome>;
  /** Writes `next` over exactly `previous`. */
  replace(previous: Run, next: Run): Promise<WriteOutcome>;
  /** Writes the new runs of a list, with one write where it can. Returns those that were not there before. */
  insertWaiting(list: WaitingList): Promise<readonly Run[]>;
  /** Lists of waiting runs that the last `due` found to be used up are read no more. */
  forgetUsedUp(): Promise<void>;
  /** Runs whose next action in this lane is due, oldest first; read again from the table, so that a late index cannot deceive. */
  due(lane: Lane, query: DueQuery): Promise<Run[]>;
  /** Runs of one policy with slots in `[fromAt, toAt]`, oldest first. */
  ofPolicy(policyId: string, range: { fromAt: number; toAt: number }): Promise<Run[]>;
  /** All runs of one policy, or those with slots in `[fromAt, toAt]`, oldest first, a page at a time: those of years may not fit into memory. */
  pagesOfPolicy(policyId: string, range?: { fromAt: number; toAt: number }): AsyncIterable<readonly Run[]>;
  read(key: RunKey): Promise<Run | undefined>;
  /** What is due in a lane, also what cannot be understood: written by newer code, or changed by hand. Every other method leaves that out. */
  inspect(lane: Lane, query: { now: number; limit: number }): Promise<InspectedLane>;
  /** The runs that are requested or building, of all accounts or at least of those of a shard; as late as the index is. */
  atOtc(shard?: Shard): Promise<RunAtOtc[]>;
}

/** The last valid version of a policy: it stays in force when the row is edited into something invalid. */
export interface EffectivePolicy {
  readonly policyId: string;
  readonly version: number;
  readonly contentHash: string;
  readonly since: number;
  readonly raw: unknown;
}

export interface PolicyVersionStore {
  effective(policyId: string): Promise<EffectivePolicy | undefined>;
  /** All that were once in force, newest first. */
  versions(policyId: string): Promise<readonly EffectivePolicy[]>;
  /** Records a new version after `previous`; `lost-race` when another tick was first. */
  record(next: EffectivePolicy, previous: EffectivePolicy | undefined): Promise<WriteOutcome>;
}

/** Which databases each policy with a selector has. */
export interface SelectionStore {
  read(key: { account: string; policyId: string }): Promise<Selection | undefined>;
  /** Writes `next` over exactly `before`. */
  write(next: Selection, before: Selection | undefined): Promise<WriteOutcome>;
}

/** What the last survey of each account found. */
export interface InventoryStore {
  read(account: string): Promise<AccountInventory | undefined>;
  /** Writes `next` over exactly `before`. */
  write(next: AccountInventory, before: AccountInventory | undefined): Promise<WriteOutcome>;
}

/** When an account's instances were last listed for the sake of its building runs. */
export interface LookStore {
  /** Nothing before the first, or when what is stored cannot be read. */
  last(account: string): Promise<InstanceLook | undefined>;
  /** Moves forward only. */
  note(account: string, look: InstanceLook): Promise<WriteOutcome>;
}

export interface StandingAlertStore {
  /** Opens the alert unless one with the same fingerprint is open already; true when the caller should send it now. */
  raise(alert: StandingAlert): Promise<boolean>;
  /** The lease of an unsent alert whose sender died; nothing when another tick took it first. */
  takeOver(alert: StandingAlert, now: number): Promise<StandingAlert | undefined>;
  markSent(alert: StandingAlert, now: number): Promise<void>;
  /** The cause of an open alert was met again; nothing when another cause has taken its place. */
  noteMet(alert: StandingAlert, now: number): Promise<void>;
  /** The cause is gone: a later one alerts again. */
  clear(subject: string, kind: StandingAlert["kind"]): Promise<void>;
  open(): Promise<StandingAlert[]>;
}

/** What one audit leaves for the next. */
export interface AuditCheckpoint {
  /** When the audit before this one began. */
  readonly at: number;
  readonly policies: PolicyBaseline;
  /** It was time to survey the accounts, and not all could be listed before the audit's end. */
  readonly surveyOwed?: boolean;
  /** The comparison with what OTC lists. */
  readonly reconciliation?: Reconciliation;
}

/** What the auditor made of a policy's runs before those it reads at every audit. */
export interface OlderRuns {
  readonly readAt: number;
  /** The floor that good ones were judged by. */
  readonly sizeFloorKb: number;
  /** Runs with slots before this instant are in it, by those that decide. */
  readonly untilAt: number;
  readonly runs: readonly FreshnessRun[];
}

/** What one process remembers from audit to audit. It may forget anything at any time: then it is read again. */
export interface AuditMemory {
  recall(policyId: string): OlderRuns | undefined;
  remember(policyId: string, older: OlderRuns): void;
  forget(policyId: string): void;
}

export interface AuditStore {
  /** The last checkpoint; nothing before the first audit, or when what is stored cannot be read. */
  last(): Promise<AuditCheckpoint | undefined>;
  /** Writes `next` over `previous`; `lost-race` when another audit was first, which is then the one that counts. */
  keep(next: AuditCheckpoint, previous: AuditCheckpoint | undefined): Promise<WriteOutcome>;
}

export interface HoldStore {
  /** All holds of a policy, over or not, strongly consistent. */
  ofPolicy(policyId: string): Promise<Hold[]>;
  /** Sets the hold of its run, in place of an earlier one. */
  put(hold: Hold): Promise<void>;
  remove(run: RunKey): Promise<void>;
}

export interface DigestStore {
  last(): Promise<DigestRecord | undefined>;
  /** Writes `next` over exactly `previous`. */
  replace(previous: DigestRecord | undefined, next: DigestRecord): Promise<WriteOutcome>;
}

/** Something outside of our own platform that rings when it has not heard of us for too long. */
export interface DeadManSwitch {
  ping(): Promise<Result<void>>;
}

export interface Notifier {
  publish(notice: Notice): Promise<Result<void>>;
}

/** Gauges and counts of one tick; what they mean is in domain/metric.ts. */
export interface Telemetry {
  /** `shard`: of which of several shards these are, where they are kept apart. */
  emit(values: MetricValues, shard?: number): void;
}

/** What happened, for the log: a stable event name, a sentence, and facts. Never a secret. */
export interface LogEntry {
  readonly event: string;
  readonly message: string;
  readonly facts?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly failure?: Failure;
}

export interface Log {
  info(entry: LogEntry): void;
  warn(entry: LogEntry): void;
  error(entry: LogEntry): void;
}

/** Everything a workflow may touch, and the few settings that change decisions. */
export interface Site {
  readonly clock: Clock;
  readonly policies: PolicyStore;
  readonly runs: RunStore;
  readonly versions: PolicyVersionStore;
  readonly selections: SelectionStore;
  readonly inventories: InventoryStore;
  readonly looks: LookStore;
  readonly accounting: AccountingStore;
  readonly heartbeats: HeartbeatStore;
  readonly standingAlerts: StandingAlertStore;
  readonly audits: AuditStore;
  readonly auditMemory: AuditMemory;
  readonly holds: HoldStore;
  readonly prune: PruneStore;
  readonly digests: DigestStore;
  /** Absent where none is set up. */
  readonly deadManSwitch?: DeadManSwitch;
  readonly provider: BackupProvider;
  readonly notifier: Notifier;
  readonly telemetry: Telemetry;
  readonly log: Log;
  readonly settings: SiteSettings;
}

export interface SiteSettings {
  /** Schedules of create-backups and poll-backups that share the accounts. */
  readonly shards: number;
  /** Calls per second that an account takes at most. */
  readonly otcRatePerSecond: number;
  /** First part of every backup's name. */
  readonly namePrefix: string;
  /** Longest time between two looks at a building backup. */
  readonly pollBoundMs: number;
  /** Look at building backups by the status of their database first; off where OTC's status proves late. */
  readonly pollByInstanceStatus: boolean;
  /** A selector that loses more than so many per cent of its databases at once is told before it is followed. */
  readonly selectorDropPercent: number;
  /** Per account; absent where nobody has said what it is. */
  readonly manualBackupLimit?: number;
  /** From the mark to the DELETE; at least 24 hours. */
  readonly graceMs: number;
  readonly digest: DigestSettings;
}

/** One invocation by a schedule: after `stopAt` it starts nothing new, what is left is simply still due. */
export interface Tick {
  readonly stopAt: number;
  /** Whose accounts it is for; absent: all. */
  readonly shard?: Shard;
  /** After this not even what is left is written down any more: the next tick finds it again. Absent: there is time. */
  readonly leaveAt?: number;
}
