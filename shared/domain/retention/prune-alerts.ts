// What prune-backups tells people: one standing alert per account and cause, however many databases share it.

import { plural } from "../audit/audit-findings.ts";
import { type AlertLevel, alertLeaseMs, type StandingAlert } from "../messages/alert.ts";
import { perAccountAndDay, perAccountAndTick } from "./retention-caps.ts";
import { markOf } from "./retention-mark.ts";
import type { AccountPlan } from "./retention-plan.ts";
import { type Refusal, type RefusalReason, refusalReasons } from "./retention-refusals.ts";

/** Doubts that mean more than "wait": a clock, a database or a listing is wrong, and a person should know tonight. */
const paging: ReadonlySet<RefusalReason> = new Set([
  "clock-skew",
  "slot-in-future",
  "completed-before-slot",
  "instance-gone",
  "listing-inconsistent",
]);
const listedDatabases = 50;

export interface BlockedDatabase {
  readonly policyId: string;
  readonly instanceId: string;
  readonly refused: readonly Refusal[];
  /** So many backups stay only because of it. */
  readonly withheld: number;
}

export const pruneSubject = (account: string): string => `retention of account ${account}`;

export function blockedAlert(
  account: string,
  blocked: readonly BlockedDatabase[],
  now: number,
): StandingAlert | undefined {
  const reasons = [...new Set(blocked.flatMap((database) => database.refused.map((refusal) => refusal.reason)))].sort();
  if (reasons.length === 0) return undefined;
  const lines = blocked.slice(0, listedDatabases).map(blockedLine);
  const more = blocked.length > listedDatabases ? [`- and ${blocked.length - listedDatabases} databases more`] : [];
  return {
    ...standing(account, now),
    kind: "prune-blocked",
    level: reasons.some((reason) => paging.has(reason)) ? "page" : "ticket",
    fingerprint: reasons.join(","),
    details: [...reasons.map((reason) => `${reason}: ${refusalReasons[reason]}`), ...lines, ...more],
  };
}

function blockedLine({ policyId, instanceId, refused, withheld }: BlockedDatabase): string {
  return `- ${policyId} ${instanceId}: ${plural(withheld, "backup stays", "backups stay")} only because of this; ${refused.map((r) => r.message).join("; ")}`;
}

export function bulkAlert(plan: AccountPlan, now: number): StandingAlert | undefined {
  const refusal = plan.refused.find((each) => each.reason === "bulk-change");
  if (refusal === undefined) return undefined;
  const shrunk = plan.databases
    .map(({ policyId, instanceId, verdict }) => ({ policyId, instanceId, count: verdict.remove.length }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
  const lines = shrunk.slice(0, listedDatabases).map((d) => `- ${d.policyId} ${d.instanceId}: ${d.count} would go`);
  return {
    ...standing(plan.account, now),
    kind: "prune-bulk-change",
    level: "page",
    // One page for the cause, not one for each hour's plan; a change of size by half is another cause.
    fingerprint: `about ${2 ** Math.round(Math.log2(Math.max(1, plan.newMarks)))}`,
    details: [
      `plan ${plan.planId}: ${refusal.message}; nothing is marked`,
      ...lines,
      `not meant: correct the policies. meant: \`npx otc-backup prune --approve ${plan.account}/${plan.planId}\``,
    ],
  };
}

/** Longer than a day after its grace nothing should stand: each database is looked at and each day's cap is fresh by then. */
const lateAfterMs = 24 * 3_600_000;

/** Without doubts or refusals, which have alerts of their own, only caps and pace hold a deletion up. */
export function lateAlert(plan: AccountPlan, now: number): StandingAlert | undefined {
  if (plan.refused.length > 0) return undefined;
  const marks = plan.databases.flatMap(({ verdict }) =>
    verdict.remove.flatMap(({ run, backup }) => markOf(run, backup.id) ?? []),
  );
  const late = marks.filter((mark) => mark.stage === "marked" && mark.removableAt + lateAfterMs <= now);
  if (late.length === 0) return undefined;
  const oldest = late.reduce((first, mark) => Math.min(first, mark.removableAt), now);
  const markedInADay = marks.filter((mark) => mark.markedAt > now - lateAfterMs).length;
  return {
    ...standing(plan.account, now),
    kind: "prune-late",
    level: "ticket",
    // Told again when it has doubled, not with every backup more.
    fingerprint: `about ${2 ** Math.floor(Math.log2(late.length))}`,
    details: [
      `${plural(late.length, "backup", "backups")} should have gone more than a day ago, the first on ${new Date(oldest).toISOString().slice(0, 10)}`,
      `the rules let ${markedInADay} go in the last 24 hours; at most ${perAccountAndDay(plan.good)} of the account's ${plan.good} good backups are deleted in a day, ${perAccountAndTick(plan.good)} in an hour`,
      "until then they stay, cost money and count towards OTC's limit of manual backups; nothing is lost",
      "what to do: wait while the number falls from day to day; else keep more, spread the databases over more accounts, or raise otcRatePerSecond if OTC admits it",
    ],
  };
}

export function stoppedAlert(reason: string | undefined, now: number): StandingAlert {
  return {
    ...standing("", now),
    subject: "prune-backups",
    kind: "prune-stopped",
    level: "ticket" satisfies AlertLevel,
    fingerprint: reason ?? "",
    details: [`reason given: ${reason ?? "none"}`, "to go on: `npx otc-backup prune --resume`"],
  };
}

function standing(account: string, now: number) {
  return { subject: pruneSubject(account), raisedAt: now, leaseUntilAt: now + alertLeaseMs };
}
