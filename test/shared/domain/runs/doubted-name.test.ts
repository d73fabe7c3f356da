// A run whose name may stand at OTC unseen: while it cannot be sent again it is looked up, and its slot is given up only after a look.

import { expect, test } from "vitest";
import { failure, ok } from "../../../../shared/domain/failure.ts";
import { afterLook } from "../../../../shared/domain/runs/decide-look.ts";
import { isInDoubt, lookAgainAfterMs } from "../../../../shared/domain/runs/doubted-name.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import {
  accept,
  claim,
  doubt,
  failBackup,
  giveUp,
  postpone,
  resend,
  skip,
} from "../../../../shared/domain/runs/run-machine.ts";
import { aBuildingRun, aRequestedRun, aWaitingRun, minute } from "../../../support/run-builder.ts";

const busy = failure("instance-busy", "BACKING UP");
const lost = failure("provider-unavailable", "no answer", { effect: "unknown" });
const pollBoundMs = 120_000;

/** Its answer was lost at the slot and two looks did not show its name. */
function unseen(): Run {
  return resend(doubt(aRequestedRun(), lost, minute(0)), minute(2));
}

test("only a name that was to be sent again is in doubt", () => {
  expect(isInDoubt(aWaitingRun())).toBe(false);
  expect(isInDoubt(doubt(aRequestedRun(), lost, minute(0)))).toBe(false);
  expect(isInDoubt(postpone(aRequestedRun(), busy, { now: minute(1), retryAt: minute(2) }))).toBe(false);
  expect(isInDoubt(unseen())).toBe(true);
  expect(isInDoubt(claim(unseen(), "otcbk", minute(3)))).toBe(true);
});

test("another attempt's name is not in doubt for what befell the first", () => {
  const building = accept(
    claim(unseen(), "otcbk", minute(3)),
    { id: "b", name: "n" },
    { now: minute(3), reason: "accepted" },
  );
  const second = claim(failBackup(building, minute(5)), "otcbk", minute(6));
  expect(second.name).toMatch(/-a2$/);
  expect(isInDoubt(second)).toBe(false);
  expect(isInDoubt(aBuildingRun())).toBe(false);
});

test("what cannot be sent again now is looked up again, later each time, and never after the start window", () => {
  const first = postpone(unseen(), busy, { now: minute(3), retryAt: minute(4) });
  expect(first).toMatchObject({ state: "requested", reason: "instance-busy", dueAt: minute(4), absences: 0 });
  let run = first;
  for (const [now, dueAt] of [
    [10, 12],
    [20, 23],
    [30, 34],
    [40, 45],
    [50, 55],
  ] as const) {
    run = postpone(resend(run, minute(now)), busy, { now: minute(now), retryAt: minute(now + 1) });
    expect(run.dueAt).toBe(minute(dueAt));
  }
  expect(lookAgainAfterMs(run)).toBe(5 * 60_000);
  expect(postpone(unseen(), busy, { now: minute(3), retryAt: minute(30) }).dueAt).toBe(minute(30));
  expect(postpone(unseen(), busy, { now: minute(239.5), retryAt: minute(300) }).dueAt).toBe(minute(240));
});

test("the look that finds the name adopts the backup", () => {
  const waiting = postpone(unseen(), busy, { now: minute(3), retryAt: minute(4) });
  const row = { id: "b1", name: waiting.name ?? "", instanceId: waiting.instanceId, status: "BUILDING" } as const;
  const found = afterLook(waiting, ok([row]), { now: minute(4), pollBoundMs });
  expect(found).toMatchObject({ state: "building", backupId: "b1", alerts: [] });
  expect(found.lastFailure).toBeUndefined();
});

test("when the start window is over two more looks decide, and only then it is missed and told", () => {
  const last = giveUp(unseen(), minute(240));
  expect(last).toMatchObject({ state: "requested", reason: "start-window-over", dueAt: minute(240), alerts: [] });
  expect(postpone(unseen(), busy, { now: minute(240), retryAt: minute(241) }).state).toBe("requested");
  const once = afterLook(last, ok([]), { now: minute(240), pollBoundMs });
  expect(once).toMatchObject({ state: "requested", dueAt: minute(241) });
  expect(afterLook(once, ok([]), { now: minute(241), pollBoundMs })).toMatchObject({
    state: "missed",
    finishedAt: minute(241),
    alerts: [{ kind: "backup-missed" }],
  });
  expect(giveUp(aWaitingRun(), minute(240)).state).toBe("missed");
});

test("a database that cannot be backed up any more may have been: the name is looked up, and the run is not skipped over it", () => {
  const stopped = failure("instance-stopped", "SHUTDOWN");
  const again = skip(unseen(), stopped, minute(3));
  expect(again).toMatchObject({ state: "requested", reason: "instance-stopped", dueAt: minute(4), alerts: [] });
  const backup = {
    id: "b",
    name: again.name ?? "",
    instanceId: again.instanceId,
    status: "COMPLETED",
    sizeKb: 7,
  } as const;
  const found = afterLook(again, ok([backup]), { now: minute(4), pollBoundMs });
  expect(found).toMatchObject({ state: "completed", backupId: "b" });
  expect(skip(aWaitingRun(), stopped, minute(3)).state).toBe("skipped");
});
