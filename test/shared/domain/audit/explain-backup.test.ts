// What a backup that stands on no record is to the record of its run, and which of several speaks for it.

import { describe, expect, test } from "vitest";
import { explainBackup, type Listed } from "../../../../shared/domain/audit/explain-backup.ts";
import { adoptRun, recordEarlier } from "../../../../shared/domain/audit/reconcile-run.ts";
import { failure } from "../../../../shared/domain/failure.ts";
import type { BackupStatus } from "../../../../shared/domain/remote.ts";
import { beginDeletion, confirmDeleted, markBackup } from "../../../../shared/domain/retention/retention-mark.ts";
import { backupName } from "../../../../shared/domain/runs/naming.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { claim, complete, failBackup, missAtBirth, resend, skip } from "../../../../shared/domain/runs/run-machine.ts";
import { aBuildingRun, aRequestedRun, aWaitingRun, minute, theTerms } from "../../../support/run-builder.ts";

const run = aWaitingRun();
const hour = 60;

/** A backup that bears the name of an attempt of the run. */
function listed(attempt: number, status: BackupStatus = "COMPLETED", id = `other-${attempt}`): Listed {
  const { policyId, instanceId, slotAt } = run;
  const name = backupName("otcbk", run, attempt);
  return { backup: { id, name, instanceId, status }, proven: { key: { policyId, instanceId, slotAt }, attempt } };
}

const explain = (recorded: Run | undefined, backup: Listed) => explainBackup(recorded, backup, minute(5 * hour));
const failedOnce = failBackup(aBuildingRun({ maxAttempts: 2 }), minute(5));
const failed = failBackup(aBuildingRun({ maxAttempts: 1 }), minute(5));
const completed = complete(aBuildingRun(), { sizeKb: 7 }, minute(30));

test.each<[string, Run | undefined]>([
  ["no record at all", undefined],
  ["a slot that was over when its record was written", missAtBirth(run, theTerms(), minute(3000))],
  ["a run that never asked for a backup", skip(run, failure("instance-frozen", "frozen"), minute(9))],
  ["a run that was given up without the answer", resend(aRequestedRun(), minute(240))],
])("adopted over %s, whatever the attempt and its end", (_what, recorded) => {
  for (const attempt of [1, 2])
    for (const status of ["BUILDING", "COMPLETED", "FAILED", "UNKNOWN"] as const)
      expect(explain(recorded, listed(attempt, status))).toEqual({ kind: "adopt" });
});

test("a run that ended in a FAILED backup gives way to a later attempt, and keeps the one it had", () => {
  const second = listed(2);
  expect(explain(failed, second)).toEqual({ kind: "adopt" });
  const facts = { account: "prod", terms: failed.terms, now: minute(600), over: failed };
  expect(adoptRun(second.proven, second.backup, facts)).toMatchObject({
    ...{ state: "completed", backupId: "other-2", attempt: 2 },
    earlierBackups: [{ id: failed.backupId, name: failed.name }],
  });
});

test("a FAILED backup of an earlier attempt goes on record beside the run's own", () => {
  const second = listed(2);
  const facts = { account: "prod", terms: run.terms, now: minute(600) };
  const adopted = adoptRun(second.proven, second.backup, facts);
  const first = listed(1, "FAILED");
  expect(explain(adopted, first)).toEqual({ kind: "record-earlier" });
  const recorded = recordEarlier(adopted, first.backup, minute(601));
  expect(recorded).toMatchObject({ version: adopted.version + 1, state: "completed", backupId: "other-2" });
  expect(recorded.earlierBackups).toEqual([{ id: "other-1", name: first.backup.name }]);
  expect(recorded.events.at(-1)).toMatchObject({ reason: "adopted", detail: "other-1", at: minute(601) });
  expect(explain(recorded, first)).toEqual({ kind: "known" });
});

describe("known", () => {
  test.each<[string, Run, Listed]>([
    ["the run's own backup", completed, listed(1, "COMPLETED", completed.backupId)],
    ["one of an attempt before", claim(failedOnce, "otcbk", minute(6)), listed(1, "FAILED", "backup-1")],
    ["one of a run that waits", run, listed(1)],
    ["one of a run that asks for it", aRequestedRun(), listed(1)],
    ["another attempt's of a run whose backup builds", aBuildingRun(), listed(2)],
  ])("%s", (_what, recorded, backup) => {
    expect(explain(recorded, backup)).toEqual({ kind: "known" });
  });
});

describe("an orphan", () => {
  test.each<[string, Run, Listed, RegExp]>([
    [
      "a second one of the same name",
      completed,
      listed(1),
      /completed \(completed\); OTC let its name in twice, .*backup-1$/,
    ],
    [
      "a second one while the first builds",
      aBuildingRun(),
      listed(1),
      /building \(accepted\); OTC let its name in twice/,
    ],
    ["a FAILED second one of the same name", completed, listed(1, "FAILED"), /OTC let its name in twice/],
    ["a second one of a FAILED one", failed, listed(1), /failed \(backup-failed\); OTC let its name in twice/],
    ["another attempt's beside a good one", completed, listed(2), /^its run is recorded as completed \(completed\)$/],
  ])("%s", (_what, recorded, backup, why) => {
    expect(explain(recorded, backup)).toEqual({ kind: "orphan", why: expect.stringMatching(why) });
  });

  test("one that is recorded as deleted, an hour after that", () => {
    const id = completed.backupId ?? "";
    const facts = { planId: "p", reasons: ["kept by none"], now: minute(hour), graceMs: 0 };
    const deleting = beginDeletion(markBackup(completed, id, facts), id, minute(2 * hour));
    const deleted = confirmDeleted(deleting, id, minute(4 * hour));
    const own = listed(1, "COMPLETED", completed.backupId);
    expect(explainBackup(deleted, own, minute(5 * hour))).toEqual({ kind: "known" });
    expect(explainBackup(deleted, own, minute(5 * hour) + 1)).toMatchObject({
      why: expect.stringContaining("recorded as deleted"),
    });
  });
});

test("of a run whose attempts are all on no record the last one speaks for it, in whatever order they are listed", () => {
  const attempts = [listed(1, "FAILED"), listed(2, "FAILED"), listed(3)];
  for (const order of [attempts, attempts.toReversed()]) {
    const last = order.reduce<Run | undefined>((recorded, { backup, proven }) => {
      const { kind } = explain(recorded, { backup, proven });
      const facts = { account: "prod", terms: run.terms, now: minute(600), ...(recorded && { over: recorded }) };
      return kind === "adopt" || recorded === undefined
        ? adoptRun(proven, backup, facts)
        : recordEarlier(recorded, backup, minute(600));
    }, undefined);
    expect(last).toMatchObject({ state: "completed", backupId: "other-3", attempt: 3 });
    expect(last?.earlierBackups.map(({ id }) => id).toSorted()).toEqual(["other-1", "other-2"]);
  }
});

test("a FAILED backup on no record is told as failed, a day later as a ticket; over a record that had told of it only as adopted", () => {
  const { backup, proven } = listed(1, "FAILED");
  const terms = theTerms();
  const alertsAt = (now: number, over?: Run) =>
    adoptRun(proven, backup, { account: "prod", terms, now, ...(over && { over }) }).alerts.map(({ kind, level }) => [
      kind,
      level,
    ]);
  expect(alertsAt(terms.completeByAt + 1)).toEqual([
    ["backup-failed", "page"],
    ["backup-adopted", "ticket"],
  ]);
  expect(alertsAt(terms.completeByAt + minute(24 * hour) - minute(0))).toEqual([
    ["backup-failed", "ticket"],
    ["backup-adopted", "ticket"],
  ]);
  expect(alertsAt(minute(5000), missAtBirth(run, terms, minute(3000)))).toEqual([
    ["backup-missed", "page"],
    ["backup-adopted", "ticket"],
  ]);
});
