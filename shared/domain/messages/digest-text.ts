// The digest as a message: one line that says all on a good morning, and every slot that did not end good by name.

import { ageText } from "../audit/audit-findings.ts";
import { localParts } from "../slots/time-zone.ts";
import type { Notice } from "./alert-text.ts";
import type { DigestSpan, PolicyDigest } from "./digest.ts";

/** What a digest says besides the policies' own figures. Everything optional is left out when it is not known. */
export interface DigestFacts extends DigestSpan {
  readonly timeZone: string;
  /** Age of the oldest newest-good backup, and of which database it is. */
  readonly oldest?: { readonly ageMs: number; readonly database: string };
  /** Databases that miss their target now. */
  readonly overdue?: number;
  /** Standing alerts of level page that are open now. */
  readonly openPages?: number;
  /** What is known about databases that no policy covers, one line each. */
  readonly coverage?: readonly string[];
}

/** A digest is read, not searched: longer lists end with how many more there are. */
const listed = 200;

/** `412 of 412 good, oldest 23 h 58 m, 2 retried, 0 paged`. */
export function digestHeadline(policies: readonly PolicyDigest[], facts: DigestFacts): string {
  const total = totals(policies);
  const oldest = facts.oldest === undefined ? [] : [`oldest ${ageText(facts.oldest.ageMs)}`];
  return [
    `${total.good} of ${total.planned - total.paused} good`,
    ...oldest,
    `${total.retried} retried`,
    `${total.paged} paged`,
  ].join(", ");
}

export function digestLines(policies: readonly PolicyDigest[], facts: DigestFacts): string[] {
  const total = totals(policies);
  const span = `slots from ${wallClock(facts.fromAt, facts.timeZone)} to ${wallClock(facts.toAt, facts.timeZone)} (${facts.timeZone})`;
  const lists = [
    ["failed", policies.flatMap((p) => p.failed)],
    ["missed", policies.flatMap((p) => p.missed)],
    ["lost", policies.flatMap((p) => p.lost)],
    ["completed but not good", policies.flatMap((p) => p.notGood)],
    ["skipped", policies.flatMap((p) => p.skipped)],
    ["not ended yet", policies.flatMap((p) => p.open)],
  ] as const;
  const figures = lists.map(([name, lines]) => `${name} ${lines.length}`).join(", ");
  return [
    span,
    `planned ${total.planned}, good ${total.good} (${total.retried} of them retried), ${figures}, paused ${total.paused}`,
    `deleted by retention: ${total.deleted}`,
    ...stateLines(facts),
    ...(facts.coverage ?? []),
    ...section(
      "policies that need a look",
      policies.flatMap((p) => p.remarks),
    ),
    ...lists.flatMap(([name, lines]) => section(name, lines)),
  ];
}

/** One message, of the level that is read in the morning. `toAt` makes a repeated delivery recognisable. */
export function digestNotice(policies: readonly PolicyDigest[], facts: DigestFacts): Notice {
  const headline = digestHeadline(policies, facts);
  return {
    level: "ticket",
    dedupeKey: `digest|${new Date(facts.toAt).toISOString()}`,
    subject: `DIGEST ${headline}`.slice(0, 100),
    body: [headline, "", ...digestLines(policies, facts), "", "runbook: docs/operations.md#morning-digest"].join("\n"),
  };
}

function stateLines({ oldest, overdue, openPages }: DigestFacts): string[] {
  return [
    ...(oldest === undefined ? [] : [`oldest newest-good backup: ${ageText(oldest.ageMs)}, ${oldest.database}`]),
    ...(overdue === undefined ? [] : [`databases that miss their target now: ${overdue}`]),
    ...(openPages === undefined ? [] : [`pages open now: ${openPages}`]),
  ];
}

function section(name: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > listed ? [`- and ${lines.length - listed} more`] : [];
  return ["", `${name}:`, ...lines.slice(0, listed).map((line) => `- ${line}`), ...more];
}

function totals(policies: readonly PolicyDigest[]) {
  const sum = (figure: (policy: PolicyDigest) => number) => policies.reduce((all, policy) => all + figure(policy), 0);
  return {
    planned: sum((p) => p.planned),
    good: sum((p) => p.good),
    retried: sum((p) => p.retried),
    paused: sum((p) => p.paused),
    paged: sum((p) => p.paged),
    deleted: sum((p) => p.deleted),
  };
}

/** `2026-11-24 07:00` as the zone's clock shows it. */
function wallClock(at: number, timeZone: string): string {
  const { year, month, day, hour, minute } = localParts(timeZone, at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}
