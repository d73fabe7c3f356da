// Histories for tests of retention: runs as the machine leaves them, with literal slots.

import type { Retention } from "../../shared/domain/policy.ts";
import type { Hold } from "../../shared/domain/retention/hold.ts";
import { judgeRetention, type RetentionFacts, type RetentionTerms } from "../../shared/domain/retention/retention.ts";
import { backupName } from "../../shared/domain/runs/naming.ts";
import type { Run } from "../../shared/domain/runs/run.ts";
import { theTerms } from "./run-builder.ts";

export const instanceId = "d8e6ca5a624745bcb546a227aa3ae1cfin01";
export const at = (text: string) => Date.parse(text);
const hourMs = 3_600_000;

export interface Made {
  readonly slot: string;
  readonly state?: Run["state"];
  /** `null`: OTC gave none. */
  readonly sizeKb?: number | null;
  readonly changes?: Partial<Run>;
}

/** A COMPLETED backup of 1,000 kB unless said otherwise; its id is its slot. */
export function aRun({ slot, state = "completed", sizeKb = 1000, changes = {} }: Made): Run {
  const slotAt = at(slot);
  const key = { policyId: "nightly-shop", instanceId, slotAt };
  const attempt = changes.attempt ?? 1;
  const hasBackup = state === "completed" || state === "failed" || state === "building";
  return {
    ...key,
    account: "prod",
    state,
    reason: state === "completed" ? "completed" : "backup-failed",
    terms: theTerms(),
    attempt,
    version: 5,
    dueAt: slotAt,
    createdAt: slotAt,
    name: backupName("otcbk", key, attempt),
    ...(hasBackup ? { backupId: `b-${slot}` } : {}),
    ...(state === "completed" && sizeKb !== null ? { sizeKb } : {}),
    ...(state === "completed" || state === "failed" ? { finishedAt: slotAt + hourMs, endedAt: slotAt + hourMs } : {}),
    absences: 0,
    earlierBackups: [],
    alerts: [],
    events: [],
    ...changes,
  };
}

/** Good backups at 02:30 UTC of the `count` nights that end with `lastDay`. */
export function nights(count: number, lastDay: string): Run[] {
  const last = at(`${lastDay}T02:30Z`);
  return Array.from({ length: count }, (_, i) => {
    const slotAt = last - (count - 1 - i) * 24 * hourMs;
    return aRun({ slot: `${new Date(slotAt).toISOString().slice(0, 16)}Z` });
  });
}

export function terms(retention?: Partial<Retention>, changes: Partial<RetentionTerms> = {}): RetentionTerms {
  return {
    timeZone: "UTC",
    maxAgeHours: 36,
    sizeFloorKb: 1,
    ...(retention === undefined ? {} : { retention: { minimum: 1, ...retention } }),
    ...changes,
  };
}

export function aHold(slot: string, untilAt?: number): Hold {
  const key = { policyId: "nightly-shop", instanceId, slotAt: at(slot) };
  return { ...key, reason: "before the migration", setAt: at(slot), ...(untilAt === undefined ? {} : { untilAt }) };
}

/** Seven hours after the last night of `nights(…, "2026-11-24")`. */
export const now = at("2026-11-24T09:30Z");

export function facts(changes: Partial<RetentionFacts> = {}): RetentionFacts {
  return { now, namePrefix: "otcbk", terms: terms({ keepLast: 2 }), rowProblems: [], holds: [], ...changes };
}

export interface Slots {
  readonly keep: readonly string[];
  readonly remove: readonly string[];
  readonly refused: readonly string[];
}

/** The verdict as slots, newest first. */
export function judged(runs: readonly Run[], changes: Partial<RetentionFacts> = {}): Slots {
  const verdict = judgeRetention(runs, facts(changes));
  const slots = (list: typeof verdict.keep) => list.map((j) => new Date(j.run.slotAt).toISOString().slice(0, 16));
  return { keep: slots(verdict.keep), remove: slots(verdict.remove), refused: verdict.refused.map((r) => r.reason) };
}
