// The sum of an account's databases, its guard against bulk changes, and the caps.

import { describe, expect, test } from "vitest";
import {
  deletionDay,
  isBulkChange,
  perAccountAndDay,
  perAccountAndTick,
} from "../../../../shared/domain/retention/retention-caps.ts";
import { beginDeletion, confirmDeleted, markBackup } from "../../../../shared/domain/retention/retention-mark.ts";
import { planAccount, planDatabase } from "../../../../shared/domain/retention/retention-plan.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { aHold, aRun, facts, instanceId, nights, now, terms } from "../../../support/retention-history.ts";

const graceMs = 72 * 3_600_000;

describe("caps", () => {
  test.each([
    [0, 10, 20],
    [400, 10, 20],
    [550, 11, 27],
    [10_000, 200, 500],
  ])("of an account with %i good backups", (good, tick, day) => {
    expect([perAccountAndTick(good), perAccountAndDay(good)]).toEqual([tick, day]);
  });

  test.each([
    [10, 10, false],
    [11, 50, true],
    [11, 55, false],
    [12, 55, true],
  ])("%i new marks of %i good ones: bulk is %s", (marks, good, bulk) => {
    expect(isBulkChange(marks, good)).toBe(bulk);
  });

  test("a deletion counts for its day in UTC", () => {
    expect(deletionDay(Date.UTC(2026, 10, 24, 23, 59, 59, 999))).toBe("2026-11-24");
    expect(deletionDay(Date.UTC(2026, 10, 25))).toBe("2026-11-25");
  });
});

describe("a plan", () => {
  const place = { policyId: "nightly-shop", instanceId, account: "prod" };
  const planned = (runs: readonly Run[], changes: Parameters<typeof facts>[0] = {}) =>
    planDatabase({ ...place, runs, facts: facts(changes) });
  const database = (count: number, keepLast: number) =>
    planned(nights(count, "2026-11-24"), { terms: terms({ keepLast }) });
  const marked = (run: Run) => markBackup(run, run.backupId ?? "", { planId: "p", reasons: ["too old"], now, graceMs });
  const lasting = terms({ keepLast: 2 }, { maxAgeHours: 1000 });

  test("counts good ones and new marks over all databases, and leaves the databases' verdicts as they are", () => {
    const plan = planAccount("prod", [database(20, 2), database(5, 5)], { now });
    expect(plan).toMatchObject({ good: 25, newMarks: 18, refused: [{ reason: "bulk-change" }] });
    expect(plan.databases[0]?.verdict.remove).toHaveLength(18);
  });

  test("goes on with a person's word, for so many marks and until then", () => {
    const refused = (marks: number, untilAt: number) =>
      planAccount("prod", [database(20, 2)], { now, approval: { planId: "p", marks, untilAt } }).refused.length;
    expect(refused(18, now + 1)).toBe(0);
    expect(refused(17, now + 1)).toBe(1);
    expect(refused(18, now)).toBe(1);
  });

  test("has an id that only its minute and its marks decide", () => {
    const id = (count: number, at: number) => planAccount("prod", [database(count, 2)], { now: at }).planId;
    expect(id(4, now)).toBe(id(4, now + 1));
    expect(id(4, now)).not.toBe(id(5, now));
    expect(id(4, now)).not.toBe(id(4, now + 60_000));
  });

  test("counts good ones only, and says what a bulk change is measured by", () => {
    const runs = [...nights(13, "2026-11-24"), aRun({ slot: "2026-11-10T02:30Z", state: "failed" })];
    const plan = planAccount("prod", [planned(runs, { terms: terms({ keepLast: 2 }) })], { now });
    expect(plan).toMatchObject({ account: "prod", madeAt: now, good: 13, newMarks: 11 });
    expect(plan.databases[0]).toMatchObject({ ...place, good: 13, withheld: 0, hasDueMarks: false });
    expect(plan.databases[0]?.verdict.remove).toHaveLength(12);
    const message = "it would mark 11 of the account's 13 good backups at once";
    expect(plan.refused).toEqual([{ reason: "bulk-change", message }]);
  });

  test("counts no mark twice: what is marked already is not new", () => {
    const runs = nights(20, "2026-11-24");
    const plan = planAccount("prod", [planned([...runs.slice(0, 8).map(marked), ...runs.slice(8)])], { now });
    expect(plan).toMatchObject({ good: 20, newMarks: 10, refused: [] });
    expect(plan.databases[0]?.verdict.remove).toHaveLength(18);
  });

  test("counts what stays only because of a doubt", () => {
    expect(planned(nights(5, "2026-11-24"), { instancePresent: false })).toMatchObject({ good: 5, withheld: 3 });
  });

  test("knows which databases need a look now: a grace is over, a deletion is under way, a mark has to come off", () => {
    const [old, ...newer] = nights(4, "2026-11-24");
    if (old === undefined) throw new Error("no night");
    const id = old.backupId ?? "";
    const due = (run: Run, changes: Parameters<typeof facts>[0] = {}) => planned([...newer, run], changes).hasDueMarks;
    expect(due(old)).toBe(false);
    expect(due(marked(old), { now: now + graceMs - 1, terms: lasting })).toBe(false);
    expect(due(marked(old), { now: now + graceMs, terms: lasting })).toBe(true);
    const deleting = beginDeletion(marked(old), id, now);
    expect(due(deleting)).toBe(true);
    const gone = { now: now + graceMs, terms: lasting };
    expect(due(confirmDeleted(deleting, id, now), gone)).toBe(false);
    expect(due(marked(old), { holds: [aHold("2026-11-21T02:30Z")] })).toBe(true);
    expect(due(deleting, { terms: undefined })).toBe(true);
  });

  test("a doubt takes no mark off, but for the policy's removal", () => {
    const [old, ...newer] = nights(4, "2026-11-24");
    if (old === undefined) throw new Error("no night");
    const runs = [marked(old), ...newer];
    expect(planned(runs, { instancePresent: false }).hasDueMarks).toBe(false);
    expect(planned(runs, { terms: undefined }).hasDueMarks).toBe(true);
    expect(planned([old, ...newer], { terms: undefined }).hasDueMarks).toBe(false);
    const failed = marked(aRun({ slot: "2026-11-20T02:30Z", state: "failed" }));
    expect(planned([failed, ...newer], { instancePresent: false }).hasDueMarks).toBe(false);
    expect(planned([failed, ...newer], { terms: undefined }).hasDueMarks).toBe(true);
    const deleted = confirmDeleted(beginDeletion(marked(old), old.backupId ?? "", now), old.backupId ?? "", now);
    expect(planned([deleted, ...newer], { terms: undefined }).hasDueMarks).toBe(false);
  });

  test("marks of earlier attempts need their looks too", () => {
    const [old, ...newer] = nights(4, "2026-11-24");
    if (old === undefined) throw new Error("no night");
    const retried = { ...old, attempt: 2, earlierBackups: [{ id: "first", name: "n" }] };
    const first = markBackup(retried, "first", { planId: "p", reasons: ["FAILED"], now, graceMs: 0 });
    expect(planned([first, ...newer]).hasDueMarks).toBe(true);
  });

  test("deletes nothing while a person has stopped it, or without credentials that may", () => {
    const refused = (more: { stoppedBecause?: string; mayDelete?: boolean }) =>
      planAccount("prod", [database(4, 2)], { now, ...more }).refused;
    expect(refused({ mayDelete: true })).toEqual([]);
    const stopped = { reason: "switched-off", message: "deleting was stopped: a restore is under way" };
    expect(refused({ stoppedBecause: "a restore is under way" })).toEqual([stopped]);
    const message = "the account has no credentials that may delete; everything is planned and nothing deleted";
    const secretless = { reason: "no-prune-secret", message };
    expect(refused({ mayDelete: false })).toEqual([secretless]);
    expect(refused({ stoppedBecause: "a restore is under way", mayDelete: false })).toEqual([stopped, secretless]);
  });

  test("has the same id whatever order its databases come in, and another one for as many other backups", () => {
    const two = [planned(nights(4, "2026-11-24")), planned(nights(4, "2026-11-23"))];
    const { planId } = planAccount("prod", two, { now });
    expect(planId).toMatch(/^20261124T0930Z-[0-9a-f]{8}$/);
    expect(planAccount("prod", two.toReversed(), { now }).planId).toBe(planId);
    expect(planAccount("prod", two.slice(1), { now }).planId).not.toBe(
      planAccount("prod", two.slice(0, 1), { now }).planId,
    );
  });
});
