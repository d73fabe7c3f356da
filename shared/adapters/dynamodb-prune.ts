// What prune-backups keeps in the ledger beside the marks: its plans, the day's count of deletions, a person's approval of a
// bulk change, the switch that stops it, and from where on it has to read.

import * as z from "zod";
import type { BulkApproval } from "../domain/retention/retention-caps.ts";
import { type AccountPlan, isNewMark } from "../domain/retention/retention-plan.ts";
import { slotText } from "../domain/runs/naming.ts";
import type { WriteOutcome } from "../ports.ts";
import type { OldestBackup, PruneStore, PruneSwitch } from "../ports-for-pruning.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";
import { fromStored, toStored } from "./stored-instants.ts";

const switchKey = { pk: "site", sk: "prune-switch" };
const switchSchema = z.lazy(() =>
  z.object({
    stopped: z.boolean(),
    reason: z.string().exactOptional(),
    setAt: z.number().exactOptional(),
  }),
);
const approvalSchema = z.lazy(() => z.object({ planId: z.string(), marks: z.number(), untilAt: z.number() }));
const planSchema = z.lazy(() => z.object({ newMarks: z.number() }));
const countSchema = z.lazy(() => z.object({ deletions: z.number().int().min(0) }));
const oldestSchema = z.lazy(() => z.object({ slotAt: z.number(), readAt: z.number() }));

/** An item may have 400 kB; a plan that marks more is recorded in full only by the marks themselves. */
export const listedMarks = 1000;

export class DynamoDbPrune implements PruneStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  async pruneSwitch(): Promise<PruneSwitch> {
    const item = await this.#table.get(switchKey);
    if (item === undefined) return { stopped: false };
    const parsed = switchSchema.safeParse(fromStored(item));
    return parsed.success ? parsed.data : { stopped: true, reason: "the switch's record cannot be read" };
  }

  async setSwitch(next: PruneSwitch): Promise<void> {
    await this.#table.put({ ...plain({ ...next }), ...switchKey });
  }

  recordPlan(plan: AccountPlan): Promise<WriteOutcome> {
    const { planId, account, madeAt, good, newMarks, refused } = plan;
    const marks = plan.databases.flatMap(({ verdict }) => verdict.remove.filter(isNewMark));
    const item = {
      ...plain({ planId, account, madeAt, good, newMarks, refused: [...refused] }),
      marks: marks.slice(0, listedMarks).map(({ run, backup, kind, reasons }) => ({
        run: `${run.policyId}/${run.instanceId}/${slotText(run.slotAt)}`,
        backupId: backup.id,
        kind,
        reasons: [...reasons],
      })),
      schemaVersion: 1,
    };
    const key = { pk: `plan#${account}`, sk: planId };
    return this.#table.put({ ...item, ...key }, { expression: "attribute_not_exists(pk)" });
  }

  async plan(account: string, planId: string): Promise<{ newMarks: number } | undefined> {
    const parsed = planSchema.safeParse(await this.#table.get({ pk: `plan#${account}`, sk: planId }));
    return parsed.success ? parsed.data : undefined;
  }

  async approval(account: string): Promise<BulkApproval | undefined> {
    const parsed = approvalSchema.safeParse(fromStored(await this.#table.get(approvalKey(account))));
    return parsed.success ? parsed.data : undefined;
  }

  async approve(account: string, approval: BulkApproval): Promise<void> {
    await this.#table.put({ ...plain({ ...approval }), ...approvalKey(account) });
  }

  async oldestBackup(policyId: string): Promise<OldestBackup | undefined> {
    const parsed = oldestSchema.safeParse(fromStored(await this.#table.get(oldestKey(policyId))));
    return parsed.success ? parsed.data : undefined;
  }

  async noteOldestBackup(policyId: string, oldest: OldestBackup): Promise<void> {
    await this.#table.put(
      { ...plain({ ...oldest }), ...oldestKey(policyId) },
      {
        expression: "attribute_not_exists(pk) OR #readAt < :readAt",
        names: { "#readAt": "readAt" },
        values: { ":readAt": new Date(oldest.readAt).toISOString() },
      },
    );
  }

  /** Counted before the DELETE, so that a process that dies in between has used one up and never gained one. */
  async takeDeletion(account: string, { day, cap }: { day: string; cap: number }): Promise<boolean> {
    const key = { pk: `deletions#${account}`, sk: day };
    const counted = await this.#table.update(key, "SET #n = if_not_exists(#n, :zero) + :one", {
      expression: "attribute_not_exists(#n) OR #n < :cap",
      names: { "#n": "deletions" },
      values: { ":zero": 0, ":one": 1, ":cap": cap },
    });
    return counted === "written";
  }

  /** How many of the day's deletions are used up; a record that cannot be read counts as all. */
  async deletionsOn(account: string, day: string): Promise<number> {
    const item = await this.#table.get({ pk: `deletions#${account}`, sk: day });
    if (item === undefined) return 0;
    const parsed = countSchema.safeParse(item);
    return parsed.success ? parsed.data.deletions : Number.POSITIVE_INFINITY;
  }
}

// Among the plans, where prune-backups may write; what is under `policy#` are versions, and not its business.
const oldestKey = (policyId: string) => ({ pk: `plan#policy#${policyId}`, sk: "oldest-backup" });
const approvalKey = (account: string) => ({ pk: `plan#${account}`, sk: "approval" });

function plain(value: Record<string, unknown>): Record<string, unknown> {
  const stored = toStored(value);
  return typeof stored === "object" && stored !== null ? { ...stored } : {};
}
