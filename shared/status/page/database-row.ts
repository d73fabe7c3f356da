// One database of one policy as a row: who it is, how fresh, its nights, size and duration over time, what comes next.
// On a phone the parts stand below one another; the markup is the same.

import type { DatabaseStatus, Level } from "../database-status.ts";
import { durationText } from "../duration-text.ts";
import { durationMs, outcomeOf } from "../outcome.ts";
import { freshnessBar, type Point, sparkline } from "./drawings.ts";
import { type Html, html, nothing } from "./html.ts";
import type { InstantText, Night } from "./instant-text.ts";
import { type Cell, cellsOf, renderCell } from "./night-cells.ts";
import { ageText, sizeText } from "./quantity-text.ts";

export const levelWords: Readonly<Record<Level, string>> = {
  stale: "out of target",
  troubled: "in trouble",
  new: "new",
  fresh: "fresh",
  paused: "paused",
  off: "switched off",
};

/** What rows of one page share. */
export interface RowContext {
  readonly now: number;
  readonly nights: readonly Night[];
  readonly instants: InstantText;
  /** How a cell is shown; the widget makes the bad ones clickable in its own way. */
  readonly cell?: (cell: Cell, status: DatabaseStatus) => Html;
  /** What stands below the reasons. */
  readonly below?: Html;
}

export function rowKey({ policyId, instanceId = "" }: Pick<DatabaseStatus, "policyId" | "instanceId">): string {
  return `${policyId}/${instanceId}`;
}

export function databaseRow(status: DatabaseStatus, context: RowContext): Html {
  const cells = cellsOf(status, context.nights, context.instants);
  const cell = context.cell ?? renderCell;
  return html`<div role="row" class="db ${status.level}" data-key="${rowKey(status)}">${who(status)}${age(status)}<div class="nights">${cells.map((each) => cell(each, status))}</div>${trend("size", cells, status)}${trend("time", cells, status)}${next(status, context)}${why(status, context.below)}</div>`;
}

function who({ policyId, instanceId, instanceName, owner, account, level }: DatabaseStatus): Html {
  const whose = [owner, account].flatMap((part) => (part === undefined ? [] : [` · ${part}`]));
  return html`<div role="rowheader" class="who"><span class="lv ${level}">${levelWords[level]}</span><strong>${policyId}</strong><div>${instanceName === undefined ? "" : `${instanceName} `}<code title="${instanceId}">${instanceId === undefined ? "no database" : shortId(instanceId)}</code>${whose}</div></div>`;
}

/** OTC's ids are 32 hexadecimal digits, `in`, and two that tell the engine. */
function shortId(instanceId: string): string {
  return instanceId.length <= 16 ? instanceId : `${instanceId.slice(0, 8)}…${instanceId.slice(-4)}`;
}

function age({ freshness, level }: DatabaseStatus): Html {
  if (freshness === undefined) return html`<div role="gridcell" class="age">no policy in force</div>`;
  const target = durationText(freshness.maxAgeMs);
  const none = freshness.newestGoodAt === undefined;
  const words = none ? (level === "new" ? "none yet" : "no good backup") : ageText(freshness.ageMs);
  const bar = freshnessBar(level === "new" ? { ...freshness, ageMs: 0 } : freshness, `${words}, target ${target}`);
  return html`<div role="gridcell" class="age">${bar}<span><strong>${words}</strong> ${none ? "in" : "of"} ${target}</span></div>`;
}

function trend(what: "size" | "time", cells: readonly Cell[], status: DatabaseStatus): Html {
  const text = what === "size" ? sizeText : durationText;
  const points = cells.flatMap(({ runs }, night) => pointOf(what, { runs, night, sizeFloorKb: status.sizeFloorKb }));
  const values = points.map((point) => point.value);
  const last = values.at(-1);
  const label = what === "size" ? "Size" : "Duration";
  if (last === undefined) return html`<div role="gridcell" class="trend"><em>${label}</em></div>`;
  const range = `${text(Math.min(...values))} to ${text(Math.max(...values))} over ${values.length} nights`;
  const words = `${label} over time: last ${text(last)}, ${range}`;
  return html`<div role="gridcell" class="trend" title="${words}"><em>${label}</em>${sparkline(points, { nights: cells.length, words })}<span>${text(last)}</span></div>`;
}

/** The last completed run of a night that is good. */
function pointOf(
  what: "size" | "time",
  { runs, night, sizeFloorKb }: { runs: Cell["runs"]; night: number; sizeFloorKb: number | undefined },
): Point[] {
  const run = runs.findLast((each) => outcomeOf(each, sizeFloorKb) === "good");
  const value = run === undefined ? undefined : what === "size" ? run.sizeKb : durationMs(run);
  return value === undefined ? [] : [{ night, value }];
}

function next({ nextSlotAt }: DatabaseStatus, { instants, now }: RowContext): Html {
  const text = nextSlotAt === undefined ? "no next slot" : instants.soon(nextSlotAt, now);
  return html`<div role="gridcell" class="next"><em>Next</em><span>${text}</span></div>`;
}

/** Always there, so that every row has the same columns; empty for a fresh one. */
function why({ reasons }: DatabaseStatus, below: Html = nothing): Html {
  const list = reasons.length === 0 ? nothing : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`;
  return html`<div role="gridcell" class="why">${list}${below}</div>`;
}
