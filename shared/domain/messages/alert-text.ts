// The texts that reach a human: what happened to which database, whose it is, what OTC said, what to do first.
// Alerts of one cause become one message with the list attached.

import { wholeSelector } from "../coverage/selection.ts";
import { hintOf } from "../failure.ts";
import { runId, slotText } from "../runs/naming.ts";
import type { Run } from "../runs/run.ts";
import { secondLineText } from "../runs/second-line.ts";
import { type AlertLevel, type RunAlert, runAlertKinds, type StandingAlert, standingAlertKinds } from "./alert.ts";

/** A message for people. `dedupeKey` is stable, so that a pager can merge a repeated delivery. */
export interface Notice {
  readonly level: AlertLevel;
  readonly dedupeKey: string;
  /** At most 100 printable ASCII characters (SNS, API reference of Publish). */
  readonly subject: string;
  readonly body: string;
}

export interface AlertItem {
  readonly run: Run;
  readonly alert: RunAlert;
}

export interface AlertGroup {
  readonly cause: string;
  readonly items: readonly AlertItem[];
  /** Which part of how many this is, where one message does not hold them all. */
  readonly part?: { readonly number: number; readonly of: number; readonly total: number };
}

/** A message holds at most so many runs, each a line of at most 400 characters: SNS takes 256 KiB. */
const runsPerMessage = 500;

/**
 * All unsent alerts of the runs given, one group per level, kind, account and cause. A group that is longer than a message comes in
 * parts, each a message of its own, so that nothing is left out and each part can be marked as sent.
 */
export function groupAlerts(runs: readonly Run[]): AlertGroup[] {
  const items = runs.flatMap((run) =>
    run.alerts.filter((a) => a.sentAt === undefined).map((alert) => ({ run, alert })),
  );
  const groups = Map.groupBy(items, ({ run, alert }) => [alert.level, alert.kind, run.account, causeOf(run)].join("|"));
  return [...groups].flatMap(([cause, list]) => inParts(cause, list));
}

function inParts(cause: string, items: readonly AlertItem[]): AlertGroup[] {
  const of = Math.ceil(items.length / runsPerMessage);
  return Array.from({ length: of }, (_, i) => ({
    cause,
    items: items.slice(i * runsPerMessage, (i + 1) * runsPerMessage),
    ...(of > 1 ? { part: { number: i + 1, of, total: items.length } } : {}),
  }));
}

function causeOf(run: Run): string {
  return run.lastFailure?.code ?? run.reason;
}

/** The message for one group: the whole story for one run, one line each for many. */
export function runNotice(group: AlertGroup): Notice {
  const [first] = group.items;
  if (first === undefined) throw new Error("an alert group is never empty");
  const { alert, run } = first;
  const { part } = group;
  const parts = part === undefined ? "" : ` (part ${part.number} of ${part.of}, ${part.total} in all)`;
  const many = group.items.length > 1;
  const what = many
    ? `${group.items.length} databases of account ${run.account}${parts}`
    : `${run.policyId} ${run.instanceId}`;
  const story = many ? group.items.map((item) => `- ${oneLine(item)}`) : fullStory(first);
  const lines = [runAlertKinds[alert.kind], "", ...story, "", ...firstSteps(run, alert)];
  return {
    level: alert.level,
    dedupeKey: many
      ? `${group.cause}|${slotText(run.slotAt)}${part === undefined ? "" : `|${part.number}`}`
      : `${runId(run)}|${alert.kind}|${alert.attempt}`,
    subject: asciiSubject(`${alert.level.toUpperCase()} ${alert.kind}: ${what}`),
    body: lines.join("\n"),
  };
}

function oneLine({ run }: AlertItem): string {
  const owner = run.terms.owner === undefined ? "" : `, owner ${run.terms.owner}`;
  const behind = run.secondLine === undefined ? "" : `; ${secondLineText(run.secondLine)}`;
  const line = `${run.policyId} ${databaseText(run)} slot ${slotText(run.slotAt)}: ${run.state}, ${reasonText(run)}${owner}${behind}`;
  return line.length > 400 ? `${line.slice(0, 399)}…` : line;
}

/** Its name too, where it is known; a slot whose databases are not known is about all of them. */
function databaseText({ instanceId, terms }: Run): string {
  if (instanceId === wholeSelector) return "all that the selector means";
  return terms.instanceName === undefined ? instanceId : `${instanceId} (${terms.instanceName})`;
}

function fullStory({ run, alert }: AlertItem): string[] {
  const e = run.lastFailure?.evidence;
  const facts: [string, string | undefined][] = [
    ["policy", `${run.policyId} (version ${run.terms.policyVersion})`],
    ["database", databaseText(run)],
    ["picked by", run.terms.selector === undefined ? undefined : `selector ${run.terms.selector}`],
    ["account", run.account],
    ["owner", run.terms.owner ?? "not named in the policy"],
    ["slot", slotText(run.slotAt)],
    ["state", `${run.state}, attempt ${run.attempt} of ${run.terms.maxAttempts}`],
    ["reason", reasonText(run)],
    ["OTC error", e?.providerCode],
    ["HTTP status", e?.status?.toString()],
    ["OTC request id", e?.requestId],
    ["backup name", run.name],
    ["backup id", run.backupId ?? run.earlierBackups.at(-1)?.id],
    ["second line", run.secondLine && secondLineText(run.secondLine)],
    ["raised at", new Date(alert.raisedAt).toISOString()],
  ];
  return facts.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}`);
}

function reasonText(run: Run): string {
  const { lastFailure } = run;
  return lastFailure === undefined
    ? run.reason
    : `${run.reason}; last answer: ${lastFailure.message} (${lastFailure.code})`;
}

function firstSteps(run: Run, alert: RunAlert): string[] {
  const hint = run.lastFailure === undefined ? [] : [`hint: ${hintOf(run.lastFailure.code)}`];
  return [
    `do first: ${doFirst[alert.kind]}`,
    ...hint,
    `then: \`npx otc-backup why ${runId(run)}\``,
    `runbook: docs/operations.md#${alert.kind}`,
  ];
}

const doFirst: Readonly<Record<RunAlert["kind"], string>> = {
  "attempt-failed": "nothing yet; a second attempt follows inside the start window",
  "backup-failed": "look at the database's tasks in the OTC console, then start a backup by hand",
  "backup-missed": "see why OTC did not accept the backup, then start one by hand",
  "backup-lost": "find out who deleted the backup (Cloud Trace Service), then start one by hand",
  "backup-overdue": "look at the database in the OTC console: is its backup still running",
  "backup-not-good": "check the backup's size in the OTC console before you rely on it, then start one by hand",
  "backup-vanished": "find out who deleted the backup (Cloud Trace Service), then start one by hand",
  "backup-adopted": "find out why the ledger did not know it: was it restored to an older copy",
  "run-skipped": "correct the policy or the database as the hint says, then start a backup by hand",
};

/** A consequence of something that has woken somebody already: it still arrives, with its list, but wakes nobody again. */
export function followUpNotice(notice: Notice, paged: StandingAlert): Notice {
  const since = new Date(paged.raisedAt).toISOString();
  return {
    ...notice,
    level: "ticket",
    subject: asciiSubject(notice.subject.replace(/^PAGE/, "TICKET")),
    body: `follows from ${paged.kind}, ${paged.subject}, paged at ${since} and still open\n\n${notice.body}`,
  };
}

/** The message for something that lasts: an account or a policy row. */
export function standingNotice(alert: StandingAlert): Notice {
  const owner = alert.owner === undefined ? [] : [`owner: ${alert.owner}`];
  return {
    level: alert.level,
    dedupeKey: `${alert.subject}|${alert.kind}|${alert.fingerprint}`,
    subject: asciiSubject(`${alert.level.toUpperCase()} ${alert.kind}: ${alert.subject}`),
    body: [
      standingAlertKinds[alert.kind],
      "",
      alert.subject,
      ...owner,
      ...alert.details,
      "",
      `runbook: docs/operations.md#${alert.kind}`,
    ].join("\n"),
  };
}

function asciiSubject(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
