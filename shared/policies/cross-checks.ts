// The rules of a row that concern several fields at once. Each is checked whether or not other fields are wrong, so that
// a person sees everything in one go.

import type { Problem } from "../domain/policy.ts";
import { fieldGuide } from "./field-guide.ts";
import type { RowMap } from "./row-value.ts";
import { showValue } from "./show-value.ts";

/** Target and pause: fields of which one needs, or excludes, the other. */
export function crossProblems(fields: RowMap, now: number): Problem[] {
  return [...targetProblems(fields), ...pauseProblems(fields), ...endlessPauseProblems(fields, now)];
}

function targetProblems({ instanceIds, selector }: RowMap): Problem[] {
  if (instanceIds === undefined && selector === undefined) {
    const remedy = `add instanceIds or selector: ${fieldGuide.instanceIds.remedy}`;
    return [
      { field: "instanceIds", value: "absent", message: "is missing, and so is selector", remedy, level: "problem" },
    ];
  }
  if (instanceIds === undefined || selector === undefined) return [];
  const message = "stands beside instanceIds, and a policy has only one of the two";
  const remedy = "remove selector to back up exactly the instances listed, or remove instanceIds";
  return [{ field: "selector", value: showValue(selector), message, remedy, level: "problem" }];
}

function pauseProblems({ pausedUntil, pauseReason }: RowMap): Problem[] {
  if ((pausedUntil === undefined) === (pauseReason === undefined)) return [];
  const missing = pausedUntil === undefined ? "pausedUntil" : "pauseReason";
  const other = pausedUntil === undefined ? "pauseReason" : "pausedUntil";
  const message = "is missing: a pause always has an end and a reason";
  const remedy = `${fieldGuide[missing].remedy}; to end the pause remove ${other}`;
  return [{ field: missing, value: "absent", message, remedy, level: "problem" }];
}

const longestPauseDays = 3660;

/** An end nobody lives to see is no end. Roughly counted: the exact end depends on the zone. */
function endlessPauseProblems({ pausedUntil }: RowMap, now: number): Problem[] {
  if (typeof pausedUntil !== "string" || !/^\d{4}-\d\d-\d\d/.test(pausedUntil)) return [];
  const isFar = Date.parse(pausedUntil) - now > longestPauseDays * 86_400_000;
  if (!isFar) return [];
  const message = `is more than ${longestPauseDays} days ahead, and a pause always has an end`;
  const remedy = "write an earlier end, or set enabled to false to stop the backups for good";
  return [{ field: "pausedUntil", value: showValue(pausedUntil), message, remedy, level: "problem" }];
}
