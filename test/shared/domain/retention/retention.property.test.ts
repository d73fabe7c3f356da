// Retention over random histories: what it never does (I5), and that it agrees with a second, brute-force judge.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Retention } from "../../../../shared/domain/policy.ts";
import type { Hold } from "../../../../shared/domain/retention/hold.ts";
import {
  concernsRetention,
  judgeRetention,
  type RetentionFacts,
} from "../../../../shared/domain/retention/retention.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { aHold, aRun } from "../../../support/retention-history.ts";
import { isGoodPlainly, type PlainBackup, removable } from "./retention-oracle.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;

const zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu"];
const count = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });
const retention: fc.Arbitrary<Retention> = fc
  .record({
    keepLast: count,
    keepWithinDays: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    keepDaily: count,
    keepWeekly: count,
    keepMonthly: count,
    keepYearly: count,
    minimum: fc.integer({ min: 1, max: 5 }),
  })
  .filter(({ minimum: _floor, ...rules }) => Object.values(rules).some((rule) => rule !== undefined));

/** The steps between slots: some hours, some days, now and then most of a year; ends of years and clock changes included. */
const stepMinutes = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 48 }).map((h) => h * 60) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 40 }).map((d) => d * 1440) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 400 }).map((d) => d * 1440 + 7) },
);
const outcome = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("good", "good", "at-floor") },
  { weight: 2, arbitrary: fc.constantFrom("failed", "small", "unsized") },
  { weight: 1, arbitrary: fc.constantFrom("building", "deleting", "early", "marked") },
);

interface History {
  readonly runs: Run[];
  readonly plain: PlainBackup[];
  readonly facts: RetentionFacts;
  readonly retention: Retention | undefined;
}

const floorKb = 100;
const mark = { planId: "p", markedAt: 0, removableAt: 0, reasons: [] };

function runOf(slot: string, kind: string): Run {
  const slotAt = Date.parse(slot);
  switch (kind) {
    case "failed":
    case "building":
      return aRun({ slot, state: kind });
    case "small":
      return aRun({ slot, sizeKb: floorKb - 1 });
    case "unsized":
      return aRun({ slot, sizeKb: null });
    case "at-floor":
      return aRun({ slot, sizeKb: floorKb });
    case "deleting":
      return aRun({ slot, changes: { retention: { ...mark, stage: "deleting" } } });
    case "marked":
      return aRun({ slot, changes: { retention: { ...mark, stage: "marked" } } });
    case "early":
      return aRun({ slot, changes: { endedAt: slotAt - 2 * minuteMs } });
    default:
      return aRun({ slot });
  }
}

function plainOf(run: Run, held: boolean): PlainBackup {
  const status = run.state === "completed" ? "COMPLETED" : run.state === "failed" ? "FAILED" : "BUILDING";
  return {
    slotAt: run.slotAt,
    status: run.retention?.stage === "deleting" ? "DELETING" : status,
    ...(run.sizeKb === undefined ? {} : { sizeKb: run.sizeKb }),
    ...(status === "COMPLETED" && run.endedAt !== undefined ? { completedAt: run.endedAt } : {}),
    held,
  };
}

const history: fc.Arbitrary<History> = fc
  .record({
    startAt: fc.integer({ min: Date.UTC(2024, 0) / minuteMs, max: Date.UTC(2027, 0) / minuteMs }),
    steps: fc.array(fc.record({ minutes: stepMinutes, outcome, held: fc.integer({ min: 0, max: 9 }) }), {
      maxLength: 30,
    }),
    retention: fc.option(retention, { nil: undefined, freq: 8 }),
    timeZone: fc.constantFrom(...zones),
    ageMinutes: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 4000 })),
    maxAgeHours: fc.constantFrom(24, 36, 1000),
  })
  .map(({ startAt, steps, retention: rules, timeZone, ageMinutes, maxAgeHours }) => {
    let minute = startAt;
    const made = steps.map((step) => {
      minute += step.minutes;
      return {
        run: runOf(`${new Date(minute * minuteMs).toISOString().slice(0, 16)}Z`, step.outcome),
        held: step.held,
      };
    });
    const now = (minute + ageMinutes) * minuteMs;
    // 0 and 1: held; 2: a hold that ended this instant.
    const holds: Hold[] = made
      .filter(({ held }) => held <= 2)
      .map(({ run, held }) =>
        aHold(new Date(run.slotAt).toISOString(), held === 2 ? now : held === 1 ? now + 1 : undefined),
      );
    const terms = { timeZone, maxAgeHours, sizeFloorKb: floorKb, ...(rules === undefined ? {} : { retention: rules }) };
    return {
      runs: made.map(({ run }) => run),
      plain: made.map(({ run, held }) => plainOf(run, held < 2)),
      facts: { now, namePrefix: "otcbk", terms, rowProblems: [], holds },
      retention: rules,
    };
  });

const settings = { numRuns: 700 };

test("agrees with the brute-force judge", () => {
  fc.assert(
    fc.property(history, ({ runs, plain, facts, retention: rules }) => {
      const verdict = judgeRetention(runs, facts);
      const { timeZone = "UTC", maxAgeHours = 0, sizeFloorKb = 0 } = facts.terms ?? {};
      const given = Object.entries(rules ?? {}).filter((entry): entry is [string, number] => entry[1] !== undefined);
      const plainRules = rules === undefined ? {} : { retention: Object.fromEntries(given) };
      const expected = removable(plain, { now: facts.now, timeZone, maxAgeHours, sizeFloorKb, ...plainRules });
      expect(verdict.refused.length > 0).toBe(expected.refused);
      expect(verdict.remove.map((j) => j.run.slotAt).toSorted()).toEqual(
        expected.remove.map((i) => plain[i]?.slotAt).toSorted(),
      );
    }),
    settings,
  );
});

test("every backup that is there is in exactly one list, with reasons; what is being deleted is in none", () => {
  fc.assert(
    fc.property(history, ({ runs, plain, facts }) => {
      const { keep, remove, refused } = judgeRetention(runs, facts);
      const listed = [...keep, ...remove];
      expect(listed.map((j) => j.run.slotAt).toSorted()).toEqual(
        plain
          .filter((b) => b.status !== "DELETING")
          .map((b) => b.slotAt)
          .toSorted(),
      );
      expect(listed.every((j) => j.reasons.length > 0 && j.reasons.every((reason) => reason.length > 5))).toBe(true);
      if (refused.length > 0) expect(remove).toEqual([]);
    }),
    settings,
  );
});

test("never: the newest good one, a held one, one below the floor, one that has not ended, anything while freshness is missed", () => {
  fc.assert(
    fc.property(history, ({ runs, plain, facts, retention: rules }) => {
      const removed = new Set(judgeRetention(runs, facts).remove.map((j) => j.run.slotAt));
      const goodSlots = plain
        .filter((b) => isGoodPlainly(b, floorKb))
        .map((b) => b.slotAt)
        .toSorted((a, b) => b - a);
      const floor = goodSlots.slice(0, Math.max(1, rules?.minimum ?? 1));
      expect(floor.filter((slot) => removed.has(slot))).toEqual([]);
      const mustStay = plain.filter((b) => b.held || b.status === "BUILDING");
      expect(mustStay.filter((b) => removed.has(b.slotAt))).toEqual([]);
      const ageMs = facts.now - (goodSlots[0] ?? Number.NEGATIVE_INFINITY);
      if (ageMs > (facts.terms?.maxAgeHours ?? 0) * hourMs) expect(removed.size).toBe(0);
    }),
    settings,
  );
});

test("removing what was decided changes no later decision about the rest", () => {
  fc.assert(
    fc.property(history, ({ runs, facts }) => {
      const gone = new Set(judgeRetention(runs, facts).remove.map((j) => j.run.slotAt));
      const again = judgeRetention(
        runs.filter((run) => !gone.has(run.slotAt)),
        facts,
      );
      expect(again.remove).toEqual([]);
    }),
    settings,
  );
});

test("the order of the runs means nothing", () => {
  fc.assert(
    fc.property(history, ({ runs, facts }) => {
      expect(judgeRetention(runs.toReversed(), facts)).toEqual(judgeRetention(runs, facts));
    }),
    { numRuns: 200 },
  );
});

test("runs without a backup that could still be there change no verdict", () => {
  const [gone, never] = [{ retention: { ...mark, stage: "deleted" as const } }, { state: "missed" as const }];
  let dropped = 0;
  fc.assert(
    fc.property(history, fc.infiniteStream(fc.nat(3)), ({ runs, facts }, dice) => {
      const aged = runs.map((run) => {
        const roll = dice.next().value;
        if (roll === 0 && run.state === "completed") return { ...run, ...gone };
        const { backupId: _none, ...without } = run;
        return roll === 1 ? { ...without, ...never } : run;
      });
      const concerned = aged.filter((run) => concernsRetention(run, facts.now));
      dropped += aged.length - concerned.length;
      expect(judgeRetention(concerned, facts)).toEqual(judgeRetention(aged, facts));
    }),
    settings,
  );
  expect(dropped).toBeGreaterThan(1000);
});
