// Every fault the simulated world knows, as data: a scenario lists them, the world suffers them, the shrinker drops them.
// A fault with `forMs` lasts from `at`; one without waits from `at` on for its first opportunity.

import type { FailureCode } from "../../../shared/domain/failure.ts";

export type FunctionName = "create-backups" | "poll-backups" | "prune-backups" | "audit-backups";
export type OtcOperation = "account" | "list-instances" | "create-backup" | "list-backups" | "delete-backup";

interface Lasting {
  readonly at: number;
  readonly forMs: number;
}

interface Once {
  readonly at: number;
}

export type ProcessFault =
  | (Once & { kind: "kill"; fn: FunctionName; effect: number; side: "before" | "after" })
  | (Once & { kind: "freeze"; fn: FunctionName; effect: number; side: "before" | "after"; frozenMs: number });

export type TickFault =
  | (Lasting & { kind: "ticks-lost"; fn?: FunctionName })
  | (Lasting & { kind: "ticks-doubled"; apartMs: number })
  | (Lasting & { kind: "ticks-late"; byMs: number })
  | (Lasting & { kind: "clock-off"; byMs: number });

export type TableFault =
  | (Once & { kind: "table-refuses"; times: number })
  | (Once & { kind: "table-hides-write"; as: "error" | "condition" })
  | (Lasting & { kind: "table-outage" })
  | (Lasting & { kind: "index-lag"; lagMs: number })
  | (Lasting & { kind: "small-pages"; size: number })
  | (Once & { kind: "ledger-restored"; backMs: number });

export type BackupFate =
  | "fails-early"
  | "fails-late"
  | "vanishes"
  | "stays-building"
  | "no-size"
  | "too-small"
  | "slow";

export type OtcFault =
  | (Once & { kind: "post-answer-lost"; effect: "none" | "done" | "late"; lateMs: number })
  | (Once & { kind: "otc-refuses"; operation: OtcOperation; code: FailureCode; times: number; afterMs?: number })
  | (Lasting & { kind: "otc-outage"; code: FailureCode })
  | (Lasting & { kind: "list-lag"; lagMs: number })
  | (Once & { kind: "backup-fate"; fate: BackupFate })
  | (Lasting & { kind: "instance-status"; instance: number; status: string })
  | (Lasting & { kind: "instance-busy"; instance: number });

/** What retention has to doubt. */
export type RetentionFault =
  | (Lasting & { kind: "list-hides"; instance: number; parity: 0 | 1 })
  | (Lasting & { kind: "instance-hidden"; instance: number })
  | (Once & { kind: "delete-answer-lost"; effect: "none" | "done" | "late"; lateMs: number })
  | (Once & { kind: "backup-removed"; instance: number; fromNewest: number });

/** What only the real client meets: credentials, limits, and answers that repeat what they were sent. */
export type WireFault =
  | (Once & { kind: "password-changed"; account: string; storedAfterMs: number })
  | (Once & { kind: "tokens-die" })
  | (Lasting & { kind: "user-locked"; account: string })
  | (Lasting & { kind: "answers-echo" })
  | (Lasting & { kind: "rate-limit"; perSecond: number });

/** Old and new code tick in turns for a while, then the new one alone; after `backForMs` of the old one alone where it is rolled back. */
export type DeploymentFault = Lasting & { kind: "deployment"; backForMs?: number };

/** OTC's own checks of a POST do not see what came in the last `blindMs`: it may let a name in twice. */
export type RaceFault = Lasting & { kind: "names-racy"; blindMs: number };

export type NoticeFault =
  | (Once & { kind: "notice-refused"; times: number })
  | (Once & { kind: "notice-answer-lost"; times: number })
  | (Lasting & { kind: "notice-outage" });

export type Fault =
  | ProcessFault
  | TickFault
  | TableFault
  | OtcFault
  | RetentionFault
  | WireFault
  | DeploymentFault
  | RaceFault
  | NoticeFault;
export type FaultKind = Fault["kind"];
type Rarer = RetentionFault | WireFault | DeploymentFault | RaceFault;
export type NightFaultKind = Exclude<FaultKind, Rarer["kind"]>;
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;
