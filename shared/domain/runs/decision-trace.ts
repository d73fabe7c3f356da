// Why a slot of a database ended as it did, or why nothing happened: the decision trace, as data. Pure: from the run's own
// history and what is known around it.

import type { FailureEvidence } from "../failure.ts";
import { hintOf } from "../failure.ts";
import { shellWord } from "../messages/terminal-text.ts";
import type { Policy } from "../policy.ts";
import { isLargeEnough } from "./good.ts";
import { slotText } from "./naming.ts";
import type { Run, RunEvent } from "./run.ts";

export interface TraceFacts {
  readonly policyId: string;
  readonly instanceId: string;
  readonly slotAt: number;
  readonly now: number;
  /** In force now; the run itself remembers the version it was made under. */
  readonly policy: Policy | undefined;
  readonly version: number | undefined;
  readonly sinceAt: number | undefined;
  readonly problems: readonly string[];
  readonly run: Run | undefined;
  readonly accountedThroughAt: number | undefined;
}

export type TraceEnd = "good" | "bad" | "open" | "skipped" | "nothing";

export interface Trace {
  readonly end: TraceEnd;
  /** Still open although the window in which it should have started or ended is over. */
  readonly late: boolean;
  /** What became of it, one sentence. */
  readonly verdict: string;
  /** Facts in the order in which the system asks them. Texts with instants carry them beside the text. */
  readonly facts: readonly { readonly name: string; readonly text: string; readonly at?: number }[];
  readonly steps: readonly TraceStep[];
  /** What a person can do, most useful first. */
  readonly advice: readonly string[];
}

export interface TraceStep {
  readonly at: number;
  readonly text: string;
  /** So often, the last time at `lastAt`. */
  readonly times: number;
  readonly lastAt: number;
  /** What OTC answered. */
  readonly answer?: string;
}

export function traceOf(facts: TraceFacts): Trace {
  const { run } = facts;
  if (run === undefined) return traceOfNothing(facts);
  const late = isLate(run, facts.now);
  const { end, verdict } = endOf(run);
  return {
    end,
    late,
    verdict: late ? `${verdict}; its window is over` : verdict,
    facts: [...rowFacts(facts, run), ...runFacts(run)],
    steps: run.events.map((event, i) => stepOf(event, run.events[i - 1])),
    advice: adviceOn(run),
  };
}

function endOf(run: Run): { end: TraceEnd; verdict: string } {
  const why = run.lastFailure === undefined ? run.reason : `${run.lastFailure.message} (${run.lastFailure.code})`;
  switch (run.state) {
    case "completed":
      if (run.vanishedAt !== undefined)
        return { end: "bad", verdict: "the backup was completed and is no longer at OTC" };
      return isLargeEnough(run.sizeKb, run.terms.sizeFloorKb)
        ? { end: "good", verdict: `a good backup was made${run.attempt > 1 ? `, at attempt ${run.attempt}` : ""}` }
        : { end: "bad", verdict: "the backup was completed but is not good: too small, or OTC gave no size" };
    case "failed":
      return { end: "bad", verdict: `no backup: ${why}` };
    case "missed":
      return { end: "bad", verdict: `no backup, the start window ended: ${why}` };
    case "lost":
      return { end: "bad", verdict: "no backup: OTC had accepted it and no longer lists it" };
    case "skipped":
      return run.reason === "paused"
        ? { end: "skipped", verdict: "skipped on purpose: the policy was paused" }
        : { end: "bad", verdict: `skipped: ${why}` };
    case "waiting":
      return { end: "open", verdict: `waiting to be requested: ${why}` };
    case "requested":
      return { end: "open", verdict: "requested; whether OTC has it is being found out" };
    case "building":
      return { end: "open", verdict: "OTC is making the backup" };
  }
}

function isLate({ state, terms }: Run, now: number): boolean {
  if (state === "waiting" || state === "requested") return now > terms.startByAt;
  return state === "building" && now > terms.completeByAt;
}

function rowFacts(facts: TraceFacts, run: Run | undefined): Trace["facts"] {
  const { policy, version, problems } = facts;
  const made = run === undefined ? version : run.terms.policyVersion;
  const current = made === version || version === undefined ? "" : `; version ${version} is in force now`;
  const schedule = policy === undefined ? "" : `, "${policy.scheduleText}" ${policy.timeZone}`;
  return [
    { name: "row", text: `${made === undefined ? "no version yet" : `version ${made}`}${current}${schedule}` },
    ...problems.slice(0, 1).map((problem) => ({ name: "row now", text: `INVALID: ${problem}` })),
  ];
}

function runFacts(run: Run): Trace["facts"] {
  const lateMs = run.createdAt - run.slotAt;
  const size = run.sizeKb === undefined ? "" : `, ${sizeText(run.sizeKb)}`;
  return [
    { name: "due", text: lateMs < 120_000 ? "seen in time" : "seen late", at: run.createdAt },
    { name: "paused", text: run.reason === "paused" ? (run.events.at(-1)?.detail ?? "yes") : "no" },
    { name: "start by", text: `attempt ${run.attempt} of ${run.terms.maxAttempts}`, at: run.terms.startByAt },
    ...(run.backupId === undefined ? [] : [{ name: "backup", text: `${run.backupId}${size}` }]),
    ...(run.name === undefined ? [] : [{ name: "name", text: run.name }]),
    { name: "told", text: alertsText(run) },
  ];
}

function alertsText({ alerts }: Run): string {
  if (alerts.length === 0) return "nobody, there was no need";
  return alerts
    .map(
      (a) =>
        `${a.level} ${a.kind}, ${a.sentAt === undefined ? "NOT delivered yet" : `delivered ${slotText(a.sentAt)}`}`,
    )
    .join("; ");
}

/** kB in the largest unit that keeps it readable. */
export function sizeText(kb: number): string {
  const units = ["kB", "MB", "GB", "TB"];
  let size = kb;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size >= 10 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** What the step before has said already is not said again. */
function stepOf(event: RunEvent, before: RunEvent | undefined): TraceStep {
  const isNews = event.detail !== before?.detail;
  const move = event.from === event.to ? event.to : `${event.from === "none" ? "new" : event.from} to ${event.to}`;
  const detail = event.detail === undefined || !isNews ? "" : `: ${event.detail}`;
  return {
    at: event.at,
    text: `${move}, ${event.reason}${detail}`,
    times: event.times,
    lastAt: event.lastAt,
    ...(event.evidence === undefined || !isNews ? {} : { answer: answerText(event.evidence) }),
  };
}

/** `createBackup HTTP 409 DBS.200047, request id 8f3c…`. */
export function answerText(evidence: FailureEvidence): string {
  const { operation, status, providerCode, requestId } = evidence;
  const what = [operation, status === undefined ? undefined : `HTTP ${status}`, providerCode];
  const text = what.filter((part) => part !== undefined).join(" ");
  return requestId === undefined ? text : `${text}, request id ${requestId}`;
}

function adviceOn(run: Run): string[] {
  const hint = run.lastFailure === undefined ? [] : [hintOf(run.lastFailure.code)];
  const end = endOf(run).end;
  if (end === "good") return [];
  if (end === "bad")
    return [...hint, `then otc-backup run-now ${shellWord(run.policyId)} ${beginning(run.instanceId)}`];
  return end === "open" ? hint : [];
}

/** Enough of an instance's id to name it in a command. */
function beginning(instanceId: string): string {
  return shellWord(instanceId.slice(0, 8));
}

/** Silently nothing is the one forbidden outcome, so the absence of a run always has a reason that is said. */
function traceOfNothing(facts: TraceFacts): Trace {
  const { verdict, end, advice } = reasonForNothing(facts);
  return { end, late: false, verdict, facts: rowFacts(facts, undefined), steps: [], advice };
}

function reasonForNothing(facts: TraceFacts): Pick<Trace, "verdict" | "end" | "advice"> {
  const { policy, slotAt, now, sinceAt, accountedThroughAt } = facts;
  const show = `otc-backup policies show ${shellWord(facts.policyId)}`;
  if (slotAt > now) return { end: "nothing", verdict: "not due yet", advice: [] };
  if (policy === undefined)
    return { end: "bad", verdict: "no run: the row was never valid, so no backups are made", advice: [show] };
  if (!policy.enabled)
    return { end: "skipped", verdict: "no run: the policy is switched off (enabled: false)", advice: [] };
  if (accountedThroughAt === undefined || accountedThroughAt < slotAt)
    return {
      end: "bad",
      verdict: `no run yet: slots are accounted for only up to ${accountedThroughAt === undefined ? "nothing at all" : slotText(accountedThroughAt)}`,
      advice: ["create-backups does not get through its ticks: otc-backup doctor"],
    };
  if (sinceAt === undefined || slotAt <= sinceAt)
    return {
      end: "nothing",
      verdict: `no run: the version in force was first seen ${sinceAt === undefined ? "never" : slotText(sinceAt)}, after this slot`,
      advice: [`otc-backup policies history ${shellWord(facts.policyId)}`],
    };
  return {
    end: "bad",
    verdict: "NO RUN although the slot was due and is accounted for: this must not happen",
    advice: [
      `otc-backup run-now ${shellWord(facts.policyId)} ${beginning(facts.instanceId)}`,
      "keep the log of create-backups and report it",
    ],
  };
}
