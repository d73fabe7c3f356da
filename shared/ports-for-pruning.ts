// What prune-backups keeps in the ledger beside the marks on the runs: its switch, its plans and their approval, the day's
// deletions, and from where on a policy has backups.

import type { BulkApproval } from "./domain/retention/retention-caps.ts";
import type { AccountPlan } from "./domain/retention/retention-plan.ts";
import type { WriteOutcome } from "./ports.ts";

/** Whether prune-backups may delete at all, and who said so. */
export interface PruneSwitch {
  readonly stopped: boolean;
  readonly reason?: string;
  readonly setAt?: number;
}

/** What a reading of all of a policy's runs found: no run with an earlier slot had a backup that could still be there. */
export interface OldestBackup {
  readonly slotAt: number;
  readonly readAt: number;
}

export interface PruneStore {
  /** Strongly consistent; one that cannot be read counts as stopped. */
  pruneSwitch(): Promise<PruneSwitch>;
  setSwitch(next: PruneSwitch): Promise<void>;
  /** Writes a plan before it is applied; `lost-race` when it is there already. */
  recordPlan(plan: AccountPlan): Promise<WriteOutcome>;
  approval(account: string): Promise<BulkApproval | undefined>;
  approve(account: string, approval: BulkApproval): Promise<void>;
  /** The plan that was refused as a bulk change, to be approved by its id. */
  plan(account: string, planId: string): Promise<{ newMarks: number } | undefined>;
  /** From where on a policy's runs may have backups; nothing before the first reading, or when what is stored cannot be read. */
  oldestBackup(policyId: string): Promise<OldestBackup | undefined>;
  /** Moves forward in the time of reading only. */
  noteOldestBackup(policyId: string, oldest: OldestBackup): Promise<void>;
  /** Takes one of the day's deletions, durably, before it is made; false when the day has no more. */
  takeDeletion(account: string, day: { day: string; cap: number }): Promise<boolean>;
}
