// What a verdict says of each backup: what it is taken for, why it stays or goes, in words; and which runs can change it.

import { describe, expect, test } from "vitest";
import { concernsRetention, judgeRetention } from "../../../../shared/domain/retention/retention.ts";
import { backupName } from "../../../../shared/domain/runs/naming.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { aHold, aRun, at, facts, instanceId, nights, now, terms } from "../../../support/retention-history.ts";

const newest = aRun({ slot: "2026-11-24T02:30Z" });
const mark = { planId: "p", markedAt: 0, removableAt: 0, reasons: [], stage: "marked" } as const;

type Facts = Parameters<typeof facts>[0];

/** Of each backup by its id: its kind, in which list it stands, and its first reason. */
function told(runs: readonly Run[], changes: Facts = {}): Record<string, readonly (string | undefined)[]> {
  const { keep, remove } = judgeRetention(runs, facts(changes));
  const lines = [...keep.map((j) => ({ j, list: "keep" })), ...remove.map((j) => ({ j, list: "remove" }))];
  return Object.fromEntries(lines.map(({ j, list }) => [j.backup.id, [j.kind, list, j.reasons[0]]]));
}

const oneTold = (run: Run, changes: Facts = {}) => told([run], changes)[run.backupId ?? ""];

describe("what a backup is taken for", () => {
  const notOurs = "name and record do not agree: not provably ours";

  test.each(["waiting", "requested", "building"] as const)("a %s run's backup has not ended and stays", (state) => {
    const run = aRun({ slot: "2026-11-24T08:30Z", state, changes: { backupId: "b" } });
    expect(oneTold(run)).toEqual(["building", "keep", "not ended yet"]);
  });

  test.each(["missed", "skipped"] as const)("a %s run with a backup contradicts itself: it stays", (state) => {
    const run = aRun({ slot: "2026-11-20T02:30Z", state, changes: { backupId: "b" } });
    expect(told([...nights(1, "2026-11-24"), run])).toMatchObject({ b: ["strange", "keep", notOurs] });
  });

  test.each(["failed", "missed", "skipped", "lost"] as const)(
    "a %s run without a backup has none to judge",
    (state) => {
      const { backupId: _none, ...run } = aRun({ slot: "2026-11-20T02:30Z", state });
      expect(judgeRetention([run], facts())).toMatchObject({ keep: [], remove: [] });
    },
  );

  test("an earlier backup is ours only by the name of an earlier attempt: any other name stays", () => {
    const slot = "2026-11-24T02:30Z";
    const key = { policyId: "nightly-shop", instanceId, slotAt: at(slot) };
    const earlier = [1, 2, 3, 4].map((attempt) => ({ id: `a${attempt}`, name: backupName("otcbk", key, attempt) }));
    const run = aRun({ slot, changes: { attempt: 3, earlierBackups: [...earlier, { id: "x", name: "by-hand" }] } });
    const failed = ["failed", "remove", "FAILED: of no use"];
    const strange = ["strange", "keep", notOurs];
    expect(told([run])).toMatchObject({ a1: failed, a2: failed, a3: strange, a4: strange, x: strange });
  });

  test("it is named as the record names it, with its mark", () => {
    const run = aRun({ slot: "2026-11-24T02:30Z", changes: { retention: mark } });
    const { keep } = judgeRetention([run], facts());
    expect(keep[0]?.backup).toEqual({ id: "b-2026-11-24T02:30Z", name: run.name, retention: mark });
    const { name: _unnamed, ...unnamed } = run;
    expect(judgeRetention([unnamed], facts()).keep[0]).toMatchObject({ kind: "strange", backup: { name: "" } });
  });
});

describe("why a backup stays", () => {
  test("it is held, until when and for what", () => {
    const held = (untilAt?: number) => oneTold(newest, { holds: [aHold("2026-11-24T02:30Z", untilAt)] })?.[2];
    expect(held()).toBe("held until it is taken off: before the migration");
    expect(held(now + 1)).toBe("held until 2026-11-24T09:30:00.001Z: before the migration");
  });

  test("no rule judges it", () => {
    expect(oneTold(newest, { terms: terms() })?.[2]).toBe("no retention: every good backup is kept for ever");
    const { keep } = judgeRetention([newest], facts({ terms: undefined }));
    expect(keep).toMatchObject([{ kind: "good", reasons: ["no valid policy judges it: kept until someone decides"] }]);
    expect(keep[0]).not.toHaveProperty("withheld");
  });

  test("a rule keeps it: within so many days, in a week of one digit", () => {
    const runs = [aRun({ slot: "2026-02-14T02:30Z" })];
    const rules = { now: at("2026-02-14T09:30Z"), terms: terms({ keepWithinDays: 3, keepWeekly: 1 }) };
    expect(judgeRetention(runs, facts(rules)).keep[0]?.reasons).toEqual([
      "keepWithinDays 3: within so many days of the newest",
      "keepWeekly 1: newest of week 2026-W07",
      "minimum 1: number 1 of the newest",
    ]);
  });

  test("it is not good, but nothing newer is: for itself and not only because of a doubt", () => {
    const small = aRun({ slot: "2026-11-24T02:30Z", sizeKb: 7 });
    const text = "COMPLETED but not good: 7 kB, at least 10 kB are asked for, but no newer good one exists";
    const { keep } = judgeRetention([small], facts({ terms: terms({ keepLast: 2 }, { sizeFloorKb: 10 }) }));
    expect(keep).toEqual([
      { run: small, backup: { id: small.backupId, name: small.name }, kind: "not-good", reasons: [text] },
    ]);
    const unsized = aRun({ slot: "2026-11-24T02:30Z", sizeKb: null });
    expect(oneTold(unsized)?.[2]).toBe("COMPLETED but not good: OTC gave no size, but no newer good one exists");
  });

  test("without a policy the floor of its own night counts", () => {
    const small = aRun({ slot: "2026-11-24T02:30Z", sizeKb: 0 });
    expect(oneTold(small, { terms: undefined })?.[2]).toBe(
      "COMPLETED but not good: 0 kB, at least 1 kB are asked for, but no newer good one exists",
    );
  });

  test("a doubt withholds it, each named", () => {
    const failed = aRun({ slot: "2026-11-23T02:30Z", state: "failed" });
    const { keep } = judgeRetention([newest, failed], facts({ instancePresent: false, clockSkewMs: 90_000 }));
    expect(keep[1]).toMatchObject({
      withheld: true,
      reasons: ["nothing of this database is removed (clock-skew, instance-gone); otherwise: FAILED: of no use"],
    });
    expect(keep[0]).not.toHaveProperty("withheld");
  });
});

test("why one that is not good goes: how small it is, and which newer one there is", () => {
  const runs = [
    newest,
    aRun({ slot: "2026-11-23T02:30Z", sizeKb: 0 }),
    aRun({ slot: "2026-11-22T02:30Z", sizeKb: null }),
  ];
  const newer = "a newer good one exists, slot 2026-11-24T02:30Z";
  expect(told(runs)).toMatchObject({
    "b-2026-11-23T02:30Z": [
      "not-good",
      "remove",
      `COMPLETED but not good: 0 kB, at least 1 kB are asked for; ${newer}`,
    ],
    "b-2026-11-22T02:30Z": ["not-good", "remove", `COMPLETED but not good: OTC gave no size; ${newer}`],
  });
});

describe("what a doubt says", () => {
  const doubts = (changes: Facts, runs: readonly Run[] = [newest]) => judgeRetention(runs, facts(changes)).refused;

  test.each([
    ["row-problem", { rowProblems: ["schedule: is missing", "x"] }, "the row has a problem: schedule: is missing"],
    ["policy-removed", { terms: undefined }, "there is no policy of that name for this account any more"],
    ["slot-in-future", { now: at("2026-11-24T02:00Z") }, "slot 2026-11-24T02:30Z lies in the future"],
    ["clock-skew", { clockSkewMs: -90_400 }, "our clock and OTC's differ by 90 s"],
    ["instance-gone", { instancePresent: false }, "the database is not in the account any more"],
    [
      "freshness-missed",
      { now: at("2026-11-25T17:00Z") },
      "the newest good backup is 38.5 h old (slot 2026-11-24T02:30Z); 36 h are allowed",
    ],
  ] as const)("%s, alone and in words", (reason, changes, message) => {
    expect(doubts(changes)).toEqual([{ reason, message }]);
  });

  test("there may be no good backup at all", () => {
    const message = "there is no good backup; 36 h are allowed";
    expect(doubts({}, [])).toEqual([{ reason: "freshness-missed", message }]);
  });

  test("of a completion before its slot: the earlier of OTC's time and ours counts, and only COMPLETED ones say it", () => {
    const slotAt = at("2026-11-23T02:30Z");
    const early = (changes: Partial<Run>, state: Run["state"] = "completed") =>
      doubts({}, [newest, aRun({ slot: "2026-11-23T02:30Z", state, changes })]);
    const message = "slot 2026-11-23T02:30Z was completed before it began, at 2026-11-23T02:20:00.000Z";
    const refused = [{ reason: "completed-before-slot", message }];
    expect(early({ endedAt: slotAt - 600_000 })).toEqual(refused);
    expect(early({ finishedAt: slotAt - 600_000 })).toEqual(refused);
    const { endedAt: _unknown, ...ours } = aRun({
      slot: "2026-11-23T02:30Z",
      changes: { finishedAt: slotAt - 600_000 },
    });
    expect(doubts({}, [newest, ours])).toEqual(refused);
    expect(early({ endedAt: slotAt - 600_000, finishedAt: slotAt - 600_000 }, "failed")).toEqual([]);
  });
});

describe("a run can change a verdict", () => {
  const deleted = { ...mark, stage: "deleted" } as const;
  const { backupId: _none, ...without } = aRun({ slot: "2026-11-20T02:30Z", state: "missed" });
  const tombstone = aRun({ slot: "2026-11-20T02:30Z", changes: { retention: deleted } });

  test.each<[string, Run, boolean]>([
    ["that has a backup", newest, true],
    ["whose backup is marked", { ...tombstone, retention: mark }, true],
    ["whose backup is being deleted", { ...tombstone, retention: { ...mark, stage: "deleting" } }, true],
    ["whose backup is deleted: not", tombstone, false],
    ["that never had one: not", without, false],
    ["that has not ended", { ...without, state: "waiting" }, true],
    ["with a slot at this instant: not", { ...without, slotAt: now }, false],
    ["with a slot in the future", { ...without, slotAt: now + 1 }, true],
    ["deleted, and completed before its slot", { ...tombstone, endedAt: tombstone.slotAt - 60_001 }, true],
    ["with an earlier attempt's backup", { ...without, earlierBackups: [{ id: "x", name: "n" }] }, true],
    ["with that one deleted: not", { ...without, earlierBackups: [{ id: "x", name: "n", retention: deleted }] }, false],
    ["with that one alone deleted", { ...newest, earlierBackups: [{ id: "x", name: "n", retention: deleted }] }, true],
  ])("%s", (_what, run, concerns) => {
    expect(concernsRetention(run, now)).toBe(concerns);
  });
});
