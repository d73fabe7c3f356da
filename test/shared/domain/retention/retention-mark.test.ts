// The mark's own small machine: marked, being deleted, deleted, kept again; and what it leaves in the run's history.

import { describe, expect, test } from "vitest";
import {
  beginDeletion,
  confirmDeleted,
  deletingBackups,
  deletionAccepted,
  deletionOutlook,
  deletionRefused,
  keepAgain,
  markBackup,
  markOf,
} from "../../../../shared/domain/retention/retention-mark.ts";
import { nextAction } from "../../../../shared/domain/runs/run.ts";
import { aRun, now } from "../../../support/retention-history.ts";

const hourMs = 3_600_000;

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
    const begunLate = { ...retention, deletedAt: now + 72 * hourMs };
    expect(deletionOutlook(begunLate, "COMPLETED", now + 72 * hourMs + 9 * minute)).toBe("on-its-way");
  });

  test("that was refused may be tried again, and its grace does not begin anew", () => {
    const begun = deletionAccepted(beginDeletion(marked, id, now + 72 * hourMs), id, "req-1");
    const again = deletionRefused(begun, id, { now: now + 73 * hourMs, why: "a restore reads it" });
    expect(again.retention).toMatchObject({ stage: "marked", markedAt: now, removableAt: now + 72 * hourMs });
    expect(again.retention).not.toHaveProperty("deletedAt");
    expect(again.events.at(-1)).toMatchObject({ reason: "deletion-refused", detail: `${id}: a restore reads it` });
    expect(deletionRefused(marked, id, { now, why: "late" })).toBe(marked);
    expect(deletionRefused(run, id, { now, why: "late" })).toBe(run);
  });

  test("keeps OTC's request id, which it can only have while it is being deleted", () => {
    const begun = beginDeletion(marked, id, now);
    expect(deletionAccepted(begun, id, "req-1").retention).toEqual({ ...begun.retention, requestId: "req-1" });
    expect(deletionAccepted(begun, id, undefined)).toBe(begun);
    expect(deletionAccepted(marked, id, "req-1")).toBe(marked);
    expect(deletionAccepted(run, id, "req-1")).toBe(run);
  });

  test("of a backup that the run does not have moves nothing", () => {
    expect(keepAgain(run, "other", { now, why: "held" })).toBe(run);
    expect(beginDeletion(marked, "other", now)).toBe(marked);
    expect(confirmDeleted(marked, "other", now)).toBe(marked);
    expect(confirmDeleted(run, id, now)).toBe(run);
  });

  test("that is taken off leaves the run without one", () => {
    expect(keepAgain(marked, id, { now, why: "held" })).not.toHaveProperty("retention");
  });

  test("leaves each step in the history, in words and with the request that deleted", () => {
    const twice = markBackup(run, id, { planId: "p", reasons: ["too old", "too many"], now, graceMs: hourMs });
    const last = (changed: typeof run) => changed.events.at(-1);
    const step = { from: "completed", to: "completed", at: now, lastAt: now, times: 1 };
    const why = `${id}: too old; too many`;
    expect(twice.events).toEqual([{ ...step, reason: "marked-for-removal", detail: why }]);
    const kept = keepAgain(twice, id, { now: now + 1, why: "held" });
    expect(last(kept)).toMatchObject({ reason: "kept-again", at: now + 1, detail: `${id}: held` });
    const begun = beginDeletion(twice, id, now);
    expect(begun.events).toEqual(twice.events);
    expect(last(confirmDeleted(begun, id, now + 2))).toMatchObject({
      ...{ reason: "deleted", at: now + 2, detail: `${id}, plan p: too old; too many` },
    });
    const gone = confirmDeleted(deletionAccepted(begun, id, "req-1"), id, now + 2);
    expect(last(gone)?.detail).toBe(`${id}, plan p, OTC request req-1: too old; too many`);
    expect(gone.events).toHaveLength(2);
  });

  test("refused again and again makes one step longer, and no list; another reason is a step of its own", () => {
    const refuse = (before: typeof run, hour: number, why: string) =>
      deletionRefused(beginDeletion(before, id, now), id, { now: now + hour * hourMs, why });
    const anew = { planId: "q", reasons: ["still"], now, graceMs: hourMs };
    const before = markBackup(keepAgain(marked, id, { now, why: "held" }), id, anew);
    const twice = refuse(refuse(before, 1, "busy"), 2, "busy");
    const reasons = ["marked-for-removal", "kept-again", "marked-for-removal", "deletion-refused"];
    expect(twice.events.map((event) => event.reason)).toEqual(reasons);
    expect(twice.events.at(-1)).toMatchObject({ at: now + hourMs, lastAt: now + 2 * hourMs, times: 2 });
    expect(refuse(twice, 3, "frozen").events).toHaveLength(5);
  });
});

describe("the marks of a run that was retried", () => {
  const run = aRun({
    slot: "2026-11-20T02:30Z",
    changes: {
      attempt: 3,
      earlierBackups: [
        { id: "first", name: "n1" },
        { id: "second", name: "n2" },
      ],
    },
  });
  const id = run.backupId ?? "";
  const mark = (before: typeof run, backupId: string) =>
    markBackup(before, backupId, { planId: "p", reasons: ["FAILED"], now, graceMs: hourMs });

  test("are each backup's own", () => {
    const second = mark(run, "second");
    expect([id, "first", "second", "other"].map((backupId) => markOf(second, backupId)?.stage)).toEqual([
      ...[undefined, undefined, "marked", undefined],
    ]);
    expect(mark(second, id).earlierBackups).toBe(second.earlierBackups);
    const kept = keepAgain(second, "second", { now, why: "held" });
    expect(kept.earlierBackups).toStrictEqual(run.earlierBackups);
  });

  test("that are being deleted are found with their backups, the main one among them", () => {
    const all = mark(mark(mark(run, "first"), "second"), id);
    expect(deletingBackups(run)).toEqual([]);
    expect(deletingBackups(all)).toEqual([]);
    const begun = beginDeletion(beginDeletion(all, "second", now), id, now);
    expect(deletingBackups(begun)).toMatchObject([
      { id, name: run.name, retention: { stage: "deleting", deletedAt: now } },
      { id: "second", name: "n2", retention: { stage: "deleting" } },
    ]);
    const { backupId: _lost, retention: _mark, ...without } = begun;
    expect(deletingBackups(without)).toMatchObject([{ id: "second" }]);
    expect(deletingBackups(confirmDeleted(begun, id, now))).toMatchObject([{ id: "second" }]);
  });
});
