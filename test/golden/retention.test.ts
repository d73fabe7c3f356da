// Decisions worth reading as text, and beside each what must hold whatever the text says.
// After a wanted change: UPDATE_GOLDEN=1 npx vitest run test/golden, then review the difference like code.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  type DatabaseVerdict,
  type Judged,
  judgeRetention,
  type RetentionFacts,
} from "../../shared/domain/retention/retention.ts";
import { slotText } from "../../shared/domain/runs/naming.ts";
import type { Run } from "../../shared/domain/runs/run.ts";
import { aHold, aRun, at, facts, nights, terms } from "../support/retention-history.ts";

interface Case {
  readonly name: string;
  readonly runs: readonly Run[];
  readonly facts: Partial<RetentionFacts>;
}

const grandfather = { keepDaily: 7, keepWeekly: 5, keepMonthly: 12, keepYearly: 3, minimum: 3 };
const berlin = { timeZone: "Europe/Berlin" };

const cases: readonly Case[] = [
  {
    name: "two-years-of-nights",
    runs: nights(730, "2026-11-24"),
    facts: { terms: terms(grandfather, berlin) },
  },
  {
    name: "nights-around-new-year-in-berlin",
    runs: [...nights(20, "2027-01-05"), aRun({ slot: "2026-12-31T23:30Z" })],
    facts: { now: at("2027-01-05T08:00Z"), terms: terms({ keepWeekly: 3, keepYearly: 2, minimum: 1 }, berlin) },
  },
  {
    name: "bad-nights-between-good-ones",
    runs: [
      ...nights(6, "2026-11-18"),
      aRun({ slot: "2026-11-19T02:30Z", state: "failed" }),
      aRun({ slot: "2026-11-20T02:30Z", sizeKb: 0 }),
      aRun({ slot: "2026-11-21T02:30Z", sizeKb: null }),
      aRun({ slot: "2026-11-22T02:30Z" }),
      aRun({ slot: "2026-11-23T02:30Z", state: "failed" }),
      aRun({ slot: "2026-11-24T02:30Z", state: "building" }),
    ],
    facts: { terms: terms({ keepLast: 3, minimum: 3 }, { maxAgeHours: 72 }) },
  },
  {
    name: "every-backup-fails-since-a-week",
    runs: [
      ...nights(5, "2026-11-17"),
      ...nights(7, "2026-11-24").map((run) => aRun({ slot: slotText(run.slotAt), state: "failed" })),
    ],
    facts: { terms: terms({ keepWithinDays: 7, minimum: 3 }) },
  },
  {
    name: "holds-and-their-ends",
    runs: nights(8, "2026-11-24"),
    facts: {
      terms: terms({ keepLast: 2, minimum: 2 }),
      holds: [
        aHold("2026-11-17T02:30Z"),
        aHold("2026-11-18T02:30Z", at("2026-12-01T00:00Z")),
        aHold("2026-11-19T02:30Z", at("2026-11-24T00:00Z")),
      ],
    },
  },
  {
    name: "no-retention",
    runs: [aRun({ slot: "2026-11-20T02:30Z", state: "failed" }), ...nights(3, "2026-11-24")],
    facts: { terms: terms() },
  },
];

function line(list: string, { run, kind, reasons }: Judged): string {
  return `${list.padEnd(6)} ${slotText(run.slotAt)} ${kind.padEnd(8)} ${reasons.join("; ")}`;
}

/** What goes for one and the same reason, as one line. */
function removeLine(group: readonly Judged[]): string {
  const [newest] = group;
  const oldest = group.at(-1);
  if (newest === undefined || oldest === undefined || newest === oldest) return line("remove", group[0] as Judged);
  return line("remove", {
    ...oldest,
    reasons: [`to ${slotText(newest.run.slotAt)}, ${group.length} in all:`, ...newest.reasons],
  });
}

function text(verdict: DatabaseVerdict): string {
  const lines = [
    ...verdict.refused.map(({ reason, message }) => `refused ${reason}: ${message}`),
    ...verdict.keep.map((j) => line("keep", j)),
    ...[...Map.groupBy(verdict.remove, (j) => j.reasons.join("; "))].map(([, group]) => removeLine(group)),
  ];
  return `${lines.join("\n")}\n`;
}

test.each(cases)("$name", ({ name, runs, facts: given }) => {
  const verdict = judgeRetention(runs, facts(given));
  const file = fileURLToPath(new URL(`retention/${name}.txt`, import.meta.url));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text(verdict));
  expect(text(verdict)).toBe(readFileSync(file, "utf8"));

  const judged = [...verdict.keep, ...verdict.remove];
  expect(judged.map((j) => j.backup.id).toSorted()).toEqual(runs.map((run) => run.backupId).toSorted());
  expect(judged.filter((j) => j.reasons.length === 0)).toEqual([]);
  const goodKept = verdict.keep.filter((j) => j.kind === "good");
  const good = judged.filter((j) => j.kind === "good");
  expect(goodKept.length).toBeGreaterThanOrEqual(Math.min(good.length, given.terms?.retention?.minimum ?? good.length));
  expect(Math.max(...goodKept.map((j) => j.run.slotAt))).toBe(Math.max(...good.map((j) => j.run.slotAt)));
  if (verdict.refused.length > 0) expect(verdict.remove).toEqual([]);
});
