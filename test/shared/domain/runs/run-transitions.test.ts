// Each named transition with everything it changes: state, reason, next step, what is remembered, who is told, what history says.

import { expect, test } from "vitest";
import { failure } from "../../../../shared/domain/failure.ts";
import { alertLeaseMs } from "../../../../shared/domain/messages/alert.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import * as machine from "../../../../shared/domain/runs/run-machine.ts";
import { aBuildingRun, aRequestedRun, aWaitingRun, minute, slotAt, theTerms } from "../../../support/run-builder.ts";

const evidence = { operation: "createBackup", status: 409, providerCode: "DBS.201202", requestId: "r-1" };
const busy = failure("instance-busy", "it is BACKING UP", { evidence });
const lost = failure("provider-unavailable", "no answer", { effect: "unknown" });
const key = { policyId: "nightly-shop", instanceId: "in01", slotAt, account: "prod" };
const lastEvent = (run: Run) => run.events.at(-1);
const told = (kind: string, changes: Record<string, unknown> = {}) => ({
  ...{ kind, level: "page", attempt: 1 },
  ...changes,
});

test("a run is born waiting, due at once, with one event and nothing else", () => {
  const run = machine.openRun(key, theTerms(), minute(1));
  expect(run).toEqual({
    ...key,
    ...{ state: "waiting", reason: "slot-due", terms: theTerms(), attempt: 1, version: 1, absences: 0 },
    ...{ dueAt: minute(1), createdAt: minute(1), earlierBackups: [], alerts: [] },
    events: [{ from: "none", to: "waiting", reason: "slot-due", at: minute(1), times: 1, lastAt: minute(1) }],
  });
});

test("missed at birth: told, ended, in its first version", () => {
  expect(machine.missAtBirth(key, theTerms({ severity: "ticket" }), minute(3000))).toMatchObject({
    ...{ state: "missed", reason: "superseded", version: 1, finishedAt: minute(3000) },
    alerts: [{ ...told("backup-missed", { level: "ticket" }), raisedAt: minute(3000) }],
    events: [{ to: "waiting" }, { from: "waiting", to: "missed", reason: "superseded", at: minute(3000) }],
  });
});

test("paused at birth: ended, with the pause's own words, and nobody told", () => {
  const run = machine.pauseAtBirth(key, theTerms(), { now: minute(1), detail: "until Monday: migration" });
  expect(run).toMatchObject({ state: "skipped", reason: "paused", version: 1, finishedAt: minute(1), alerts: [] });
  expect(lastEvent(run)).toMatchObject({ to: "skipped", reason: "paused", detail: "until Monday: migration" });
});

test("a claim holds the name, the time of the request and the time of the first look", () => {
  const run = machine.claim({ ...aWaitingRun(), absences: 2 }, "otcbk", minute(1));
  expect(run).toMatchObject({ state: "requested", reason: "claimed", requestedAt: minute(1), dueAt: minute(2) });
  expect(run.absences).toBe(0);
  expect(run.name).toMatch(/^otcbk-nightly-shop-/);
  expect(lastEvent(run)).toMatchObject({ from: "waiting", to: "requested", detail: run.name, at: minute(1) });
});

test("a run that waits knows why, until when, and what OTC answered", () => {
  const run = machine.postpone(aRequestedRun(), busy, { now: minute(1), retryAt: minute(6) });
  expect(run).toMatchObject({ state: "waiting", reason: "instance-busy", dueAt: minute(6), lastFailure: busy });
  expect(lastEvent(run)).toMatchObject({ from: "requested", detail: "it is BACKING UP", evidence });
  expect(run.alerts).toEqual([]);
});

test("a slot given up is told with the last thing that stood in the way", () => {
  const waited = machine.postpone(aWaitingRun(), busy, { now: minute(1), retryAt: minute(2) });
  const run = machine.giveUp(waited, minute(240));
  expect(run).toMatchObject({ state: "missed", reason: "start-window-over", finishedAt: minute(240) });
  expect(run.alerts).toEqual([
    { ...told("backup-missed"), raisedAt: minute(240), leaseUntilAt: minute(240) + alertLeaseMs },
  ]);
  expect(lastEvent(run)).toMatchObject({ detail: "it is BACKING UP", evidence });
  expect(lastEvent(machine.giveUp(aWaitingRun(), minute(240)))).not.toHaveProperty("detail");
});

test("a skip, a refusal and a resolved selector end the run, each in its own words", () => {
  const replica = failure("instance-replica", "a read replica");
  expect(machine.skip(aWaitingRun(), replica, minute(1))).toMatchObject({
    ...{ state: "skipped", reason: "instance-replica", finishedAt: minute(1), lastFailure: replica },
    alerts: [told("run-skipped")],
  });
  const refused = failure("request-refused", "bad name");
  expect(machine.refuse(aRequestedRun(), refused, minute(1))).toMatchObject({
    ...{ state: "failed", reason: "request-refused", finishedAt: minute(1), lastFailure: refused },
    alerts: [told("backup-failed")],
  });
  const resolved = machine.resolveSelector(aWaitingRun(), "3 databases", minute(1));
  expect(resolved).toMatchObject({ state: "skipped", reason: "resolved", finishedAt: minute(1), alerts: [] });
  expect(lastEvent(resolved)).toMatchObject({ detail: "3 databases" });
});

test.each(["accepted", "adopted"] as const)("a backup that was %s is followed from the claim's end on", (reason) => {
  const doubted = { ...machine.doubt(aRequestedRun(), lost, minute(0)), absences: 1, dueAt: minute(1) };
  const run = machine.accept(doubted, { id: "b-1", name: "n" }, { now: minute(1), reason });
  expect(run).toMatchObject({ state: "building", reason, backupId: "b-1", acceptedAt: minute(1), dueAt: minute(1) });
  expect(run.absences).toBe(0);
  expect(lastEvent(run)).toMatchObject({ from: "requested", detail: "b-1" });
});

test("a doubt is looked up at once; absences count from the first; the same name goes again at once", () => {
  const doubted = machine.doubt(aRequestedRun(), lost, minute(1));
  expect(doubted).toMatchObject({ state: "requested", reason: "provider-unavailable", dueAt: minute(1) });
  expect(doubted.lastFailure).toEqual(lost);
  const once = machine.nameAbsent(doubted, { now: minute(2), lookAgainAt: minute(3) });
  expect(once).toMatchObject({ reason: "not-listed", absences: 1, absentSinceAt: minute(2), dueAt: minute(3) });
  const twice = machine.nameAbsent(once, { now: minute(3), lookAgainAt: minute(4) });
  expect(twice).toMatchObject({ absences: 2, absentSinceAt: minute(2), dueAt: minute(4) });
  expect(lastEvent(twice)).toMatchObject({ times: 2, at: minute(2), lastAt: minute(3) });
  const again = machine.resend(twice, minute(4));
  expect(again).toMatchObject({ state: "waiting", reason: "resend", dueAt: minute(4), absences: 0, attempt: 1 });
  expect(machine.resend(twice, minute(240) - 1).state).toBe("waiting");
  expect(machine.resend(twice, minute(240)).state).toBe("missed");
});

test("a backup is overdue after its window, not at its end, and that is told once", () => {
  const times = (now: number) => ({ now, nextLookAt: now + 120_000 });
  expect(machine.keepBuilding(aBuildingRun(), times(minute(720)))).toMatchObject({
    reason: "still-building",
    alerts: [],
  });
  const late = machine.keepBuilding({ ...aBuildingRun(), absences: 1 }, times(minute(720) + 1));
  expect(late).toMatchObject({ state: "building", reason: "overdue", alerts: [told("backup-overdue")], absences: 0 });
  expect(late.dueAt).toBe(minute(722) + 1);
  expect(machine.keepBuilding(late, times(minute(800))).alerts).toHaveLength(1);
});

test("a look that failed proves nothing; its run is told when its own window is over", () => {
  const times = (now: number) => ({ now, nextLookAt: now + 120_000 });
  const failed = machine.lookFailed({ ...aBuildingRun(), absences: 1 }, lost, times(minute(5)));
  expect(failed).toMatchObject({ state: "building", reason: "provider-unavailable", absences: 1, dueAt: minute(7) });
  expect(failed.lastFailure).toEqual(lost);
  expect(machine.lookFailed(aBuildingRun(), lost, times(minute(720))).alerts).toEqual([]);
  expect(machine.lookFailed(aBuildingRun(), lost, times(minute(721))).alerts).toMatchObject([told("backup-overdue")]);
  expect(machine.lookFailed(aRequestedRun(), lost, times(minute(240))).alerts).toEqual([]);
  expect(machine.lookFailed(aRequestedRun(), lost, times(minute(241))).alerts).toMatchObject([told("backup-overdue")]);
});

test("a COMPLETED backup ends the run with what OTC says of it; one under the floor is told", () => {
  const seen = { sizeKb: 5, beganAt: minute(1), endedAt: minute(3) };
  const good = machine.complete(aBuildingRun(), seen, minute(4));
  expect(good).toMatchObject({ state: "completed", reason: "completed", ...seen, finishedAt: minute(4), alerts: [] });
  const small = machine.complete(aBuildingRun({ sizeFloorKb: 6 }), seen, minute(4));
  expect(small).toMatchObject({ state: "completed", alerts: [told("backup-not-good")] });
  expect(machine.complete(aBuildingRun(), {}, minute(4)).alerts).toMatchObject([told("backup-not-good")]);
});

test("a FAILED backup leaves nothing of its attempt but its id, and is told as a ticket while another follows", () => {
  const run = machine.failBackup({ ...aBuildingRun(), absences: 1 }, minute(5));
  expect(run).toMatchObject({ state: "waiting", reason: "backup-failed", attempt: 2, dueAt: minute(5), absences: 0 });
  expect(run.earlierBackups).toEqual([{ id: "backup-1", name: aBuildingRun().name }]);
  expect([run.name, run.backupId, run.acceptedAt, run.requestedAt]).toEqual(Array(4).fill(undefined));
  expect(run.alerts).toMatchObject([told("attempt-failed", { level: "ticket" })]);
  expect(machine.failBackup(aBuildingRun(), minute(240) - 1).state).toBe("waiting");
  const second = machine.failBackup({ ...aBuildingRun({ maxAttempts: 3 }), ...run, state: "building" }, minute(6));
  expect(second.earlierBackups).toEqual(run.earlierBackups);
  const last = machine.failBackup(aBuildingRun({ maxAttempts: 1 }), minute(5));
  expect(last).toMatchObject({ state: "failed", reason: "backup-failed", finishedAt: minute(5), dueAt: minute(1) });
});

test("a name that is somebody else's costs an attempt; without another one the run ends", () => {
  const why = failure("name-collision", "not ours");
  const run = machine.renameAfterCollision(aRequestedRun(), why, minute(6));
  expect(run).toMatchObject({ state: "waiting", reason: "name-collision", attempt: 2, dueAt: minute(6) });
  expect(run).toMatchObject({
    earlierBackups: [],
    lastFailure: why,
    alerts: [told("attempt-failed", { level: "ticket" })],
  });
  expect(lastEvent(run)).toMatchObject({ detail: "not ours" });
  expect(machine.renameAfterCollision(aRequestedRun({ maxAttempts: 1 }), why, minute(6)).state).toBe("failed");
  expect(machine.renameAfterCollision(aRequestedRun(), why, minute(240)).state).toBe("failed");
});

test("a backup that is not listed is lost only when that is certain", () => {
  const times = { now: minute(9), lookAgainAt: minute(10) };
  const once = machine.backupAbsent(aBuildingRun(), { ...times, certain: false });
  expect(once).toMatchObject({ state: "building", reason: "not-listed", absences: 1, absentSinceAt: minute(9) });
  expect(once.dueAt).toBe(minute(10));
  const twice = machine.backupAbsent(once, { now: minute(10), lookAgainAt: minute(11), certain: false });
  expect(twice).toMatchObject({ absences: 2, absentSinceAt: minute(9) });
  expect(machine.backupAbsent(once, { ...times, certain: true })).toMatchObject({
    ...{ state: "lost", reason: "backup-gone", finishedAt: minute(9), alerts: [told("backup-lost")] },
  });
});

test("an absence that was cleared counts for nothing when the next one comes", () => {
  const old = { absences: 0, absentSinceAt: minute(1) };
  const request = machine.nameAbsent({ ...aRequestedRun(), ...old }, { now: minute(9), lookAgainAt: minute(10) });
  expect(request).toMatchObject({ absences: 1, absentSinceAt: minute(9) });
  const facts = { now: minute(9), lookAgainAt: minute(10), certain: false };
  const building = machine.backupAbsent({ ...aBuildingRun(), ...old }, facts);
  expect(building).toMatchObject({ absences: 1, absentSinceAt: minute(9) });
});

test("each attempt that fails is told; everything else once per run, whichever attempt it befalls", () => {
  const failOnce = (run: Run, now: number) => machine.failBackup({ ...run, state: "building", backupId: "b" }, now);
  const twice = failOnce(failOnce(aBuildingRun({ maxAttempts: 3 }), minute(5)), minute(6));
  expect(twice.alerts.map(({ kind, attempt }) => [kind, attempt])).toEqual([
    ["attempt-failed", 1],
    ["attempt-failed", 2],
  ]);
  const last = failOnce(twice, minute(7));
  expect(last.alerts.at(-1)).toMatchObject({ kind: "backup-failed", attempt: 1 });
  const [alert] = machine.keepBuilding({ ...aBuildingRun(), attempt: 2 }, { now: minute(721), nextLookAt: 0 }).alerts;
  expect(alert).toMatchObject({ kind: "backup-overdue", attempt: 1 });
});

test("a wait that was interrupted is listed again, and what came before stays in the history", () => {
  const times = (at: number) => ({ now: minute(at), retryAt: minute(at + 1) });
  const waited = machine.postpone(machine.postpone(aWaitingRun(), busy, times(1)), busy, times(2));
  const claimed = machine.claim(waited, "otcbk", minute(3));
  const again = machine.postpone(machine.postpone(claimed, busy, times(3)), busy, times(4));
  expect(again.events.map(({ to, reason, times: count }) => [to, reason, count])).toEqual([
    ["waiting", "slot-due", 1],
    ["waiting", "instance-busy", 2],
    ["requested", "claimed", 1],
    ["waiting", "instance-busy", 1],
    ["waiting", "instance-busy", 1],
  ]);
});

test("the outbox: a lease moves only what is unsent, and only what was published is marked", () => {
  const both = machine.failBackup(
    { ...aBuildingRun({ maxAttempts: 2 }), ...machine.failBackup(aBuildingRun(), minute(5)), state: "building" },
    minute(6),
  );
  expect(both.alerts.map((alert) => alert.kind)).toEqual(["attempt-failed", "backup-failed"]);
  const marked = machine.alertsDelivered(both, both.alerts.slice(0, 1), minute(7));
  expect(marked.alerts.map((alert) => alert.sentAt)).toEqual([minute(7), undefined]);
  expect(marked.version).toBe(both.version + 1);
  const taken = machine.takeOverAlerts(marked, minute(20));
  expect(taken.alerts.map((alert) => alert.leaseUntilAt)).toEqual([
    both.alerts[0]?.leaseUntilAt,
    minute(20) + alertLeaseMs,
  ]);
  expect(taken.version).toBe(marked.version + 1);
  const [first] = both.alerts;
  const nextAttempt = { ...both, alerts: first === undefined ? [] : [{ ...first, attempt: 2 }] };
  expect(machine.alertsDelivered(nextAttempt, both.alerts, minute(7)).alerts[0]).not.toHaveProperty("sentAt");
});
