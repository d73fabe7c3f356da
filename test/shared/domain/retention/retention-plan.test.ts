// The sum of an account's databases, its guard against bulk changes, the caps, and the mark's own small machine.

import { describe, expect, test } from "vitest";
import {
  isBulkChange,
  perAccountAndDay,
  perAccountAndTick,
} from "../../../../shared/domain/retention/retention-caps.ts";
import {
  beginDeletion,
  confirmDeleted,
  deletionOutlook,
  deletionRefused,
  keepAgain,
  markBackup,
} from "../../../../shared/domain/retention/retention-mark.ts";
import { planAccount, planDatabase } from "../../../../shared/domain/retention/retention-plan.ts";
import { nextAction } from "../../../../shared/domain/runs/run.ts";
import { aRun, facts, instanceId, nights, now, terms } from "../../../support/retention-history.ts";

const hourMs = 3_600_000;

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
});

describe("a plan", () => {
  const database = (count: number, keepLast: number) =>
    planDatabase({
      policyId: "nightly-shop",
      instanceId,
      account: "prod",
      runs: nights(count, "2026-11-24"),
      facts: facts({ terms: terms({ keepLast }) }),
    });

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
});

describe("a mark", () => {
  const run = aRun({ slot: "2026-11-20T02:30Z" });
  const id = run.backupId ?? "";
  const marked = markBackup(run, id, { planId: "p", reasons: ["too old"], now, graceMs: 72 * hourMs });

  test("waits in the lane of prune-backups until its grace is over", () => {
    expect(nextAction(run)).toBeUndefined();
    expect(nextAction(marked)).toEqual({ lane: "prune", at: now + 72 * hourMs });
  });

  test("is not moved by a second mark, and begins anew after the backup was kept", () => {
    const later = { planId: "q", reasons: ["still"], now: now + hourMs, graceMs: 72 * hourMs };
    expect(markBackup(marked, id, later)).toBe(marked);
    const again = markBackup(keepAgain(marked, id, { now, why: "held" }), id, later);
    expect(again.retention).toMatchObject({ planId: "q", removableAt: now + 73 * hourMs });
  });

  test("only a marked backup can begin to be deleted, and only one being deleted can be gone", () => {
    expect(beginDeletion(run, id, now)).toBe(run);
    expect(confirmDeleted(marked, id, now)).toBe(marked);
    const begun = beginDeletion(marked, id, now);
    expect(keepAgain(begun, id, { now, why: "held" })).toBe(begun);
    const gone = confirmDeleted(begun, id, now + 1);
    expect(gone.retention?.stage).toBe("deleted");
    expect(nextAction(gone)).toBeUndefined();
    expect(deletionRefused(gone, id, { now, why: "late" })).toBe(gone);
  });

  test("every change raises the version", () => {
    const begun = beginDeletion(marked, id, now);
    expect([run, marked, begun, confirmDeleted(begun, id, now)].map((r) => r.version)).toEqual([5, 6, 7, 8]);
  });

  test("of an earlier attempt stands on that attempt", () => {
    const retried = aRun({
      slot: "2026-11-20T02:30Z",
      changes: { attempt: 2, earlierBackups: [{ id: "first", name: "n" }] },
    });
    const first = markBackup(retried, "first", { planId: "p", reasons: ["FAILED"], now, graceMs: hourMs });
    expect(first.retention).toBeUndefined();
    expect(first.earlierBackups).toMatchObject([{ id: "first", retention: { stage: "marked" } }]);
  });

  test("a DELETE that has had no effect after ten minutes did not arrive", () => {
    const { retention } = beginDeletion(marked, id, now);
    if (retention === undefined) throw new Error("no mark");
    const minute = 60_000;
    expect(deletionOutlook(retention, "COMPLETED", now + 9 * minute)).toBe("on-its-way");
    expect(deletionOutlook(retention, "COMPLETED", now + 10 * minute)).toBe("not-begun");
    expect(deletionOutlook(retention, "DELETING", now + 600 * minute)).toBe("on-its-way");
    expect(deletionOutlook(retention, undefined, now)).toBe("gone");
  });
});
