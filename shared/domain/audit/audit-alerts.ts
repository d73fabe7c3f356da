// From what an audit found to the standing alerts that should be open: one per cause, with the list attached, and what to do
// with those that are open already. Pure; raising and clearing is the workflow's.

import { createHash } from "node:crypto";
import { failureKinds, hintOf, isFailureCode } from "../failure.ts";
import { type AlertLevel, alertLeaseMs, type StandingAlert } from "../messages/alert.ts";

const hourMs = 3_600_000;

/** A page that is still true after so long is sent again. */
export const remindAfterMs = 4 * hourMs;

/** A standing alert is one item of the ledger (400 KB at most) and one message: longer lists are cut, and say so. */
const listedLines = 1000;

/** The standing alerts that the auditor alone raises and ends. */
export const auditAlertKinds = [
  "backups-overdue",
  "slots-unaccounted",
  "shard-silent",
  "runs-stuck",
  "policies-dropped",
  "backups-orphaned",
  "sizes-odd",
] as const;

export type AuditAlertKind = (typeof auditAlertKinds)[number];

export function isAuditAlertKind(kind: string): kind is AuditAlertKind {
  return auditAlertKinds.some((one) => one === kind);
}

/** One thing found, under the cause that it shares with others. */
export interface Finding {
  readonly kind: AuditAlertKind;
  /** What the alert is about, the same as long as the cause lasts: `account prod, credentials-refused`. */
  readonly subject: string;
  readonly level: AlertLevel;
  /** Names the thing itself, so that another one under the same cause can be told from it. */
  readonly member: string;
  readonly line: string;
  readonly owner?: string;
  /** The failure behind it, where one is known. */
  readonly cause?: string;
}

/** What every alert of a kind says besides its list. */
export interface Advice {
  readonly headline: (count: number) => string;
  readonly remedies: readonly string[];
}

export interface StandingPlan {
  readonly raise: readonly StandingAlert[];
  /** Still open, but some of what it told of is over: kept up to date without a message. */
  readonly revise: readonly StandingAlert[];
  readonly clear: readonly StandingAlert[];
}

export interface PlanFacts {
  readonly now: number;
  readonly findings: readonly Finding[];
  readonly open: readonly StandingAlert[];
  /** The kinds this audit has judged completely: only of these an alert without a finding is over. */
  readonly judged: ReadonlySet<string>;
  readonly advice: Readonly<Record<AuditAlertKind, Advice>>;
}

/**
 * A cause that is not open is raised. An open one is raised again when something new fell to it, unless the cause hits the
 * whole account, where more of the same is no news; and when it is a page older than four hours.
 */
export function planStanding(facts: PlanFacts): StandingPlan {
  const groups = Map.groupBy(facts.findings, (finding) => keyOf(finding));
  const open = new Map(facts.open.map((alert) => [keyOf(alert), alert]));
  const raise: StandingAlert[] = [];
  const revise: StandingAlert[] = [];
  for (const [key, findings] of groups) {
    const next = alertFor(findings, facts);
    const before = open.get(key);
    if (next === undefined) continue;
    const news = whatIsNew(next, before, findings, facts.now);
    if (news !== undefined) raise.push(news);
    else if (before !== undefined && isSmaller(next, before)) revise.push({ ...before, members: next.members ?? [] });
  }
  const clear = facts.open.filter((alert) => facts.judged.has(alert.kind) && !groups.has(keyOf(alert)));
  return { raise, revise, clear };
}

function alertFor(findings: readonly Finding[], facts: PlanFacts): StandingAlert | undefined {
  const [first] = findings;
  if (first === undefined) return undefined;
  const { headline, remedies } = facts.advice[first.kind];
  const owners = [...new Set(findings.flatMap((finding) => finding.owner ?? []))];
  const more = findings.length - listedLines;
  const members = [...new Set(findings.map((finding) => short(finding.member)))].toSorted();
  return {
    subject: first.subject,
    kind: first.kind,
    level: findings.some((finding) => finding.level === "page") ? "page" : "ticket",
    fingerprint: short(members.join(" ")),
    members,
    details: [
      headline(findings.length),
      ...findings.slice(0, listedLines).map((finding) => `- ${finding.line}`),
      ...(more > 0 ? [`- and ${more} more: \`npx otc-backup status\` lists all`] : []),
      ...hintFor(first.cause),
      ...remedies.map((remedy) => `what to do: ${remedy}`),
    ],
    ...(owners.length === 0 ? {} : { owner: owners.slice(0, 20).join(", ") }),
    raisedAt: facts.now,
    leaseUntilAt: facts.now + alertLeaseMs,
  };
}

function whatIsNew(
  next: StandingAlert,
  before: StandingAlert | undefined,
  findings: readonly Finding[],
  now: number,
): StandingAlert | undefined {
  if (before === undefined) return next;
  const told = new Set(before.members);
  const grown = (next.members ?? []).some((member) => !told.has(member));
  const worse = next.level === "page" && before.level === "ticket";
  if (worse || (grown && !hitsWholeAccount(findings[0]?.cause))) return next;
  const reminders = Math.floor((now - before.raisedAt) / remindAfterMs);
  if (next.level !== "page" || reminders < 1) return undefined;
  const since = new Date(before.raisedAt).toISOString();
  return {
    ...next,
    // The same for every audit of these four hours, so that a reminder goes out once.
    fingerprint: `${short(`${before.raisedAt}`)}-reminder-${reminders}`,
    raisedAt: before.raisedAt,
    details: [`still open since ${since} (reminder ${reminders})`, ...next.details],
  };
}

function isSmaller(next: StandingAlert, before: StandingAlert): boolean {
  return (next.members?.length ?? 0) < (before.members?.length ?? 0);
}

function hitsWholeAccount(cause: string | undefined): boolean {
  return cause !== undefined && isFailureCode(cause) && failureKinds[cause].accountWide;
}

function hintFor(cause: string | undefined): string[] {
  return cause !== undefined && isFailureCode(cause) ? [`hint: ${hintOf(cause)}`] : [];
}

function keyOf({ subject, kind }: Pick<StandingAlert, "subject" | "kind">): string {
  return `${kind} ${subject}`;
}

function short(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}
