// Small drawings in SVG: how much of the freshness target is used up, and sizes and durations over the nights. Each says
// in words what it shows. No style attributes, which the page's content policy forbids.

import type { Freshness } from "../../domain/runs/good.ts";
import { type Html, html } from "./html.ts";

/** The target's mark stands here, of 100; what lies beyond it is over the target. */
const targetAt = 80;

/** A bar from left to right with a mark at the target, so that bars of different targets can be compared. */
export function freshnessBar({ ageMs, maxAgeMs }: Freshness, words: string): Html {
  const share = Number.isFinite(ageMs) ? ageMs / maxAgeMs : Number.POSITIVE_INFINITY;
  const within = Math.round(Math.min(1, Math.max(0, share)) * targetAt);
  const beyond = share > 1 ? Math.max(3, Math.round(Math.min(1, share - 1) * (100 - targetAt))) : 0;
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="${words}"><rect class="rail" width="100" height="8"/><rect class="in" width="${within}" height="8"/>${
    beyond > 0 ? html`<rect class="over" x="${targetAt}" width="${beyond}" height="8"/>` : ""
  }<rect class="mark" x="${targetAt}" width="1" height="8"/></svg>`;
}

export interface Point {
  /** Which night, 0 is the oldest. */
  readonly night: number;
  readonly value: number;
}

const width = 96;
const height = 22;

/** A line over the nights from zero to the greatest value, so that a sudden fall looks like one. Needs two points. */
export function sparkline(points: readonly Point[], facts: { nights: number; words: string }): Html {
  const top = Math.max(...points.map((point) => point.value), 1);
  const x = (point: Point) => Math.round((point.night / Math.max(1, facts.nights - 1)) * (width - 4)) + 2;
  const y = (point: Point) => Math.round((1 - point.value / top) * (height - 6)) + 3;
  const last = points.at(-1);
  if (last === undefined || points.length < 2)
    return html`<svg class="spark" viewBox="0 0 ${width} ${height}" role="img" aria-label="${facts.words}"></svg>`;
  const line = points.map((point) => `${x(point)},${y(point)}`).join(" ");
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" role="img" aria-label="${facts.words}"><polyline points="${line}"/><circle cx="${x(last)}" cy="${y(last)}" r="2.4"/></svg>`;
}
