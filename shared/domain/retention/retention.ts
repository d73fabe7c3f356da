// What may be removed of one database's backups and what stays, each with its reasons in words. Judged are the runs of one
// policy on one database; everything is dated by the slot and counted from the newest good one, never from now.

import type { Policy } from "../policy.ts";
import { isGood } from "../runs/good.ts";
import { backupName, slotText } from "../runs/naming.ts";
import { type BackupRef, hasEnded, type RetentionMark, type Run } from "../runs/run.ts";
import { type Hold, holdOn } from "./hold.ts";
import { isEarly, type Refusal, refusalsOf, type Surroundings } from "./retention-refusals.ts";
import { keptByRules, notKeptText } from "./retention-rules.ts";

/** What of a policy retention needs. */
export type RetentionTerms = Pick<Policy, "retention" | "timeZone" | "maxAgeHours" | "sizeFloorKb">;

export interface RetentionFacts extends Surroundings {
  /** First part of our backups' names. */
  readonly namePrefix: string;
  /** The version in force; absent when the policy is gone or no version of it was ever valid. */
  readonly terms: RetentionTerms | undefined;
  readonly holds: readonly Hold[];
}

/** One backup with its verdict. A run has one, and one more for each attempt before that FAILED. */
export interface Judged {
  readonly run: Run;
  readonly backup: BackupRef;
  /** `building`: not ended. `strange`: the record does not prove that it is ours. */
  readonly kind: "good" | "not-good" | "failed" | "building" | "strange";
  readonly reasons: readonly string[];
  /** Stays only because nothing of the database may be removed; the rules would let it go. */
  readonly withheld?: true;
}

/** Every backup that is still there stands in exactly one list, but for those already being deleted. Newest first. */
export interface DatabaseVerdict {
  readonly keep: readonly Judged[];
  readonly remove: readonly Judged[];
  /** Not empty: nothing is removed, and all that stays. */
  readonly refused: readonly Refusal[];
}

type Candidate = Omit<Judged, "reasons">;

/** `runs`: all of one policy on one database, in any order. */
export function judgeRetention(runs: readonly Run[], facts: RetentionFacts): DatabaseVerdict {
  const newestFirst = runs.toSorted((a, b) => b.slotAt - a.slotAt);
  const candidates = newestFirst.flatMap((run) => backupsOf(run, facts));
  const good = candidates.filter((candidate) => candidate.kind === "good").map((c) => ({ ...c, slotAt: c.run.slotAt }));
  const kept = facts.terms?.retention && keptByRules(good, facts.terms.retention, facts.terms.timeZone);
  const keptIds = new Map([...(kept ?? [])].map(([item, reasons]) => [item.backup.id, reasons]));
  const newestGoodAt = good[0]?.slotAt;
  const refused = refusalsOf(provenRuns(newestFirst, facts), facts.terms, facts);
  const keep: Judged[] = [];
  const remove: Judged[] = [];
  for (const candidate of candidates) {
    const stay = [
      ...heldReason(candidate.run, facts),
      ...(candidate.kind === "good" ? (keptIds.get(candidate.backup.id) ?? []) : []),
      ...ownReasons(candidate, { terms: facts.terms, newestGoodAt }),
    ];
    const reasons = stay.length > 0 ? stay : [goReason(candidate, facts.terms, newestGoodAt)];
    if (stay.length > 0) keep.push({ ...candidate, reasons });
    else if (refused.length === 0) remove.push({ ...candidate, reasons });
    else keep.push({ ...candidate, reasons: withheld(reasons, refused), withheld: true });
  }
  return { keep, remove, refused };
}

/** A refusal keeps what the rules would let go. */
function withheld(reasons: readonly string[], refused: readonly Refusal[]): string[] {
  const why = refused.map((refusal) => refusal.reason).join(", ");
  return reasons.map((reason) => `nothing of this database is removed (${why}); otherwise: ${reason}`);
}

/** Runs whose record does not prove the backup ours stay out of the freshness, as they stay out of the rules. */
function provenRuns(runs: readonly Run[], facts: RetentionFacts): readonly Run[] {
  return runs.map((run) => (run.state === "completed" && !isOurs(run, facts) ? withoutBackup(run) : run));
}

function withoutBackup({ backupId: _strange, ...run }: Run): Run {
  return run;
}

/** The backups of a run that are still there as far as the ledger knows. */
function backupsOf(run: Run, facts: RetentionFacts): Candidate[] {
  const earlier = run.earlierBackups.map((backup): Candidate => {
    const names = Array.from({ length: run.attempt - 1 }, (_, i) => backupName(facts.namePrefix, run, i + 1));
    return { run, backup, kind: names.includes(backup.name) ? "failed" : "strange" };
  });
  return [...mainBackup(run, facts), ...earlier].filter(({ backup }) => !isLeaving(backup.retention));
}

function mainBackup(run: Run, facts: RetentionFacts): Candidate[] {
  if (run.backupId === undefined || run.vanishedAt !== undefined || run.state === "lost") return [];
  const mark = run.retention === undefined ? {} : { retention: run.retention };
  const backup = { id: run.backupId, name: run.name ?? "", ...mark };
  return [{ run, backup, kind: kindOf(run, facts) }];
}

function kindOf(run: Run, facts: RetentionFacts): Judged["kind"] {
  if (!isOurs(run, facts)) return "strange";
  switch (run.state) {
    case "completed":
      return isGood(run, facts.terms?.sizeFloorKb) ? "good" : "not-good";
    case "failed":
      return "failed";
    case "building":
    case "requested":
    case "waiting":
      return "building";
    case "missed":
    case "skipped":
    case "lost":
      return "strange";
  }
}

/** The name is the one this run and attempt must have: anything else was changed by hand or is not ours. */
export function isOurs(run: Run, facts: { readonly namePrefix: string }): boolean {
  return run.name === backupName(facts.namePrefix, run, run.attempt);
}

/**
 * Whether a verdict can depend on the run: it has a backup that is not known to be gone, it has not ended, or its times speak
 * against our clock. All others are history, which grows for ever while this does not.
 */
export function concernsRetention(run: Run, now: number): boolean {
  if (!hasEnded(run) || run.slotAt > now || isEarly(run)) return true;
  const marks = [...(run.backupId === undefined ? [] : [run.retention]), ...run.earlierBackups.map((b) => b.retention)];
  return marks.some((mark) => mark?.stage !== "deleted");
}

function isLeaving(mark: RetentionMark | undefined): boolean {
  return mark?.stage === "deleting" || mark?.stage === "deleted";
}

function heldReason(run: Run, { holds, now }: RetentionFacts): string[] {
  const hold = holdOn(run, holds, now);
  if (hold === undefined) return [];
  const end = hold.untilAt === undefined ? "until it is taken off" : `until ${new Date(hold.untilAt).toISOString()}`;
  return [`held ${end}: ${hold.reason}`];
}

interface Context {
  readonly terms: RetentionTerms | undefined;
  readonly newestGoodAt: number | undefined;
}

/** What speaks for staying besides holds and keep rules. */
function ownReasons({ kind, run }: Candidate, { terms, newestGoodAt }: Context): string[] {
  switch (kind) {
    case "building":
      return ["not ended yet"];
    case "strange":
      return ["name and record do not agree: not provably ours"];
    case "good":
      if (terms === undefined) return ["no valid policy judges it: kept until someone decides"];
      return terms.retention === undefined ? ["no retention: every good backup is kept for ever"] : [];
    case "not-good":
      return newestGoodAt === undefined || newestGoodAt < run.slotAt
        ? [`${notGoodText(run, terms)}, but no newer good one exists`]
        : [];
    case "failed":
      return [];
  }
}

function goReason(
  { kind, run }: Candidate,
  terms: RetentionTerms | undefined,
  newestGoodAt: number | undefined,
): string {
  if (kind === "failed") return "FAILED: of no use";
  const newest = newestGoodAt ?? run.slotAt;
  if (kind === "not-good") return `${notGoodText(run, terms)}; a newer good one exists, slot ${slotText(newest)}`;
  return terms?.retention === undefined ? "" : notKeptText(terms.retention, newest);
}

/** A COMPLETED backup of ours that is there can only be not good by its size. */
function notGoodText(run: Run, terms: RetentionTerms | undefined): string {
  if (run.sizeKb === undefined) return "COMPLETED but not good: OTC gave no size";
  const floorKb = terms?.sizeFloorKb ?? run.terms.sizeFloorKb;
  return `COMPLETED but not good: ${run.sizeKb} kB, at least ${floorKb} kB are asked for`;
}
