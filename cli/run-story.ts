// One run as text: its facts, then its history step by step.

import { answerText, sizeText } from "../shared/domain/runs/decision-trace.ts";
import { runId } from "../shared/domain/runs/naming.ts";
import type { Run, RunEvent } from "../shared/domain/runs/run.ts";
import { outcomeOf } from "../shared/status/outcome.ts";
import { factsText, tinted } from "./output.ts";
import { wallSeconds, wallText, whenText } from "./time-text.ts";

export function runStory(run: Run, now: number): string {
  const when = (at: number | undefined) => (at === undefined ? undefined : whenText(at, now));
  const facts: [string, string | undefined][] = [
    ["outcome", `${outcomeOf(run)} (${run.state}, ${run.reason}), attempt ${run.attempt} of ${run.terms.maxAttempts}`],
    ["slot", when(run.slotAt)],
    ["account", run.account],
    ["owner", run.terms.owner],
    ["policy", `version ${run.terms.policyVersion}`],
    ["start by", when(run.terms.startByAt)],
    ["complete by", when(run.terms.completeByAt)],
    ["name", run.name],
    ["backup id", run.backupId],
    ["size", run.sizeKb === undefined ? undefined : `${sizeText(run.sizeKb)} (${run.sizeKb} kB)`],
    ["ended at OTC", when(run.endedAt)],
    ["last failure", run.lastFailure && `${run.lastFailure.message} (${run.lastFailure.code})`],
    ["retention", run.retention && `${run.retention.stage}: ${run.retention.reasons.join("; ")}`],
    ["alerts", run.alerts.map((a) => alertText(a, now)).join("; ") || "none"],
  ];
  const steps = run.events.map((event) => [wallSeconds(event.at), eventText(event)] as const);
  return [tinted("strong", runId(run)), factsText(facts), tinted("dim", "history"), factsText(steps)].join("\n");
}

function alertText({ level, kind, sentAt }: Run["alerts"][number], now: number): string {
  return `${level} ${kind}, ${sentAt === undefined ? "NOT sent yet" : `sent ${wallText(sentAt, now)}`}`;
}

function eventText({ from, to, reason, detail, evidence, times, lastAt }: RunEvent): string {
  const repeats = times > 1 ? `, ${times} times, last ${wallSeconds(lastAt)}` : "";
  const answer = evidence === undefined ? "" : ` [${answerText(evidence)}]`;
  return `${from === "none" ? "new" : from} to ${to}: ${reason}${repeats}${detail === undefined ? "" : `  ${detail}`}${answer}`;
}
