// Retention, rule by rule: which backups stay, which may go.

import { describe, expect, test } from "vitest";
import { judgeRetention } from "../../../../shared/domain/retention/retention.ts";
import { aHold, aRun, at, facts, instanceId, judged, nights, now, terms } from "../../../support/retention-history.ts";

const days = (slots: readonly string[]) => slots.map((slot) => slot.slice(5, 10));

describe("keep rules", () => {
  test("keepLast keeps the n newest good ones", () => {
    const { keep, remove, refused } = judged(nights(5, "2026-11-24"));
    expect(days(keep)).toEqual(["11-24", "11-23"]);
    expect(days(remove)).toEqual(["11-22", "11-21", "11-20"]);
    expect(refused).toEqual([]);
  });

  test("keepLast counts good ones: FAILED, small and unfinished ones use up nothing", () => {
    const runs = [
      ...nights(4, "2026-11-21"),
      aRun({ slot: "2026-11-22T02:30Z", state: "failed" }),
      aRun({ slot: "2026-11-23T02:30Z", sizeKb: 0 }),
      aRun({ slot: "2026-11-24T02:30Z", state: "building" }),
    ];
    const { keep, remove } = judged(runs, { terms: terms({ keepLast: 2 }, { maxAgeHours: 240 }) });
    expect(days(keep)).toEqual(["11-24", "11-23", "11-21", "11-20"]);
    expect(days(remove)).toEqual(["11-22", "11-19", "11-18"]);
  });

  test("keepWithinDays is counted from the slot of the newest good one, the edge included", () => {
    const runs = [...nights(6, "2026-11-24"), aRun({ slot: "2026-11-22T02:29Z" })];
    const { keep } = judged(runs, { terms: terms({ keepWithinDays: 2 }) });
    expect(keep).toEqual(["2026-11-24T02:30", "2026-11-23T02:30", "2026-11-22T02:30"]);
  });

  test("keepWithinDays does not look at now: nothing ages away while freshness still holds", () => {
    const late = at("2026-12-24T02:30Z");
    const runs = nights(3, "2026-11-24");
    const { keep } = judged(runs, { now: late, terms: terms({ keepWithinDays: 2 }, { maxAgeHours: 8760 }) });
    expect(days(keep)).toEqual(["11-24", "11-23", "11-22"]);
  });

  test("keepDaily keeps the newest good one of each of the n newest days that have one", () => {
    const runs = [
      aRun({ slot: "2026-11-20T02:30Z" }),
      aRun({ slot: "2026-11-21T02:30Z" }),
      aRun({ slot: "2026-11-21T14:30Z" }),
      aRun({ slot: "2026-11-22T02:30Z", state: "failed" }),
      aRun({ slot: "2026-11-24T02:30Z" }),
      aRun({ slot: "2026-11-24T08:30Z" }),
    ];
    const { keep } = judged(runs, { terms: terms({ keepDaily: 3 }) });
    expect(keep).toEqual(["2026-11-24T08:30", "2026-11-21T14:30", "2026-11-20T02:30"]);
  });

  test("a day is a day in the policy's zone", () => {
    const runs = [aRun({ slot: "2026-11-23T22:30Z" }), aRun({ slot: "2026-11-23T23:30Z" })];
    const only = (timeZone: string) => judged(runs, { terms: terms({ keepDaily: 2 }, { timeZone }) }).keep;
    expect(only("UTC")).toEqual(["2026-11-23T23:30"]);
    expect(only("Europe/Berlin")).toEqual(["2026-11-23T23:30", "2026-11-23T22:30"]);
  });

  test("weeks are ISO weeks in ISO years: the last days of December belong to the week of the next year", () => {
    const runs = ["2026-12-27", "2026-12-28", "2027-01-03", "2027-01-04"].map((day) => aRun({ slot: `${day}T02:30Z` }));
    const { keep } = judged(runs, { now: at("2027-01-04T09:00Z"), terms: terms({ keepWeekly: 3 }) });
    expect(days(keep)).toEqual(["01-04", "01-03", "12-27"]);
  });

  test("keepMonthly and keepYearly keep the newest of each month and year that have one; the present ones count", () => {
    const runs = ["2025-12-31", "2026-01-15", "2026-10-30", "2026-10-31", "2026-11-23", "2026-11-24"].map((day) =>
      aRun({ slot: `${day}T02:30Z` }),
    );
    expect(days(judged(runs, { terms: terms({ keepMonthly: 3 }) }).keep)).toEqual(["11-24", "10-31", "01-15"]);
    expect(days(judged(runs, { terms: terms({ keepYearly: 2 }) }).keep)).toEqual(["11-24", "12-31"]);
  });

  test("rules are a plain union: a later rule does not skip what an earlier one covers", () => {
    const { keep } = judged(nights(5, "2026-11-24"), { terms: terms({ keepLast: 2, keepDaily: 2 }) });
    expect(days(keep)).toEqual(["11-24", "11-23"]);
  });

  test("too few periods keep nothing extra", () => {
    const { keep } = judged(nights(5, "2026-11-24"), { terms: terms({ keepMonthly: 12 }) });
    expect(days(keep)).toEqual(["11-24"]);
  });

  test("minimum keeps so many newest good ones whatever the rules say", () => {
    const { keep } = judged(nights(6, "2026-11-24"), { terms: terms({ keepLast: 1, minimum: 3 }) });
    expect(days(keep)).toEqual(["11-24", "11-23", "11-22"]);
  });

  test("every rule that keeps a backup is named", () => {
    const verdict = judgeRetention(nights(1, "2026-11-24"), facts({ terms: terms({ keepLast: 1, keepWeekly: 1 }) }));
    expect(verdict.keep[0]?.reasons).toEqual([
      "keepLast 1: number 1 of the newest",
      "keepWeekly 1: newest of week 2026-W48",
      "minimum 1: number 1 of the newest",
    ]);
  });
});

describe("without retention", () => {
  test("every good one is kept for ever", () => {
    const { keep, remove } = judged(nights(40, "2026-11-24"), { terms: terms() });
    expect(keep).toHaveLength(40);
    expect(remove).toEqual([]);
  });

  test("FAILED and superseded not-good ones go all the same", () => {
    const runs = [
      aRun({ slot: "2026-11-22T02:30Z", state: "failed" }),
      aRun({ slot: "2026-11-23T02:30Z", sizeKb: null }),
      ...nights(1, "2026-11-24"),
    ];
    const { keep, remove } = judged(runs, { terms: terms() });
    expect(days(keep)).toEqual(["11-24"]);
    expect(days(remove)).toEqual(["11-23", "11-22"]);
  });
});

describe("what is not good", () => {
  test("a size equal to the floor is good, below it is not, and a floor of 0 asks for none", () => {
    const runs = [...nights(1, "2026-11-24"), aRun({ slot: "2026-11-23T02:30Z", sizeKb: 500 })];
    const withFloor = (sizeFloorKb: number) => judged(runs, { terms: terms(undefined, { sizeFloorKb }) }).remove;
    expect(withFloor(500)).toEqual([]);
    expect(days(withFloor(501))).toEqual(["11-23"]);
    const unsized = [...nights(1, "2026-11-24"), aRun({ slot: "2026-11-23T02:30Z", sizeKb: null })];
    expect(judged(unsized, { terms: terms(undefined, { sizeFloorKb: 0 }) }).remove).toEqual([]);
  });

  test("a COMPLETED one that is not good stays until a newer good one exists", () => {
    const small = aRun({ slot: "2026-11-24T02:30Z", sizeKb: 0 });
    expect(days(judged([...nights(1, "2026-11-23"), small]).keep)).toEqual(["11-24", "11-23"]);
    const newer = aRun({ slot: "2026-11-24T08:30Z" });
    expect(days(judged([...nights(1, "2026-11-23"), small, newer]).remove)).toEqual(["11-24"]);
  });

  test("FAILED attempts before the one that counts are removable by themselves", () => {
    const run = aRun({
      slot: "2026-11-24T02:30Z",
      changes: { attempt: 2, earlierBackups: [{ id: "first", name: aRun({ slot: "2026-11-24T02:30Z" }).name ?? "" }] },
    });
    const verdict = judgeRetention([run], facts());
    expect(verdict.keep.map((j) => j.backup.id)).toEqual(["b-2026-11-24T02:30Z"]);
    expect(verdict.remove.map((j) => [j.backup.id, j.kind])).toEqual([["first", "failed"]]);
  });

  test("one that is being deleted, deleted, vanished or lost is in neither list and counts for nothing", () => {
    const mark = { planId: "p", markedAt: 0, removableAt: 0, reasons: [] };
    const runs = [
      ...nights(2, "2026-11-20"),
      aRun({ slot: "2026-11-21T02:30Z", changes: { retention: { ...mark, stage: "deleting" } } }),
      aRun({ slot: "2026-11-22T02:30Z", changes: { retention: { ...mark, stage: "deleted" } } }),
      aRun({ slot: "2026-11-23T02:30Z", changes: { vanishedAt: now } }),
      aRun({ slot: "2026-11-24T02:30Z", state: "lost", changes: { backupId: "gone" } }),
    ];
    const { keep, remove } = judged(runs, { terms: terms({ keepLast: 2 }, { maxAgeHours: 240 }) });
    expect(days(keep)).toEqual(["11-20", "11-19"]);
    expect(remove).toEqual([]);
  });

  test("one that is marked is still there: it counts, and is judged anew", () => {
    const mark = { planId: "p", markedAt: 0, removableAt: 0, reasons: [], stage: "marked" } as const;
    const runs = [...nights(1, "2026-11-23"), aRun({ slot: "2026-11-24T02:30Z", changes: { retention: mark } })];
    expect(days(judged(runs, { terms: terms({ keepLast: 1 }) }).remove)).toEqual(["11-23"]);
  });

  test("one whose name is not the one the run must have is never removed and counts for nothing", () => {
    const forged = aRun({ slot: "2026-11-24T02:30Z", changes: { name: "otcbk-someone-elses" } });
    const { keep, remove } = judged([...nights(3, "2026-11-23"), forged]);
    expect(days(keep)).toEqual(["11-24", "11-23", "11-22"]);
    expect(days(remove)).toEqual(["11-21"]);
    expect(judged([forged]).refused).toEqual(["freshness-missed"]);
  });
});

describe("holds", () => {
  test("a held one is kept and counts like any other", () => {
    const runs = nights(4, "2026-11-24");
    const { keep } = judged(runs, { holds: [aHold("2026-11-21T02:30Z"), aHold("2026-11-23T02:30Z")] });
    expect(days(keep)).toEqual(["11-24", "11-23", "11-21"]);
  });

  test("a hold keeps a FAILED one too", () => {
    const runs = [aRun({ slot: "2026-11-23T02:30Z", state: "failed" }), ...nights(1, "2026-11-24")];
    expect(judged(runs, { holds: [aHold("2026-11-23T02:30Z")] }).remove).toEqual([]);
  });

  test("a hold ends at its end: one millisecond before it still holds", () => {
    const runs = nights(3, "2026-11-24");
    const until = (untilAt: number) => days(judged(runs, { holds: [aHold("2026-11-22T02:30Z", untilAt)] }).remove);
    expect(until(now + 1)).toEqual([]);
    expect(until(now)).toEqual(["11-22"]);
  });

  test("a hold is about one database and one policy", () => {
    const runs = nights(3, "2026-11-24");
    const other = { ...aHold("2026-11-22T02:30Z"), instanceId: `${instanceId}x` };
    const foreign = { ...aHold("2026-11-22T02:30Z"), policyId: "weekly-shop" };
    expect(days(judged(runs, { holds: [other, foreign] }).remove)).toEqual(["11-22"]);
  });
});

describe("refusals", () => {
  const runs = nights(5, "2026-11-24");

  test.each([
    ["freshness-missed", { now: at("2026-11-25T14:30:00.001Z") }],
    ["clock-skew", { clockSkewMs: 60_001 }],
    ["clock-skew", { clockSkewMs: -60_001 }],
    ["clock-skew", { clockSkewMs: Number.NaN }],
    ["slot-in-future", { now: at("2026-11-24T02:28:59.999Z") }],
    ["listing-incomplete", { listing: { reason: "listing-incomplete", message: "half of it" } }],
    ["listing-inconsistent", { listing: { reason: "listing-inconsistent", message: "one is missing" } }],
    ["instance-gone", { instancePresent: false }],
    ["row-problem", { rowProblems: ["retention.keepLast: 0: must be a whole number"] }],
    ["row-problem", { rowProblems: ["schedule: is missing"], terms: undefined }],
    ["policy-removed", { terms: undefined }],
  ] as const)("%s removes nothing and keeps all, in words", (reason, changes) => {
    const verdict = judgeRetention(runs, facts(changes));
    expect(verdict.remove).toEqual([]);
    expect(verdict.keep).toHaveLength(5);
    expect(verdict.refused.map((refusal) => refusal.reason)).toContain(reason);
  });

  test.each([
    ["an age that equals the target", { now: at("2026-11-25T14:30Z") }],
    ["a clock that differs by a minute", { clockSkewMs: -60_000 }],
    ["a slot a minute ahead", { now: at("2026-11-24T02:29Z") }],
    ["a complete listing with the database there", { listing: "complete", instancePresent: true }],
  ] as const)("%s refuses nothing", (_what, changes) => {
    const { remove, refused } = judged(runs, changes);
    expect(refused).toEqual([]);
    expect(remove).toHaveLength(3);
  });

  test("a completion more than a minute before its slot refuses, a minute does not", () => {
    const slotAt = at("2026-11-22T02:30Z");
    const endedAt = (ms: number) => [
      ...runs.slice(0, 2),
      aRun({ slot: "2026-11-22T02:30Z", changes: { endedAt: ms } }),
    ];
    const fresh = nights(1, "2026-11-24");
    expect(judged([...endedAt(slotAt - 60_001), ...fresh]).refused).toEqual(["completed-before-slot"]);
    expect(judged([...endedAt(slotAt - 60_000), ...fresh]).refused).toEqual([]);
  });

  test("freshness is judged by good ones only: newer FAILED and small ones do not count", () => {
    const stale = [
      ...nights(9, "2026-11-22"),
      aRun({ slot: "2026-11-23T02:30Z", state: "failed" }),
      aRun({ slot: "2026-11-24T02:30Z", sizeKb: 0 }),
    ];
    const { refused, remove } = judged(stale);
    expect(refused).toEqual(["freshness-missed"]);
    expect(remove).toEqual([]);
  });

  test("what a refusal withholds says so", () => {
    const { keep } = judgeRetention(runs, facts({ instancePresent: false }));
    expect(keep.at(-1)?.reasons).toEqual([
      "nothing of this database is removed (instance-gone); otherwise: good, and kept by none of keepLast 2, minimum 1, counted from 2026-11-24T02:30Z",
    ]);
  });
});
