// One measured figure beside its floor, and how they are printed.

import { tableText, tinted } from "../cli/output.ts";

export interface Figure {
  /** What was measured, the same for all figures of one measurement. */
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The least that is possible, where there is one. */
  readonly floor?: number;
  /** What we hold ourselves to: the value, or its ratio to the floor, is at most this. */
  readonly target?: { readonly of: "value" | "ratio"; readonly most: number };
}

export function ratioOf({ value, floor }: Figure): number | undefined {
  return floor === undefined || floor === 0 ? undefined : value / floor;
}

export function meetsTarget(figure: Figure): boolean {
  const { target, value } = figure;
  if (target === undefined) return true;
  return (target.of === "value" ? value : (ratioOf(figure) ?? 0)) <= target.most;
}

/** The figures as one table, a line each under the heading of their group. */
export function figureText(figures: readonly Figure[]): string {
  const head = ["figure", "value", "unit", "floor", "ratio", "target"];
  const groups = [...Map.groupBy(figures, (figure) => figure.group)];
  return tableText(
    head,
    groups.flatMap(([heading, list]) => [{ heading }, ...list.map(rowOf)]),
  );
}

/** One JSON value: the figures with their ratios. Its fields are described in docs/performance.md. */
export function figureJson(figures: readonly Figure[], settings: object): string {
  const list = figures.map((figure) => {
    const { group, name, value, unit, floor = null, target = null } = figure;
    return { group, name, value, unit, floor, ratio: ratioOf(figure) ?? null, target, meets: meetsTarget(figure) };
  });
  return JSON.stringify({ schemaVersion: 1, settings, figures: list });
}

function rowOf(figure: Figure): string[] {
  const { name, value, unit, floor, target } = figure;
  const ratio = ratioOf(figure);
  const wanted = target === undefined ? "" : `${target.of === "ratio" ? "ratio " : ""}<= ${target.most}`;
  return [
    `  ${name}`,
    shown(value),
    unit,
    floor === undefined ? "" : shown(floor),
    ratio === undefined ? "" : ratio.toFixed(2),
    meetsTarget(figure) ? wanted : tinted("bad", `${wanted}, missed`),
  ];
}

function shown(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

/** The value below which the given share of the list lies; 0 of an empty list. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
