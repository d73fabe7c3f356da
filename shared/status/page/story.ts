// The story of one run, for a person: how it ended and why, what OTC said, what was told to whom, and each step.

import { hintOf } from "../../domain/failure.ts";
import { runAlertKinds } from "../../domain/messages/alert.ts";
import { commandsOn } from "../../domain/messages/site-commands.ts";
import { runId } from "../../domain/runs/naming.ts";
import type { Run, RunEvent } from "../../domain/runs/run.ts";
import { durationText } from "../duration-text.ts";
import { durationMs, outcomeOf } from "../outcome.ts";
import { type Html, html, nothing } from "./html.ts";
import type { InstantText } from "./instant-text.ts";
import { cellWords } from "./night-cells.ts";
import { sizeText } from "./quantity-text.ts";

/** Oldest first; a day may hold several. `siteFlags` name the site in commands, as `--stage prod` does. */
export function renderStories(runs: readonly Run[], instants: InstantText, siteFlags: string): Html {
  if (runs.length === 0) return html`<p>The ledger holds no run of this day.</p>`;
  return html`${runs.map((run) => renderStory(run, instants, siteFlags))}`;
}

function renderStory(run: Run, instants: InstantText, siteFlags: string): Html {
  const { css, word } = cellWords[outcomeOf(run)];
  const at = (instant: number) => `${instants.full(instant)} ${instants.zoneName(instant)}`;
  return html`<article class="story"><h3><b class="${css}"></b> ${word} · slot ${at(run.slotAt)}</h3><p><strong>${run.policyId}</strong> <code>${run.instanceId}</code></p>${failureLines(run, siteFlags)}<dl>${facts(
    run,
    at,
  ).map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`,
  )}</dl><h4>Step by step</h4><ol>${run.events.map((event) => step(event, instants))}</ol><p class="hint">On the command line: <code>npx otc-backup runs show ${runId(run)} ${siteFlags}</code></p></article>`;
}

function failureLines({ lastFailure, state }: Run, siteFlags: string): Html {
  if (lastFailure === undefined || state === "completed") return nothing;
  const { evidence } = lastFailure;
  const said = [
    evidence?.operation,
    evidence?.status === undefined ? undefined : `HTTP ${evidence.status}`,
    evidence?.providerCode,
    evidence?.requestId === undefined ? undefined : `request ${evidence.requestId}`,
  ].filter((part) => part !== undefined);
  return html`<p class="failure">${lastFailure.message} (${lastFailure.code})${said.length === 0 ? "" : html`<br>OTC: ${said.join(", ")}`}<br>What to do: ${commandsOn(siteFlags, hintOf(lastFailure.code))}</p>`;
}

function facts(run: Run, at: (instant: number) => string): [string, string][] {
  const took = durationMs(run);
  const all: [string, string | undefined][] = [
    ["State", `${run.state} (${run.reason}), attempt ${run.attempt} of ${run.terms.maxAttempts}`],
    [
      "Size",
      run.sizeKb === undefined ? undefined : `${sizeText(run.sizeKb)} (floor ${sizeText(run.terms.sizeFloorKb)})`,
    ],
    ["Took", took === undefined ? undefined : durationText(took)],
    ["Owner", run.terms.owner],
    ["Account", run.account],
    ["Start by", at(run.terms.startByAt)],
    ["End by", at(run.terms.completeByAt)],
    ["Ended", run.finishedAt === undefined ? undefined : at(run.finishedAt)],
    ["Backup", run.name],
    ["OTC id", run.backupId],
    [
      "Retention",
      run.retention === undefined ? undefined : `${run.retention.stage}: ${run.retention.reasons.join("; ")}`,
    ],
    ["Vanished", run.vanishedAt === undefined ? undefined : at(run.vanishedAt)],
    ["Policy version", String(run.terms.policyVersion)],
    ["Alerts", alerts(run, at)],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function alerts(run: Run, at: (instant: number) => string): string {
  const each = run.alerts.map(({ kind, level, sentAt }) => {
    const sent = sentAt === undefined ? "NOT SENT YET" : `sent ${at(sentAt)}`;
    return `${level} ${kind} (${runAlertKinds[kind]}), ${sent}`;
  });
  return each.length === 0 ? "none" : each.join("; ");
}

function step(event: RunEvent, instants: InstantText): Html {
  const times = event.times > 1 ? ` (${event.times} times, last ${instants.full(event.lastAt)})` : "";
  const way = event.from === event.to ? `still ${event.to}` : event.to;
  const detail = event.detail === undefined ? "" : html` <span class="detail">${event.detail}</span>`;
  return html`<li><time>${instants.full(event.at)}</time> <strong>${way}</strong>: ${event.reason}${times}${detail}</li>`;
}
