// The nights of one database: which runs fall on which day, and the one word and letter that stands for each day.

import type { Run } from "../../domain/runs/run.ts";
import type { DatabaseStatus } from "../database-status.ts";
import { durationText } from "../duration-text.ts";
import { durationMs, type Outcome, outcomeOf } from "../outcome.ts";
import { type Html, html } from "./html.ts";
import type { InstantText, Night } from "./instant-text.ts";
import { sizeText } from "./quantity-text.ts";

/** A day without any slot, or a slot without its run, besides what runs can be. */
export type CellKind = Outcome | "no-run" | "none";

/** Worst first: a day with several runs is shown as its worst. */
const byWeight: readonly CellKind[] = [
  "no-run",
  "lost",
  "vanished",
  "failed",
  "missed",
  "not-good",
  "skipped",
  "building",
  "requested",
  "waiting",
  "good",
  "paused",
  "none",
];

/** The class of a cell (its colour and letter are in the style), and what it means, for the legend and screen readers. */
export const cellWords: Readonly<Record<CellKind, { css: string; letter: string; word: string }>> = {
  good: { css: "g", letter: "", word: "good" },
  "not-good": { css: "n", letter: "!", word: "too small" },
  failed: { css: "f", letter: "F", word: "failed" },
  missed: { css: "m", letter: "M", word: "missed" },
  lost: { css: "l", letter: "L", word: "lost" },
  vanished: { css: "v", letter: "V", word: "vanished" },
  skipped: { css: "s", letter: "S", word: "skipped" },
  "no-run": { css: "x", letter: "?", word: "slot without a run" },
  building: { css: "b", letter: "B", word: "being made" },
  requested: { css: "r", letter: "R", word: "requested" },
  waiting: { css: "w", letter: "W", word: "waiting" },
  paused: { css: "p", letter: "P", word: "paused" },
  none: { css: "o", letter: "", word: "no slot" },
};

export interface Cell {
  readonly night: Night;
  readonly kind: CellKind;
  readonly runs: readonly Run[];
  /** One line: when, how large, how long. */
  readonly summary: string;
}

export function cellsOf(status: DatabaseStatus, nights: readonly Night[], instants: InstantText): Cell[] {
  const byDay = Map.groupBy(status.runs, (run) => instants.dayKey(run.slotAt));
  const missing = Map.groupBy(status.missingSlots, (slotAt) => instants.dayKey(slotAt));
  return nights.map((night) => {
    const runs = byDay.get(night.key) ?? [];
    const lacking = missing.get(night.key) ?? [];
    const kinds = [...runs.map((run) => outcomeOf(run, status.sizeFloorKb)), ...lacking.map(() => "no-run" as const)];
    const kind = byWeight.find((each) => kinds.some((own) => own === each)) ?? "none";
    return { night, kind, runs, summary: summaryOf({ night, kind, runs, lacking }, instants) };
  });
}

function summaryOf(
  day: { night: Night; kind: CellKind; runs: readonly Run[]; lacking: readonly number[] },
  instants: InstantText,
): string {
  const { night, kind, runs, lacking } = day;
  const [only] = runs;
  const parts: string[] = [];
  if (lacking.length > 0) parts.push(`no run for ${lacking.map((at) => instants.time(at)).join(", ")}`);
  if (runs.length === 1 && only !== undefined) parts.push(runSummary(only, instants));
  if (runs.length > 1) parts.push(`${runs.length} runs, worst: ${cellWords[kind].word}`);
  return parts.length === 0 ? night.label : `${night.label} ${parts.join("; ")}`;
}

function runSummary(run: Run, instants: InstantText): string {
  const took = durationMs(run);
  const attempt = run.attempt > 1 ? `attempt ${run.attempt}` : "";
  const size = run.sizeKb === undefined ? "" : sizeText(run.sizeKb);
  const time = took === undefined ? "" : `in ${durationText(took)}`;
  const made = [size, time].filter((part) => part !== "").join(" ");
  const failure = run.state === "completed" ? "" : (run.lastFailure?.message ?? "");
  return [instants.time(run.slotAt), made, attempt, failure].filter((part) => part !== "").join(", ");
}

/** Letter and colour come from the style; the word is there for screen readers and for pages without style. */
export function renderCell(cell: Cell): Html {
  const { css, word } = cellWords[cell.kind];
  if (cell.kind === "none") return html`<b role="gridcell" class="o"></b>`;
  return html`<b role="gridcell" class="${css}" title="${cell.summary}">${word}</b>`;
}
