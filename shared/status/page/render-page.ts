// The whole page. First its parts, each of which can be renewed alone while the page is open; then the document around
// them. Rows beyond the first screens wait in a template, which costs a browser next to nothing until they are wanted.

import type { SiteStatus } from "../status-model.ts";
import { verdict } from "../verdict.ts";
import { databaseRow, rowKey } from "./database-row.ts";
import { Html, html } from "./html.ts";
import { InstantText, type Night } from "./instant-text.ts";
import { countsSection, legend, problemsSection, runningSection, verdictSection } from "./sections.ts";

export const sectionNames = ["asof", "verdict", "problems", "running", "counts", "heads"] as const;
export type SectionName = (typeof sectionNames)[number];

export interface PageParts {
  readonly title: string;
  /** Content of the element with the section's name as its id. */
  readonly sections: Readonly<Record<SectionName, string>>;
  /** Row by key, in the order of the page. */
  readonly rows: ReadonlyMap<string, string>;
}

/** How its reader sees it. */
export interface PageView {
  readonly timeZone: string;
  /** How commands name the site, as `--stage prod` does. */
  readonly siteFlags: string;
}

export function pageParts(status: SiteStatus, { timeZone, siteFlags }: PageView): PageParts {
  const instants = new InstantText(timeZone);
  const nights = instants.nights(status.at, status.nights);
  const row = (each: SiteStatus["databases"][number]) =>
    [rowKey(each), databaseRow(each, { now: status.at, nights, instants }).text] as const;
  const asOf = html`As of <strong>${instants.full(status.at)}</strong> ${instants.zoneName(status.at)}`;
  return {
    title: `${verdict(status).text} – otc-backup`,
    sections: {
      asof: asOf.text,
      verdict: verdictSection(status).text,
      problems: problemsSection(status, instants, siteFlags).text,
      running: runningSection(status, instants).text,
      counts: countsSection(status).text,
      heads: columnHeads(nights).text,
    },
    rows: new Map(status.databases.map(row)),
  };
}

export function columnHeads(nights: readonly Night[]): Html {
  const head = (text: string) => html`<div role="columnheader">${text}</div>`;
  const days = nights.map(
    ({ key, label, weekday }) =>
      html`<div role="columnheader" data-night="${key}"${weekday === 1 ? new Html(' class="monday"') : ""}><span>${label.slice(4)}</span></div>`,
  );
  return html`${head("Database")}${head("Freshness")}<div class="nights">${days}</div>${head("Size")}${head("Duration")}${head("Next slot")}${head("Why")}`;
}

/** Rows that are in the document from the start; the script brings in the others as they are scrolled or searched for. */
const firstRows = 60;

export interface Document {
  readonly parts: PageParts;
  readonly stage: string;
  readonly style: string;
  /** Plain JavaScript; must not contain `</script`. */
  readonly script: string;
  /** Which state of the feed this is, for the script to ask what has changed since. */
  readonly feed: { readonly id: string; readonly version: number };
}

export function renderPage({ parts, stage, style, script, feed }: Document): string {
  const { sections } = parts;
  const rows = [...parts.rows.values()].map((row) => new Html(row));
  const part = (name: SectionName) => new Html(sections[name]);
  const body = html`<div class="page"><header class="top"><h1>otc-backup<small>${stage}</small></h1><p id="asof">${part("asof")}</p><p id="link" class="link" role="status">live</p></header>
<main><div id="verdict">${part("verdict")}</div>
<div class="two"><section aria-labelledby="h-problems"><h2 id="h-problems">Problems</h2><div id="problems">${part("problems")}</div></section>
<section aria-labelledby="h-running"><h2 id="h-running">Now</h2><div id="running">${part("running")}</div></section></div>
<section aria-labelledby="h-databases"><div class="tools"><h2 id="h-databases">Databases</h2><input id="filter" type="search" placeholder="Filter by name, owner, account" aria-label="Filter databases"><div id="counts" class="counts" role="group" aria-label="Show only">${part("counts")}</div></div>
${legend()}<p id="keys" class="unseen">Arrow keys move between the nights, Enter tells the run's story.</p>
<div id="grid" role="grid" aria-label="Databases and their last nights, worst first" aria-describedby="keys" aria-rowcount="${rows.length + 1}"><div role="rowgroup"><div id="heads" role="row" class="head">${part("heads")}</div></div><div id="rows" role="rowgroup">${rows.slice(0, firstRows)}</div></div>
<p id="shown" class="said" role="status">${shownText(rows.length)}</p></section></main>
<dialog id="story" aria-labelledby="story-title"><header><h2 id="story-title">The run</h2><form method="dialog"><button>Close</button></form></header><div id="story-body"></div></dialog>
<template id="more">${rows.slice(firstRows)}</template></div>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${html`${parts.title}`.text}</title><style>${style}</style></head>
<body class="ob" data-feed="${html`${feed.id}`.text}" data-version="${feed.version}">${body.text}<script>${script}</script></body></html>`;
}

function shownText(count: number): string {
  if (count === 0) return "There is no policy yet.";
  return count <= firstRows ? "" : `The first ${firstRows} of ${count}; the others come as you scroll.`;
}
