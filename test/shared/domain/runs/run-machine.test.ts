import { expect, test } from "vitest";
import { failure } from "../../../../shared/domain/failure.ts";
import { hasEnded, nextAction, type Run, runStates } from "../../../../shared/domain/runs/run.ts";
import * as machine from "../../../../shared/domain/runs/run-machine.ts";
import { aBuildingRun, aRequestedRun, aWaitingRun, minute } from "../../../support/run-builder.ts";

const busy = failure("instance-busy", "busy");
const steps: Record<string, (run: Run) => Run> = {
  claim: (run) => machine.claim(run, "otcbk", minute(1)),
  postpone: (run) => machine.postpone(run, busy, { now: minute(1), retryAt: minute(2) }),
  giveUp: (run) => machine.giveUp(run, minute(1)),
  skip: (run) => machine.skip(run, failure("instance-replica", "a replica"), minute(1)),
  accept: (run) => machine.accept(run, { id: "b", name: "n" }, { now: minute(1), reason: "accepted" }),
  doubt: (run) => machine.doubt(run, failure("provider-unavailable", "500", { effect: "unknown" }), minute(1)),
  nameAbsent: (run) => machine.nameAbsent(run, { now: minute(1), lookAgainAt: minute(2) }),
  resend: (run) => machine.resend(run, minute(1)),
  refuse: (run) => machine.refuse(run, failure("request-refused", "400"), minute(1)),
  keepBuilding: (run) => machine.keepBuilding(run, { now: minute(1), nextLookAt: minute(3) }),
  complete: (run) => machine.complete(run, { sizeKb: 5 }, minute(1)),
  failBackup: (run) => machine.failBackup(run, minute(1)),
  backupAbsent: (run) => machine.backupAbsent(run, { now: minute(1), lookAgainAt: minute(2), certain: false }),
};
const samples: Partial<Record<Run["state"], Run>> = {
  waiting: aWaitingRun(),
  requested: aRequestedRun(),
  building: aBuildingRun(),
  completed: machine.complete(aBuildingRun(), { sizeKb: 5 }, minute(9)),
  failed: machine.refuse(aRequestedRun(), failure("request-refused", "400"), minute(9)),
  missed: machine.giveUp(aWaitingRun(), minute(241)),
  lost: machine.backupAbsent(aBuildingRun(), { now: minute(9), lookAgainAt: minute(10), certain: true }),
  skipped: machine.skip(aWaitingRun(), failure("instance-replica", "a replica"), minute(9)),
};

test("there is a sample of every state", () => {
  expect(Object.keys(samples).toSorted()).toEqual([...runStates].toSorted());
});

test.each(
  Object.values(samples).flatMap((run) =>
    Object.entries(steps).map(([name, step]) => ({ name, step, run, state: run.state })),
  ),
)("$name on a run that is $state either follows the table or is refused", ({ step, run }) => {
  let next: Run | undefined;
  try {
    next = step(run);
  } catch (error) {
    expect(String(error)).toContain(`a run that is ${run.state} cannot become`);
    return;
  }
  expect(machine.transitions[run.state]).toContain(next.state);
  expect(next.version).toBeGreaterThan(run.version);
  expect(next.attempt).toBeGreaterThanOrEqual(run.attempt);
});

test("an ended run is never left, whatever is tried", () => {
  for (const run of Object.values(samples).filter(hasEnded)) {
    for (const step of Object.values(steps)) expect(() => step(run)).toThrow("cannot become");
  }
});

test("every ended run that is not completed has raised an alert", () => {
  for (const run of Object.values(samples).filter((r) => hasEnded(r) && r.state !== "completed")) {
    expect(run.alerts, run.state).toHaveLength(1);
  }
});

test("claim and acceptance keep the time of the first look, so the index is not written twice", () => {
  expect(nextAction(aRequestedRun())).toEqual({ lane: "poll", at: minute(1) });
  expect(nextAction(aBuildingRun())).toEqual({ lane: "poll", at: minute(1) });
});

test("a second attempt has a new name, and the first backup is remembered as ours", () => {
  const again = machine.claim(machine.failBackup(aBuildingRun(), minute(5)), "otcbk", minute(6));
  expect(again.name).toMatch(/-a2$/);
  expect(again.earlierBackups).toEqual([{ id: "backup-1", name: aBuildingRun().name }]);
  expect(again.backupId).toBeUndefined();
});

test.each([
  { title: "after the last attempt", terms: { maxAttempts: 1 }, at: minute(5) },
  { title: "after the start window", terms: { maxAttempts: 5 }, at: minute(240) },
])("a FAILED backup ends the run $title", ({ terms, at }) => {
  expect(machine.failBackup(aBuildingRun(terms), at)).toMatchObject({
    state: "failed",
    alerts: [{ kind: "backup-failed", level: "page" }],
  });
});

test("waiting a long time does not make the history grow", () => {
  const throttled = failure("throttled", "429");
  let run = machine.postpone(aWaitingRun(), throttled, { now: minute(0), retryAt: minute(1) });
  for (let i = 1; i <= 200; i += 1) run = machine.postpone(run, busy, { now: minute(i), retryAt: minute(i + 1) });
  expect(run.events.map((event) => event.reason)).toEqual(["slot-due", "throttled", "instance-busy"]);
  expect(run.events[2]).toMatchObject({ times: 200, at: minute(1), lastAt: minute(200) });
});

test("waiting never passes the end of the start window", () => {
  expect(machine.postpone(aWaitingRun(), busy, { now: minute(239), retryAt: minute(300) }).dueAt).toBe(minute(240));
  expect(machine.postpone(aWaitingRun(), busy, { now: minute(240), retryAt: minute(300) })).toMatchObject({
    state: "missed",
    lastFailure: { code: "instance-busy" },
  });
});

test("what stood in the way of the POST is forgotten once OTC has accepted it", () => {
  const waited = machine.postpone(aWaitingRun(), busy, { now: minute(1), retryAt: minute(2) });
  const claimed = machine.claim(waited, "otcbk", minute(2));
  const accepted = machine.accept(claimed, { id: "b", name: "n" }, { now: minute(2), reason: "accepted" });
  expect(accepted.lastFailure).toBeUndefined();
  expect(machine.failBackup(accepted, minute(5)).lastFailure).toBeUndefined();
});

test("each alert that was published is marked, and no other", () => {
  const retried = machine.claim(machine.failBackup(aBuildingRun(), minute(5)), "otcbk", minute(6));
  const missed = machine.resend(retried, minute(240));
  expect(missed.alerts.map((alert) => alert.kind)).toEqual(["attempt-failed", "backup-missed"]);
  const sentAt = (sent: Run["alerts"]) =>
    machine.alertsDelivered(missed, sent, minute(241)).alerts.map((a) => a.sentAt);
  expect(sentAt(missed.alerts)).toEqual([minute(241), minute(241)]);
  expect(sentAt(missed.alerts.slice(0, 1))).toEqual([minute(241), undefined]);
  expect(sentAt(missed.alerts.slice(0, 1).map((alert) => ({ ...alert, attempt: 2 })))).toEqual([undefined, undefined]);
  expect(machine.alertsDelivered(missed, missed.alerts, minute(241)).version).toBe(missed.version + 1);
});

test("a backup of OTC's own makes a ticket of a page where it is no older than the policy accepts", () => {
  const hourMs = 3_600_000;
  const noted = (hours: number | undefined, ageMs: number) => {
    const run = machine.giveUp(aWaitingRun(hours === undefined ? {} : { acceptAutomatedHours: hours }), minute(241));
    const line = { checkedAt: minute(241), beganAt: minute(241) - ageMs };
    const next = machine.noteSecondLine(run, line);
    expect(next).toMatchObject({ secondLine: line, version: run.version + 1, state: "missed" });
    return next.alerts.map((alert) => alert.level);
  };
  expect(noted(24, 24 * hourMs)).toEqual(["ticket"]);
  expect(noted(24, 24 * hourMs + 1)).toEqual(["page"]);
  expect(noted(undefined, 1)).toEqual(["page"]);
});
