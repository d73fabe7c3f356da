// One sentence for the whole site: what the person at 03:00 reads first.

import type { DatabaseStatus } from "./database-status.ts";
import type { SiteStatus } from "./status-model.ts";

export interface Verdict {
  /** bad: someone should act now. warning: nothing is at risk, yet something is wrong. good: go back to sleep. */
  readonly level: "bad" | "warning" | "good";
  readonly text: string;
}

/** So many names fit onto a phone. */
const named = 3;

export function verdict(status: SiteStatus): Verdict {
  const { counts, databases, problems } = status;
  const aside = [count(counts.new, "new"), count(counts.paused, "paused"), count(counts.off, "switched off")].filter(
    (part) => part !== "",
  );
  const also = aside.length === 0 ? "" : `, ${aside.join(", ")}`;
  const late = problems.find((problem) => problem.kind === "tick-late");
  if (late !== undefined) return { level: "bad", text: `Nothing is being started: ${late.details[0] ?? ""}` };
  const atRisk = databases.filter((each) => each.atRisk);
  if (atRisk.length > 0)
    return { level: "bad", text: `${atRisk.length} of ${databases.length} at risk: ${names(atRisk)}` };
  const paging = problems.filter((problem) => problem.level === "page").length;
  const inTarget = `${freshText(status)}${also}`;
  if (problems.length > 0)
    return { level: paging > 0 ? "bad" : "warning", text: `${inTarget}; ${plural(problems.length, "problem")}` };
  if (databases.length === 0) return { level: "warning", text: "Nothing is backed up: there is no policy" };
  return { level: "good", text: inTarget };
}

function freshText({ counts, databases }: SiteStatus): string {
  if (counts.fresh === databases.length) return `All ${plural(counts.fresh, "database")} fresh`;
  return counts.fresh === 0 ? "No database fresh" : `${plural(counts.fresh, "database")} fresh`;
}

function names(atRisk: readonly DatabaseStatus[]): string {
  const distinct = [...new Set(atRisk.map((each) => each.policyId))];
  const more = distinct.length > named ? ` and ${distinct.length - named} more policies` : "";
  return `${distinct.slice(0, named).join(", ")}${more}`;
}

function count(n: number, word: string): string {
  return n === 0 ? "" : `${n} ${word}`;
}

function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
