// The parts of the page above the databases: the verdict, how many stand where, what runs now, what is wrong.

import { quotedCommandsOn } from "../../domain/messages/site-commands.ts";
import { levels } from "../database-status.ts";
import { durationText } from "../duration-text.ts";
import type { RunningNow } from "../running-now.ts";
import type { ProblemKind, SiteProblem } from "../site-problems.ts";
import type { SiteStatus } from "../status-model.ts";
import { verdict } from "../verdict.ts";
import { levelWords } from "./database-row.ts";
import { type Content, type Html, html, nothing } from "./html.ts";
import type { InstantText } from "./instant-text.ts";
import { cellWords } from "./night-cells.ts";

/** So many entries of a list stand open; the rest is one click away. */
const openEntries = 5;
const openLines = 6;
/** Nobody reads more, and one cause can make tens of thousands. */
const mostEntries = 100;

const verdictWords = { bad: "Act now", warning: "Look at it", good: "All is well" } as const;

export function verdictSection(status: SiteStatus): Html {
  const { level, text } = verdict(status);
  return html`<div class="verdict ${level}" role="status"><span class="sign">${verdictWords[level]}</span><p>${text}</p></div>`;
}

/** How many databases stand at each level; on a page with script each is a filter. */
export function countsSection({ counts }: SiteStatus): Html {
  return html`${levels
    .filter((level) => counts[level] > 0)
    .map(
      (level) =>
        html`<button type="button" class="count" data-level="${level}" aria-pressed="false"><span class="lv ${level}">${levelWords[level]}</span> <strong>${counts[level]}</strong></button>`,
    )}`;
}

export function runningSection({ running }: SiteStatus, instants: InstantText): Html {
  if (running.length === 0) return html`<p class="quiet">Nothing is running.</p>`;
  return folded(running.map((each) => () => runningItem(each, instants)));
}

function runningItem({ run, underWayMs, progress, expectedEndAt, overdue }: RunningNow, instants: InstantText): Html {
  const { css, word } = cellWords[run.state === "completed" ? "good" : run.state === "skipped" ? "skipped" : run.state];
  const percent = progress === undefined ? undefined : Math.round(progress * 100);
  const bar =
    percent === undefined
      ? nothing
      : html`<progress max="100" value="${percent}" aria-label="progress of ${run.policyId} by its usual duration">${percent} %</progress>`;
  const nowAt = (run.acceptedAt ?? run.createdAt) + underWayMs;
  const usual = nowAt > (expectedEndAt ?? nowAt) ? "longer than usual, expected by" : "usually done by";
  const until = expectedEndAt === undefined ? "" : `, ${usual} ${instants.time(expectedEndAt)}`;
  const why = run.state === "building" ? "" : `: ${run.lastFailure?.message ?? run.reason}`;
  const late = overdue
    ? html` <strong class="late">overdue since ${instants.full(run.terms.completeByAt)}</strong>`
    : "";
  return html`<li><b class="${css}"></b><div><strong>${run.policyId}</strong> <code>${run.instanceId}</code><br>${word} for ${durationText(underWayMs)}${until}${why}${late}${bar}</div></li>`;
}

const problemWords: Readonly<Record<ProblemKind, string>> = {
  "tick-late": "Nothing ticks",
  "alert-unsent": "Alert not delivered",
  "slot-without-run": "Slot without a run",
  "alert-open": "Open alert",
  "row-invalid": "Invalid row",
};

/** `siteFlags` name the site in commands, as `--stage prod` does. */
export function problemsSection({ problems }: SiteStatus, instants: InstantText, siteFlags: string): Html {
  if (problems.length === 0)
    return html`<p class="quiet">None: every row is valid, every slot has its run, no alert is open.</p>`;
  return folded(problems.map((problem) => () => problemItem(onSite(problem, siteFlags), instants)));
}

function onSite(problem: SiteProblem, siteFlags: string): SiteProblem {
  return { ...problem, details: problem.details.map((line) => quotedCommandsOn(siteFlags, line)) };
}

function problemItem({ kind, level, subject, details, runbook, since }: SiteProblem, instants: InstantText): Html {
  const when = since === undefined ? "" : html` <small>since ${instants.full(since)}</small>`;
  const book = runbook === undefined ? "" : html`<li class="hint">Runbook: docs/operations.md#${runbook}</li>`;
  return html`<li><span class="lv ${level === "page" ? "stale" : "troubled"}">${level}</span><div><strong>${problemWords[kind]}</strong>: ${subject}${when}${lines(details, book)}</div></li>`;
}

/** An alert may list a thousand databases. */
function lines(details: readonly string[], book: Content): Html {
  const items = details.map((line) => html`<li>${withCommands(line)}</li>`);
  const inner = html`<ul>${items.slice(openLines, mostEntries)}</ul>`;
  return html`<ul>${items.slice(0, openLines)}</ul>${more(items.length - openLines === 1 ? "more line" : "more lines", items.length, { open: openLines, inner })}<ul>${book}</ul>`;
}

/** What stands in backticks is a command. */
function withCommands(line: string): Content {
  return line.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** One `<li>` each; those beyond the most are not even made. */
function folded(items: readonly (() => Html)[]): Html {
  const made = items.slice(0, mostEntries).map((make) => make());
  const inner = html`<ul class="list">${made.slice(openEntries)}</ul>`;
  return html`<ul class="list">${made.slice(0, openEntries)}</ul>${more("more", items.length, { open: openEntries, inner })}`;
}

function more(words: string, count: number, { open, inner }: { open: number; inner: Html }): Html {
  if (count <= open) return nothing;
  const beyond = count > mostEntries ? html`<p class="quiet">The first ${mostEntries} of ${count}.</p>` : nothing;
  return html`<details><summary>${count - open} ${words}</summary>${inner}${beyond}</details>`;
}

/** Every kind of cell that is worth a word; the letter and the colour say the same. */
export function legend(): Html {
  const shown = Object.values(cellWords).filter(({ css }) => css !== "o");
  return html`<ul class="legend" aria-label="Meaning of the cells">${shown.map(
    ({ css, word }) => html`<li><b class="${css}"></b> ${word}</li>`,
  )}</ul>`;
}
