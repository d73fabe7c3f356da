// The page as a CloudWatch custom widget: the same parts without script, which CloudWatch removes. Nights that ended badly can
// be clicked (CloudWatch then calls the function again for the story); the worst databases bring their last story along.

import type { Run } from "../../domain/runs/run.ts";
import { hasEnded } from "../../domain/runs/run.ts";
import type { DatabaseStatus } from "../database-status.ts";
import { levels } from "../database-status.ts";
import { isBad, outcomeOf } from "../outcome.ts";
import type { SiteStatus } from "../status-model.ts";
import { databaseRow, levelWords, rowKey } from "./database-row.ts";
import { Html, html, nothing } from "./html.ts";
import { InstantText } from "./instant-text.ts";
import { type Cell, renderCell } from "./night-cells.ts";
import { columnHeads } from "./render-page.ts";
import { legend, problemsSection, runningSection, verdictSection } from "./sections.ts";
import { renderStories } from "./story.ts";
import { style } from "./style.ts";

export interface WidgetView {
  readonly stage: string;
  readonly theme: "light" | "dark";
  readonly timeZone: string;
  /** The function's own ARN, which a click on a night calls. */
  readonly functionArn: string;
}

/** A dashboard is looked at, not searched: the worst ones; the command line lists all. */
const rowsShown = 60;
const storiesShown = 10;

/** Fits into the answer of a synchronous invocation (6 MB) by far, whatever the size of the site. */
export function renderWidget(status: SiteStatus, view: WidgetView): string {
  const instants = new InstantText(view.timeZone);
  const nights = instants.nights(status.at, status.nights);
  const context = { now: status.at, nights, instants };
  const shown = status.databases.slice(0, rowsShown);
  const rows = shown.map((each, index) => {
    const cell = (one: Cell) => clickable(one, each, view);
    const below = index < storiesShown ? lastBad(each, instants, stageFlags(view)) : nothing;
    return databaseRow(each, { ...context, cell, below });
  });
  const rest = status.databases.length - shown.length;
  const more =
    rest > 0
      ? html`<p class="said">${rest} more, none worse than these: npx otc-backup status ${stageFlags(view)}</p>`
      : nothing;
  return framed(
    view,
    html`<p class="said">As of <strong>${instants.full(status.at)}</strong> ${instants.zoneName(status.at)}</p>${verdictSection(status)}
<div class="two"><section><h2>Problems</h2>${problemsSection(status, instants, stageFlags(view))}</section><section><h2>Now</h2>${runningSection(status, instants)}</section></div>
<section><div class="tools"><h2>Databases</h2>${counts(status)}</div>${legend()}<div role="grid" aria-label="Databases and their last nights, worst first"><div role="rowgroup"><div role="row" class="head">${columnHeads(nights)}</div></div><div role="rowgroup">${rows}</div></div>${more}</section>`,
  );
}

/** The answer to a click on a night, shown in a pop-up. */
export function renderWidgetStory(status: SiteStatus, story: { key: string; night: string }, view: WidgetView): string {
  const instants = new InstantText(view.timeZone);
  const database = status.databases.find((each) => rowKey(each) === story.key);
  const runs = database?.runs.filter((run) => instants.dayKey(run.slotAt) === story.night) ?? [];
  return framed(view, renderStories(runs, instants, stageFlags(view)));
}

/** When the tables cannot be read: said in the place where people look, instead of an error they would have to open. */
export function renderWidgetFailure(why: string, view: WidgetView): string {
  return framed(
    view,
    html`<div class="verdict bad" role="status"><span class="sign">Act now</span><p>The status cannot be read: ${why}</p></div>`,
  );
}

function framed({ theme }: WidgetView, content: Html): string {
  return html`<style>${new Html(style)}</style><div class="cwdb-no-default-styles"></div><div class="ob" data-theme="${theme}"><div class="main" role="region" aria-label="Backups">${content}</div></div>`
    .text;
}

function counts({ counts: of }: SiteStatus): Html {
  return html`${levels.filter((level) => of[level] > 0).map((level) => html`<span><span class="lv ${level}">${levelWords[level]}</span> <strong>${of[level]}</strong></span>`)}`;
}

/** Only nights with something to tell: each click target costs two hundred bytes. */
function clickable(cell: Cell, status: DatabaseStatus, { functionArn }: WidgetView): Html {
  const worth = cell.runs.length > 0 && cell.kind !== "good" && cell.kind !== "paused";
  if (!worth) return renderCell(cell);
  const parameters = JSON.stringify({ story: { key: rowKey(status), night: cell.night.key } });
  const shown = new Html(renderCell(cell).text.replace(' role="gridcell"', ""));
  return html`<span role="gridcell" class="act"><a>${shown}</a><cwdb-action action="call" display="popup" endpoint="${functionArn}">${parameters}</cwdb-action></span>`;
}

function lastBad(status: DatabaseStatus, instants: InstantText, siteFlags: string): Html {
  const last: Run | undefined = status.runs.findLast(hasEnded);
  if (!status.atRisk || last === undefined || !isBad(outcomeOf(last, status.sizeFloorKb))) return nothing;
  return html`<details><summary>What happened to the last run of ${status.policyId}</summary>${renderStories([last], instants, siteFlags)}</details>`;
}

function stageFlags({ stage }: WidgetView): string {
  return `--stage ${stage}`;
}
