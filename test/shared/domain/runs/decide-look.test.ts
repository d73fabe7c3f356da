import { expect, test } from "vitest";
import { failed, failure, ok } from "../../../../shared/domain/failure.ts";
import type { RemoteBackup } from "../../../../shared/domain/remote.ts";
import { afterLook } from "../../../../shared/domain/runs/decide-look.ts";
import { claim, doubt } from "../../../../shared/domain/runs/run-machine.ts";
import { aBuildingRun, aRequestedRun, minute } from "../../../support/run-builder.ts";

const pollBoundMs = 120_000;
const lost = failure("provider-unavailable", "504", { effect: "unknown" });
const taken = failure("name-taken", "the name exists");

function remote(changes: Partial<RemoteBackup> = {}): RemoteBackup {
  const { name, instanceId } = aRequestedRun();
  return { id: "backup-1", name: name ?? "", instanceId, status: "BUILDING", ...changes };
}

test("our name on our instance is adopted, whatever its id", () => {
  const run = doubt(aRequestedRun(), lost, minute(0));
  expect(afterLook(run, ok([remote({ id: "other" })]), { now: minute(1), pollBoundMs })).toMatchObject({
    state: "building",
    backupId: "other",
  });
});

test("our name on another instance is not ours", () => {
  const run = doubt(aRequestedRun(), lost, minute(0));
  expect(afterLook(run, ok([remote({ instanceId: "someone-elses" })]), { now: minute(1), pollBoundMs }).state).toBe(
    "requested",
  );
});

test("the same name is sent again only after two looks a minute apart", () => {
  const once = afterLook(doubt(aRequestedRun(), lost, minute(0)), ok([]), { now: minute(1), pollBoundMs });
  expect(once.state).toBe("requested");
  const tooSoon = afterLook(once, ok([]), { now: minute(1) + 59_000, pollBoundMs });
  expect(tooSoon.state).toBe("requested");
  const again = afterLook(once, ok([]), { now: minute(2), pollBoundMs });
  expect(again).toMatchObject({ state: "waiting", reason: "resend", attempt: 1 });
});

test("a request that nobody answered for, since its sender died, is looked up as any other", () => {
  const once = afterLook(aRequestedRun(), ok([]), { now: minute(1), pollBoundMs });
  expect(once).toMatchObject({ state: "requested", absences: 1, absentSinceAt: minute(1), dueAt: minute(2) });
  expect(afterLook(once, ok([]), { now: minute(2), pollBoundMs })).toMatchObject({
    state: "waiting",
    reason: "resend",
  });
});

test("a name that was sent again needs two looks again: absences from before prove nothing", () => {
  const once = afterLook(aRequestedRun(), ok([]), { now: minute(1), pollBoundMs });
  const sentAgain = claim(afterLook(once, ok([]), { now: minute(2), pollBoundMs }), "otcbk", minute(3));
  const look = afterLook(doubt(sentAgain, lost, minute(3)), ok([]), { now: minute(4), pollBoundMs });
  expect(look).toMatchObject({ state: "requested", absences: 1, absentSinceAt: minute(4) });
});

test("a name that OTC says exists and never shows is a collision: the next attempt's name is used", () => {
  const once = afterLook(doubt(aRequestedRun(), taken, minute(0)), ok([]), { now: minute(1), pollBoundMs });
  const twice = afterLook(once, ok([]), { now: minute(2), pollBoundMs });
  expect(twice, "a list that lags shows no name either").toMatchObject({ state: "requested", attempt: 1 });
  expect(afterLook(twice, ok([]), { now: minute(6), pollBoundMs })).toMatchObject({
    state: "waiting",
    reason: "name-collision",
    attempt: 2,
    lastFailure: { message: `OTC says ${twice.name} exists, but not on database ${twice.instanceId}` },
  });
});

test("a failed look proves nothing: neither absence nor loss", () => {
  const once = afterLook(aBuildingRun(), ok([]), { now: minute(20), pollBoundMs });
  const after = afterLook(once, failed(lost), { now: minute(22), pollBoundMs });
  expect(after).toMatchObject({ state: "building", absences: 1 });
});

test("a missing row shortly after acceptance may be lag; twice in a row after five minutes it is lost", () => {
  const early = afterLook(aBuildingRun(), ok([]), { now: minute(1), pollBoundMs });
  expect(afterLook(early, ok([]), { now: minute(4), pollBoundMs }).state).toBe("building");
  expect(afterLook(early, ok([]), { now: minute(5), pollBoundMs }).state).toBe("building");
  expect(afterLook(early, ok([]), { now: minute(5) + 1, pollBoundMs })).toMatchObject({
    state: "lost",
    alerts: [{ kind: "backup-lost" }],
  });
});

test("a row that comes back clears the suspicion", () => {
  const missing = afterLook(aBuildingRun(), ok([]), { now: minute(10), pollBoundMs });
  const back = afterLook(missing, ok([remote()]), { now: minute(11), pollBoundMs });
  expect(back).toMatchObject({ state: "building", absences: 0 });
});

test.each(["DELETING", "UNKNOWN"] as const)(
  "a status of %s is followed and becomes overdue at the deadline",
  (status) => {
    const run = afterLook(aBuildingRun(), ok([remote({ status })]), { now: minute(10), pollBoundMs });
    expect(run).toMatchObject({ state: "building", dueAt: minute(11) + 5_000, alerts: [] });
    expect(afterLook(run, ok([remote({ status })]), { now: minute(721), pollBoundMs }).alerts).toMatchObject([
      { kind: "backup-overdue" },
    ]);
  },
);

test("a request whose outcome stays unknown is told when the start window ends", () => {
  const run = doubt(aRequestedRun(), lost, minute(0));
  expect(afterLook(run, failed(lost), { now: minute(239), pollBoundMs }).alerts).toEqual([]);
  expect(afterLook(run, failed(lost), { now: minute(241), pollBoundMs }).alerts).toMatchObject([
    { kind: "backup-overdue" },
  ]);
});

test("a wait that OTC asks for is honoured at the next look", () => {
  const throttled = failure("throttled", "429", { afterMs: 600_000 });
  expect(afterLook(aBuildingRun(), failed(throttled), { now: minute(1), pollBoundMs }).dueAt).toBe(minute(11));
});

test("another backup of the same database is never taken for ours", () => {
  const request = doubt(aRequestedRun(), lost, minute(0));
  const stranger = remote({ id: "stranger", name: "before-the-release", status: "COMPLETED" });
  expect(afterLook(request, ok([stranger]), { now: minute(1), pollBoundMs })).toMatchObject({
    state: "requested",
    absences: 1,
    dueAt: minute(2),
  });
  const building = afterLook(aBuildingRun(), ok([stranger]), { now: minute(1), pollBoundMs });
  expect(building).toMatchObject({ state: "building", absences: 1, dueAt: minute(2) });
});

test("an adopted backup that has ended already ends its run, with OTC's size and times", () => {
  const request = doubt(aRequestedRun(), lost, minute(0));
  const ended = remote({ status: "COMPLETED", sizeKb: 5000, beganAt: minute(0), endedAt: minute(3) });
  const done = afterLook(request, ok([ended]), { now: minute(4), pollBoundMs });
  expect(done).toMatchObject({ state: "completed", sizeKb: 5000, beganAt: minute(0), endedAt: minute(3) });
  expect(done.events.map((event) => event.reason)).toContain("adopted");
  expect(done.finishedAt).toBe(minute(4));
  const unsized = afterLook(aBuildingRun(), ok([remote({ status: "COMPLETED" })]), { now: minute(4), pollBoundMs });
  for (const unknown of ["sizeKb", "beganAt", "endedAt"]) expect(unsized).not.toHaveProperty(unknown);
});

test("a FAILED backup is tried again under the next attempt's name, and the last one ends the run", () => {
  const failedRow = ok([remote({ status: "FAILED" })]);
  const again = afterLook(aBuildingRun(), failedRow, { now: minute(4), pollBoundMs });
  expect(again).toMatchObject({ state: "waiting", attempt: 2, earlierBackups: [{ id: "backup-1" }] });
  const last = afterLook(aBuildingRun({ maxAttempts: 1 }), failedRow, { now: minute(4), pollBoundMs });
  expect(last).toMatchObject({ state: "failed", reason: "backup-failed", finishedAt: minute(4) });
  expect(last.alerts.map((alert) => alert.kind)).toEqual(["backup-failed"]);
});
