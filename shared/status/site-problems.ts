// What is wrong with the site apart from single backups: nothing ticks, rows that are invalid, alerts that are open or
// could not be sent, slots nobody opened.

import type { UnaccountedSlot } from "../domain/audit/unaccounted-slots.ts";
import { type AlertLevel, type StandingAlert, standingAlertKinds } from "../domain/messages/alert.ts";
import { runId, slotText } from "../domain/runs/naming.ts";
import { durationText } from "./duration-text.ts";
import type { PolicyFacts, SiteFacts } from "./site-facts.ts";

/** Worst first. */
export const problemKinds = ["tick-late", "alert-unsent", "slot-without-run", "alert-open", "row-invalid"] as const;
export type ProblemKind = (typeof problemKinds)[number];

export interface SiteProblem {
  readonly kind: ProblemKind;
  readonly level: AlertLevel;
  /** What it is about: a policy, an account, a run, the site. */
  readonly subject: string;
  /** Sentences without a full stop, the most important first. */
  readonly details: readonly string[];
  /** Section of docs/operations.md. */
  readonly runbook?: string;
  readonly since?: number;
}

export function siteProblems(
  facts: SiteFacts,
  missing: ReadonlyMap<string, readonly UnaccountedSlot[]>,
): SiteProblem[] {
  const invalid = facts.policies.filter((policy) => policy.problems.length > 0);
  const told = new Set(invalid.map(({ policyId }) => `policy ${policyId}`));
  const found = [
    ...tickLate(facts),
    ...facts.policies.flatMap((policy) => unsentAlerts(policy, facts.now)),
    ...unsentStanding(facts),
    ...[...missing].flatMap(([policyId, slots]) => withoutRun(policyId, slots)),
    ...facts.standing.filter((a) => a.kind !== "policy-invalid" || !told.has(a.subject)).map(openAlert),
    ...invalid.map(invalidRow),
  ];
  return found.toSorted((a, b) => problemKinds.indexOf(a.kind) - problemKinds.indexOf(b.kind));
}

function tickLate({ accountedThroughAt, now, policies, tickLateMs }: SiteFacts): SiteProblem[] {
  if (policies.length === 0 || (accountedThroughAt !== undefined && now - accountedThroughAt <= tickLateMs)) return [];
  const seen =
    accountedThroughAt === undefined
      ? "create-backups has never finished a tick"
      : `create-backups has not finished a tick since ${slotText(accountedThroughAt)} (${durationText(now - accountedThroughAt)})`;
  const details = [seen, "no backup is started until it does", "look at its error alarm, its log, and its schedule"];
  const since = accountedThroughAt === undefined ? {} : { since: accountedThroughAt };
  return [{ kind: "tick-late", level: "page", subject: "the whole site", details, ...since }];
}

/** Alerts that their writer and every tick since failed to deliver. */
function unsentAlerts({ runs }: PolicyFacts, now: number): SiteProblem[] {
  return runs.flatMap((run) =>
    run.alerts
      .filter((alert) => alert.sentAt === undefined && alert.leaseUntilAt < now)
      .map((alert) => ({
        kind: "alert-unsent" as const,
        level: alert.level,
        subject: runId(run),
        details: [`the alert ${alert.kind} has not reached anybody yet`],
        runbook: alert.kind,
        since: alert.raisedAt,
      })),
  );
}

function unsentStanding({ standing, now }: SiteFacts): SiteProblem[] {
  return standing
    .filter((alert) => alert.sentAt === undefined && alert.leaseUntilAt < now)
    .map((alert) => ({
      kind: "alert-unsent",
      level: alert.level,
      subject: alert.subject,
      details: [`the alert ${alert.kind} has not reached anybody yet`],
      runbook: alert.kind,
      since: alert.raisedAt,
    }));
}

function openAlert(alert: StandingAlert): SiteProblem {
  const owner = alert.owner === undefined ? [] : [`owner ${alert.owner}`];
  return {
    kind: "alert-open",
    level: alert.level,
    subject: alert.subject,
    details: [standingAlertKinds[alert.kind], ...alert.details, ...owner],
    runbook: alert.kind,
    since: alert.raisedAt,
  };
}

function withoutRun(policyId: string, slots: readonly UnaccountedSlot[]): SiteProblem[] {
  const [first] = slots;
  if (first === undefined) return [];
  const listed = slots
    .slice(0, 3)
    .map(({ instanceId, slotAt }) => `${slotText(slotAt)} of ${instanceId ?? "the selector"} has no run`);
  const more = slots.length > 3 ? [`and ${slots.length - 3} more`] : [];
  const details = [...listed, ...more];
  return [
    {
      kind: "slot-without-run",
      level: "page",
      subject: `policy ${policyId}`,
      details,
      runbook: "slots-unaccounted",
      since: first.slotAt,
    },
  ];
}

function invalidRow({ policyId, problems, inForce }: PolicyFacts): SiteProblem {
  const effect =
    inForce === undefined
      ? "no valid version is known: NO backups are made for this policy"
      : "the last valid version stays in force";
  const level = inForce === undefined ? "page" : "ticket";
  const details = [...problems, effect];
  return { kind: "row-invalid", level, subject: `policy ${policyId}`, details, runbook: "policy-invalid" };
}
