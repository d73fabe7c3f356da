// The status of a site as text: the verdict first, then what is wrong and what to type, then one line per policy.

import { commandsOn } from "../shared/domain/messages/site-commands.ts";
import { shellWord } from "../shared/domain/messages/terminal-text.ts";
import type { DatabaseStatus } from "../shared/status/database-status.ts";
import { durationText } from "../shared/status/duration-text.ts";
import { outcomeOf } from "../shared/status/outcome.ts";
import type { SiteProblem } from "../shared/status/site-problems.ts";
import type { SiteStatus } from "../shared/status/status-model.ts";
import { verdict } from "../shared/status/verdict.ts";
import { factsText, plural, tableText, tinted, widest, wrapped } from "./output.ts";
import { relativeText, wallText } from "./time-text.ts";

const tones = { bad: "bad", warning: "warning", good: "good" } as const;
const levelTones = {
  stale: "bad",
  troubled: "bad",
  new: "warning",
  fresh: "good",
  paused: "dim",
  off: "dim",
} as const;

/** So many problems are told, each in so many lines; a status that scrolls away helps nobody. */
const shownProblems = 10;
const shownDetails = 3;

/** `site`: how commands name it, for what to type. */
export function statusText(status: SiteStatus, site: string): string {
  const said = verdict(status);
  const policies = [...Map.groupBy(status.databases, (each) => each.policyId).values()];
  const sections = [
    `${tinted(tones[said.level], tinted("strong", said.text))}\n${tinted("dim", asOf(status))}`,
    policiesTable(policies, status.at),
    troubleText(status, site),
    problemsText(status.problems, site),
    runningText(status),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function asOf({ at, accountedThroughAt, policyCount }: SiteStatus): string {
  const tick =
    accountedThroughAt === undefined ? "no tick yet" : `last whole tick ${relativeText(accountedThroughAt, at)}`;
  return `${wallText(at, at)}, ${plural(policyCount, "policy", "policies")}, ${tick}`;
}

function policiesTable(policies: readonly (readonly DatabaseStatus[])[], now: number): string {
  const rows = policies.flatMap((databases) => {
    const [worst] = databases;
    return worst === undefined ? [] : [policyRow(worst, databases, now)];
  });
  return tableText(["", "policy", "dbs", "age / target", "last run", "next slot"], rows);
}

/** The databases of a policy are sorted worst first, so the first one speaks for it. */
function policyRow(worst: DatabaseStatus, databases: readonly DatabaseStatus[], now: number): string[] {
  const { level, policyId, freshness, lastRun, nextSlotAt } = worst;
  const atRisk = databases.filter((each) => each.atRisk).length;
  const age = freshness === undefined || freshness.newestGoodAt === undefined ? "none" : durationText(freshness.ageMs);
  const target = freshness === undefined ? "" : ` / ${durationText(freshness.maxAgeMs)}`;
  const last = lastRun === undefined ? "-" : `${outcomeOf(lastRun, worst.sizeFloorKb)} ${roughly(lastRun.slotAt, now)}`;
  return [
    tinted(levelTones[level], level),
    policyId,
    worst.instanceId === undefined
      ? "-"
      : atRisk > 0 && databases.length > 1
        ? `${atRisk} of ${databases.length}`
        : String(databases.length),
    `${age}${target}`,
    last,
    nextSlotAt === undefined ? "-" : roughly(nextSlotAt, now),
  ];
}

/** In a line of a table the largest unit is enough: `in 18 h`, `5 h ago`. */
function roughly(at: number, now: number): string {
  return relativeText(at, now).replace(/^((?:in )?\d+ [a-z]) \d+ [a-z]/, "$1");
}

/** Why, and what to type first. */
function troubleText({ databases }: SiteStatus, site: string): string {
  const atRisk = databases.filter((each) => each.atRisk);
  if (atRisk.length === 0) return "";
  const lines = atRisk.slice(0, shownProblems).map((each) => {
    const reasons = shortened(each.reasons).flatMap((reason) =>
      wrapped(reason, widest - 6).map((line) => `    ${line}`),
    );
    const type =
      each.instanceId === undefined ? `policies show ${shellWord(each.policyId)}` : `why ${shellWord(each.policyId)}`;
    return [
      `  ${each.policyId} ${each.instanceId ?? ""}`.trimEnd(),
      ...reasons,
      `    type: otc-backup ${type} ${site}`,
    ].join("\n");
  });
  const more = atRisk.length > shownProblems ? [`  and ${atRisk.length - shownProblems} more`] : [];
  return [tinted("strong", "at risk"), ...lines, ...more].join("\n");
}

function shortened(reasons: readonly string[]): readonly string[] {
  if (reasons.length <= shownDetails + 1) return reasons;
  return [...reasons.slice(0, shownDetails), `and ${reasons.length - shownDetails} more reasons`];
}

function problemsText(problems: readonly SiteProblem[], site: string): string {
  if (problems.length === 0) return "";
  const lines = problems.slice(0, shownProblems).map(({ kind, level, subject, details, runbook }) => {
    const read = runbook === undefined ? [] : [["", `read: docs/operations.md#${runbook}`] as const];
    return factsText([
      [level, tinted("strong", `${kind}: ${subject}`)],
      ...details.slice(0, shownDetails).map((text) => ["", commandsOn(site, text)] as const),
      ...read,
    ]);
  });
  const more = problems.length > shownProblems ? [`  and ${problems.length - shownProblems} more`] : [];
  return [tinted("strong", "problems"), ...lines, ...more].join("\n");
}

function runningText({ running, at }: SiteStatus): string {
  if (running.length === 0) return "";
  const lines = running.slice(0, shownProblems).map(({ run }) => {
    const since = durationText(at - (run.acceptedAt ?? run.createdAt));
    return `  ${run.policyId} ${run.instanceId}  ${run.state} for ${since}`;
  });
  const more = running.length > shownProblems ? [`  and ${running.length - shownProblems} more`] : [];
  return [tinted("strong", "under way"), ...lines, ...more].join("\n");
}
