// The other half of I4: who is woken is woken for a reason. Judged for what is said of a cause that the checker can see: runs and
// slots that nobody takes up, and an OTC that is in trouble.

import type { Fault, FaultOf } from "../plan/fault.ts";
import type { Facts } from "./facts.ts";
import { graced } from "./grace.ts";

const minuteMs = 60_000;
/** Trouble of OTC is told once it has lasted for half an hour; the last look of those that met it may be two minutes old. */
const outageMs = 28 * minuteMs;
/** The auditor has met it at two surveys, half an hour apart or, after an absence, less. */
const atTwoSurveysMs = 5 * minuteMs;

/** Faults that keep nobody from moving a run on. */
const harmless: ReadonlySet<string> = new Set([
  ...["post-answer-lost", "backup-fate", "instance-status", "instance-busy", "names-racy", "answers-echo"],
]);

export function falseAlarms(facts: Facts): string[] {
  const hindering = facts.used.filter(({ kind }) => !harmless.has(kind));
  return facts.told.flatMap(({ kind, at, body }) => {
    const isTrue =
      kind === "account-unusable" ? isOutage(facts, { at, body }) : isNeglect(facts, { kind, at, hindering });
    return isTrue ? [] : [`${kind} was told at ${new Date(at).toISOString()} for no reason: ${body.slice(0, 400)}`];
  });
}

/** What nobody takes up has a reason in the half hour before. */
function isNeglect({ runs }: Facts, of: { kind: string; at: number; hindering: readonly Fault[] }): boolean {
  if (of.kind !== "runs-stuck" && of.kind !== "slots-unaccounted") return true;
  // Runs that build for ever are seldom looked at here.
  const isHopeless = [...runs.values()].some(({ reason }) => reason === "overdue");
  return isHopeless || graced(of.hindering, of.at - 40 * minuteMs, of.at) > of.at;
}

/** Trouble of OTC's own has lasted; another fault near it may have made it longer than it was. */
function isOutage({ used, runs }: Facts, { at, body }: { at: number; body: string }): boolean {
  if (!/\((provider-unavailable|provider-unreachable|throttled)\)/.test(body)) return true;
  const outages = used.filter((fault): fault is FaultOf<"otc-outage"> => fault.kind === "otc-outage");
  // Of several the later goes on with the earlier.
  let since = at;
  for (const outage of outages.toSorted((a, b) => b.at - a.at))
    if (outage.at + outage.forMs >= since - 2 * minuteMs) since = Math.min(since, outage.at);
  // A backup that builds for ever is seldom looked at here: the outage is as old as the look that was left out.
  if ([...runs.values()].some(({ reason, state }) => reason === "overdue" && state === "building")) return true;
  const others = used.filter(
    ({ kind }) => kind !== "otc-outage" && (!harmless.has(kind) || kind === "post-answer-lost"),
  );
  const lasted = body.includes("waiting for it") ? outageMs : atTwoSurveysMs;
  return at - since >= lasted || graced(others, at - 60 * minuteMs, at) > at;
}
