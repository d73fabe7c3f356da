// A plan of retention as people and programs read it. The JSON is described in docs/retention.md and stays as it is.

import type { Judged } from "../shared/domain/retention/retention.ts";
import { markOf } from "../shared/domain/retention/retention-mark.ts";
import type { AccountPlan, DatabasePlan } from "../shared/domain/retention/retention-plan.ts";
import { slotText } from "../shared/domain/runs/naming.ts";
import { factsText, plural, print, tableText, tinted } from "./output.ts";
import { wallText } from "./time-text.ts";

export interface PlanReport {
  readonly now: number;
  readonly graceMs: number;
  readonly plans: readonly AccountPlan[];
}

/** One JSON value; slots are text, other instants are left to the printer. */
export function planJson({ now, graceMs, plans }: PlanReport) {
  return {
    nowAt: now,
    accounts: plans.map(({ account, planId, good, newMarks, refused }) => ({
      account,
      planId,
      good,
      newMarks,
      refused,
    })),
    databases: plans.flatMap((plan) =>
      plan.databases.map(({ policyId, instanceId, account, verdict }) => ({
        policyId,
        instanceId,
        account,
        keep: verdict.keep.map(entryJson),
        remove: verdict.remove.map((judged) => ({
          ...entryJson(judged),
          removableAt: removableAt(judged, now + graceMs),
        })),
        refused: verdict.refused,
      })),
    ),
  };
}

function entryJson({ run, backup, kind, reasons, withheld }: Judged) {
  const mark = markOf(run, backup.id);
  return {
    slot: slotText(run.slotAt),
    backupId: backup.id,
    name: backup.name,
    kind,
    ...(run.sizeKb === undefined || kind === "failed" ? {} : { sizeKb: run.sizeKb }),
    reasons,
    ...(withheld === true ? { withheld } : {}),
    ...(mark === undefined ? {} : { markedAt: mark.markedAt }),
  };
}

function removableAt({ run, backup }: Judged, ifMarkedNow: number): number {
  return markOf(run, backup.id)?.removableAt ?? ifMarkedNow;
}

export function printPlan(report: PlanReport): void {
  for (const plan of report.plans) {
    for (const database of plan.databases) printDatabase(database, report);
    for (const refusal of plan.refused)
      print(tinted("bad", `account ${plan.account}: nothing is marked: ${refusal.message}`));
  }
  const databases = report.plans.flatMap((plan) => plan.databases);
  const sum = (count: (database: DatabasePlan) => number) => databases.reduce((total, each) => total + count(each), 0);
  const keep = sum(({ verdict }) => verdict.keep.length);
  const remove = sum(({ verdict }) => verdict.remove.length);
  print(`${plural(databases.length, "database")}: ${keep} kept, ${remove} to go. Nothing was changed.`);
}

function printDatabase({ policyId, instanceId, verdict }: DatabasePlan, { now, graceMs }: PlanReport): void {
  print(tinted("strong", `${policyId}  ${instanceId}`));
  for (const { reason, message } of verdict.refused)
    print(factsText([["refused", `${reason}: ${message}; nothing of this database is removed`]]));
  const rows = [
    ...verdict.keep.map((judged) => row("keep", judged, judged.reasons.join("; "))),
    ...verdict.remove.map((judged) => {
      const marked = markOf(judged.run, judged.backup.id) !== undefined;
      const when = wallText(removableAt(judged, now + graceMs), now);
      return row("remove", judged, `${judged.reasons.join("; ")} (${marked ? "marked, " : ""}not before ${when})`);
    }),
  ];
  print(rows.length === 0 ? "" : `${tableText(["", "slot", "what", "why"], rows)}\n`);
}

function row(verdict: string, { run, kind }: Judged, why: string): string[] {
  return [verdict, slotText(run.slotAt), kind, why];
}
