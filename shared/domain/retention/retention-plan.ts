// A plan of retention for one account: a value that can be printed, stored and then applied. Making one changes nothing, and
// nothing is ever deleted that did not stand in one.

import { createHash } from "node:crypto";
import { compactSlot } from "../runs/naming.ts";
import type { RetentionMark, Run } from "../runs/run.ts";
import { type DatabaseVerdict, type Judged, judgeRetention, type RetentionFacts } from "./retention.ts";
import { type BulkApproval, isApproved, isBulkChange } from "./retention-caps.ts";
import { markOf } from "./retention-mark.ts";

/** What is known of one policy on one database. */
export interface DatabaseHistory {
  readonly policyId: string;
  readonly instanceId: string;
  readonly account: string;
  readonly runs: readonly Run[];
  readonly facts: RetentionFacts;
}

export interface DatabasePlan {
  readonly policyId: string;
  readonly instanceId: string;
  readonly account: string;
  readonly verdict: DatabaseVerdict;
  /** Good backups that are there. */
  readonly good: number;
  /** Backups that stay only because of a doubt. */
  readonly withheld: number;
  /** Something is to be done about its marks now: a grace is over, a deletion is under way, or a mark has to come off. */
  readonly hasDueMarks: boolean;
}

/** Why a whole account's plan is not followed, beside what its databases are refused for. */
export const planRefusals = {
  "bulk-change": "it would mark more than a fifth, and more than ten, of the account's good backups at once",
  "switched-off": "deleting was stopped by a person",
  "no-prune-secret": "the account has no credentials that may delete; everything is planned and nothing deleted",
} as const satisfies Record<string, string>;

export interface PlanRefusal {
  readonly reason: keyof typeof planRefusals;
  readonly message: string;
}

export interface AccountPlan {
  readonly planId: string;
  readonly account: string;
  readonly madeAt: number;
  readonly databases: readonly DatabasePlan[];
  /** Good backups of the account that are there. */
  readonly good: number;
  /** Good ones that this plan would mark and that are not marked yet. */
  readonly newMarks: number;
  readonly refused: readonly PlanRefusal[];
}

interface PlanFacts {
  readonly now: number;
  readonly approval?: BulkApproval | undefined;
  readonly stoppedBecause?: string | undefined;
  readonly mayDelete?: boolean | undefined;
}

export function planDatabase({ facts, runs, ...place }: DatabaseHistory): DatabasePlan {
  const verdict = judgeRetention(runs, facts);
  const all = [...verdict.keep, ...verdict.remove];
  return {
    ...place,
    verdict,
    good: countGood(all),
    withheld: verdict.keep.filter((judged) => judged.withheld === true).length,
    hasDueMarks: runs.some((run) => hasDueMark(run, facts.now)) || hasMarkToTakeOff(verdict, runs),
  };
}

/** A mark that waits for the end of its grace needs no look at OTC: it is looked at again before anything is deleted. */
function hasDueMark(run: Run, now: number): boolean {
  return marksOf(run).some(
    ({ stage, removableAt }) => stage === "deleting" || (stage === "marked" && removableAt <= now),
  );
}

function hasMarkToTakeOff({ keep, refused }: DatabaseVerdict, runs: readonly Run[]): boolean {
  const isMarked = ({ stage }: RetentionMark) => stage === "marked";
  if (refused.some(({ reason }) => reason === "policy-removed")) return runs.flatMap(marksOf).some(isMarked);
  return keep.some(({ run, backup, withheld }) => withheld !== true && markOf(run, backup.id)?.stage === "marked");
}

function marksOf(run: Run): RetentionMark[] {
  return [run, ...run.earlierBackups].flatMap(({ retention }) => retention ?? []);
}

/** The sum of an account's databases: caps are not looked at, they belong to applying. */
export function planAccount(account: string, databases: readonly DatabasePlan[], facts: PlanFacts): AccountPlan {
  const good = databases.reduce((sum, database) => sum + database.good, 0);
  const marks = databases.flatMap(({ verdict }) => verdict.remove.filter(isNewMark));
  const newMarks = countGood(marks);
  const refused = [...bulkRefusal(newMarks, good, facts), ...otherRefusals(facts)];
  return { planId: planIdOf(marks, facts.now), account, madeAt: facts.now, databases, good, newMarks, refused };
}

export function isNewMark({ run, backup }: Judged): boolean {
  return markOf(run, backup.id) === undefined;
}

function countGood(list: readonly Judged[]): number {
  return list.filter((judged) => judged.kind === "good").length;
}

/** The same backups planned at the same minute are the same plan. */
function planIdOf(marks: readonly Judged[], now: number): string {
  const ids = marks.map((judged) => judged.backup.id).sort();
  return `${compactSlot(now)}-${createHash("sha256").update(ids.join("\n")).digest("hex").slice(0, 8)}`;
}

function bulkRefusal(newMarks: number, good: number, { approval, now }: PlanFacts): PlanRefusal[] {
  if (!isBulkChange(newMarks, good) || isApproved(newMarks, approval, now)) return [];
  const message = `it would mark ${newMarks} of the account's ${good} good backups at once`;
  return [{ reason: "bulk-change", message }];
}

function otherRefusals({ stoppedBecause, mayDelete }: PlanFacts): PlanRefusal[] {
  const stopped: PlanRefusal[] =
    stoppedBecause === undefined
      ? []
      : [{ reason: "switched-off", message: `deleting was stopped: ${stoppedBecause}` }];
  if (mayDelete !== false) return stopped;
  return [...stopped, { reason: "no-prune-secret", message: planRefusals["no-prune-secret"] }];
}
