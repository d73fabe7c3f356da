// THE state machine. Every change of a run is one of the named transitions below; each returns a new value with the
// version raised by one, and the ledger writes it only over the version it was made from. So a lost race is a value,
// and a frozen process that wakes up late can change nothing.

import type { Failure } from "../failure.ts";
import { type AlertLevel, alertLeaseMs, type RunAlert, type RunAlertKind } from "../messages/alert.ts";
import { isInDoubt, lookAgainAfterMs } from "./doubted-name.ts";
import { isLargeEnough } from "./good.ts";
import { backupName, type RunKey } from "./naming.ts";
import type { BackupRef, Run, RunState, RunTerms } from "./run.ts";
import { because, eventOf, type Step, withEvent } from "./run-step.ts";
import { type SecondLine, softened } from "./second-line.ts";

/** Who may follow whom. The chart in docs/architecture.md is compared with this table. */
export const transitions = {
  waiting: ["waiting", "requested", "missed", "skipped", "failed"],
  requested: ["requested", "waiting", "building", "failed", "missed", "skipped"],
  building: ["building", "completed", "failed", "lost", "waiting"],
  completed: [],
  failed: [],
  missed: [],
  lost: [],
  skipped: [],
} as const satisfies Record<RunState, readonly RunState[]>;

/** How long a claim holds: longer than any POST may take, and when the first look at the backup is due. */
export const claimMs = 60_000;

/** Applies one step; everything that is not named in `changes` stays. */
function advance(run: Run, step: Step, changes: Partial<Run> = {}): Run {
  if (!transitions[run.state].some((to) => to === step.to)) {
    throw new Error(`a run that is ${run.state} cannot become ${step.to}`);
  }
  return {
    ...run,
    ...changes,
    state: step.to,
    reason: step.reason,
    version: run.version + 1,
    alerts: step.alert === undefined ? run.alerts : withAlert(run, step.alert, step.at),
    events: withEvent(run.events, { ...eventOf(step), from: run.state }),
  };
}

function withAlert(run: Run, kind: RunAlertKind, now: number): readonly RunAlert[] {
  const attempt = kind === "attempt-failed" ? run.attempt : 1;
  if (run.alerts.some((a) => a.kind === kind && a.attempt === attempt)) return run.alerts;
  const level: AlertLevel = kind === "attempt-failed" ? "ticket" : run.terms.severity;
  return [...run.alerts, { kind, level, attempt, raisedAt: now, leaseUntilAt: now + alertLeaseMs }];
}

// ---- births

/** A run whose slot is due: waiting to be requested, at once. */
export function openRun(key: RunKey & { account: string }, terms: RunTerms, now: number): Run {
  const { policyId, instanceId, slotAt, account } = key;
  const facts = {
    terms,
    attempt: 1,
    version: 1,
    dueAt: now,
    createdAt: now,
    absences: 0,
    earlierBackups: [],
    alerts: [],
  };
  const events = [eventOf({ to: "waiting", reason: "slot-due", at: now })];
  return { policyId, instanceId, slotAt, account, state: "waiting", reason: "slot-due", ...facts, events };
}

/** A slot that is over before its run was made: never requested, and a human is told. */
export function missAtBirth(key: RunKey & { account: string }, terms: RunTerms, now: number): Run {
  return {
    ...advance(
      openRun(key, terms, now),
      { to: "missed", reason: "superseded", at: now, alert: "backup-missed" },
      { finishedAt: now },
    ),
    version: 1,
  };
}

/** A slot inside a pause: recorded, and nobody is paged, since the pause has a reason and an end. */
export function pauseAtBirth(
  key: RunKey & { account: string },
  terms: RunTerms,
  facts: { now: number; detail: string },
): Run {
  const { now, detail } = facts;
  return {
    ...advance(openRun(key, terms, now), { to: "skipped", reason: "paused", at: now, detail }, { finishedAt: now }),
    version: 1,
  };
}

// ---- waiting

/** The durable intent: name and claim stand in the ledger before the POST leaves. */
export function claim(run: Run, prefix: string, now: number): Run {
  const name = backupName(prefix, run, run.attempt);
  return advance(
    run,
    { to: "requested", reason: "claimed", at: now, detail: name },
    { name, requestedAt: now, dueAt: now + claimMs, absences: 0 },
  );
}

/**
 * Not now: try again at `retryAt`, or give the slot up when its window is over. What stands in the way may be our own backup,
 * where an earlier answer was lost: then the name is looked up again before it is sent again.
 */
export function postpone(run: Run, why: Failure, times: { now: number; retryAt: number }): Run {
  const { now, retryAt } = times;
  const { startByAt } = run.terms;
  if (now >= startByAt) return giveUp({ ...run, lastFailure: why }, now);
  const [to, notBefore] = isInDoubt(run)
    ? (["requested", now + lookAgainAfterMs(run)] as const)
    : (["waiting", 0] as const);
  return advance(
    run,
    { to, ...because(why), at: now },
    { lastFailure: why, dueAt: Math.min(Math.max(retryAt, notBefore), startByAt) },
  );
}

/** The start window is over: missed, unless the name may stand at OTC after all. That is looked up first. */
export function giveUp(run: Run, now: number): Run {
  if (!isInDoubt(run)) return miss(run, now);
  return advance(run, { to: "requested", reason: "start-window-over", at: now }, { dueAt: now });
}

/** The start window ended before OTC accepted a backup. */
function miss(run: Run, now: number): Run {
  const last = run.lastFailure === undefined ? {} : because(run.lastFailure);
  return advance(
    run,
    { ...last, to: "missed", reason: "start-window-over", at: now, alert: "backup-missed" },
    { finishedAt: now },
  );
}

/**
 * The instance cannot be backed up at all, for a reason a person must see: unless it has been, where an earlier answer was lost.
 * Then the name is looked up until the start window is over.
 */
export function skip(run: Run, why: Failure, now: number): Run {
  if (isInDoubt(run)) return postpone(run, why, { now, retryAt: now });
  return advance(
    run,
    { to: "skipped", ...because(why), at: now, alert: "run-skipped" },
    { lastFailure: why, finishedAt: now },
  );
}

/** The databases of a slot that could not be worked out at first have runs of their own now. */
export function resolveSelector(run: Run, detail: string, now: number): Run {
  return advance(run, { to: "skipped", reason: "resolved", at: now, detail }, { finishedAt: now });
}

// ---- requested

/** OTC accepted the POST, or the look-up found our name on our instance (`adopted`). */
export function accept(run: Run, backup: BackupRef, facts: { now: number; reason: "accepted" | "adopted" }): Run {
  const { now, reason } = facts;
  // What stood in the way before is over: left there, it would be told as the reason of whatever comes later.
  const { lastFailure: _over, ...clear } = run;
  // dueAt stays: the first look is due when the claim would have ended, early enough for a backup that fails at once.
  return advance(
    clear,
    { to: "building", reason, at: now, detail: backup.id },
    { backupId: backup.id, acceptedAt: now, absences: 0 },
  );
}

/** The POST may or may not have had its effect: the name is looked up before it is ever sent again. */
export function doubt(run: Run, why: Failure, now: number): Run {
  return advance(run, { to: "requested", ...because(why), at: now }, { lastFailure: why, dueAt: now });
}

/** A complete listing did not show our name. Seen twice, far enough apart, the same name may be sent again. */
export function nameAbsent(run: Run, times: { now: number; lookAgainAt: number }): Run {
  const { now, lookAgainAt } = times;
  const absentSinceAt = run.absences === 0 ? now : (run.absentSinceAt ?? now);
  return advance(
    run,
    { to: "requested", reason: "not-listed", at: now },
    { absences: run.absences + 1, absentSinceAt, dueAt: lookAgainAt },
  );
}

/** Our name is provably not at OTC: the same name is sent again. */
export function resend(run: Run, now: number): Run {
  if (now >= run.terms.startByAt) return miss(run, now);
  return advance(run, { to: "waiting", reason: "resend", at: now }, { dueAt: now, absences: 0 });
}

/** OTC refuses for good: no backup, and a human is told. */
export function refuse(run: Run, why: Failure, now: number): Run {
  return advance(
    run,
    { to: "failed", ...because(why), at: now, alert: "backup-failed" },
    { lastFailure: why, finishedAt: now },
  );
}

// ---- building

/** Another look is due later. `overdue` raises its alert once. */
export function keepBuilding(run: Run, times: { now: number; nextLookAt: number }): Run {
  const { now, nextLookAt } = times;
  const late = now > run.terms.completeByAt;
  const step: Step = { to: "building", reason: late ? "overdue" : "still-building", at: now };
  return advance(run, late ? { ...step, alert: "backup-overdue" } : step, { dueAt: nextLookAt, absences: 0 });
}

/**
 * A look that could not be made (OTC away, login refused): tried again later. A person is told when the start window
 * ends with the outcome of the request still unknown, or the completion window with the backup not seen finished.
 */
export function lookFailed(run: Run, why: Failure, times: { now: number; nextLookAt: number }): Run {
  const { now, nextLookAt } = times;
  const late = now > (run.state === "requested" ? run.terms.startByAt : run.terms.completeByAt);
  const step: Step = { to: run.state, ...because(why), at: now };
  return advance(run, late ? { ...step, alert: "backup-overdue" } : step, { dueAt: nextLookAt, lastFailure: why });
}

/** The backup is COMPLETED. One that is not good (no size, or under the floor) is recorded as such and a human is told. */
export function complete(run: Run, seen: { sizeKb?: number; beganAt?: number; endedAt?: number }, now: number): Run {
  const step: Step = { to: "completed", reason: "completed", at: now };
  return advance(
    run,
    isLargeEnough(seen.sizeKb, run.terms.sizeFloorKb) ? step : { ...step, alert: "backup-not-good" },
    { ...seen, finishedAt: now },
  );
}

/** The backup is FAILED: another attempt under a new name inside the start window, or the end. Either way a human is told. */
export function failBackup(run: Run, now: number): Run {
  if (run.attempt >= run.terms.maxAttempts || now >= run.terms.startByAt) {
    return advance(
      run,
      { to: "failed", reason: "backup-failed", at: now, alert: "backup-failed" },
      { finishedAt: now },
    );
  }
  return forNextAttempt(
    advance(run, { to: "waiting", reason: "backup-failed", at: now, alert: "attempt-failed" }),
    now,
  );
}

/** The name belongs to a backup that is not ours: leave it alone and use the next attempt's name. */
export function renameAfterCollision(run: Run, why: Failure, now: number): Run {
  if (run.attempt >= run.terms.maxAttempts || now >= run.terms.startByAt) return refuse(run, why, now);
  const step: Step = { to: "waiting", ...because(why), at: now, alert: "attempt-failed" };
  return forNextAttempt(advance(run, step, { lastFailure: why }), now);
}

/** The same run without the backup of the attempt that is over, which is remembered as an earlier one. */
function forNextAttempt(run: Run, now: number): Run {
  const { backupId, name, acceptedAt: _accepted, requestedAt: _requested, ...rest } = run;
  const earlier = backupId === undefined || name === undefined ? [] : [{ id: backupId, name }];
  return {
    ...rest,
    attempt: run.attempt + 1,
    dueAt: now,
    absences: 0,
    earlierBackups: [...run.earlierBackups, ...earlier],
  };
}

/** A complete listing does not show the backup any more; the second time in a row makes it lost. */
export function backupAbsent(run: Run, facts: { now: number; lookAgainAt: number; certain: boolean }): Run {
  const { now, lookAgainAt, certain } = facts;
  if (certain)
    return advance(run, { to: "lost", reason: "backup-gone", at: now, alert: "backup-lost" }, { finishedAt: now });
  const absentSinceAt = run.absences === 0 ? now : (run.absentSinceAt ?? now);
  return advance(
    run,
    { to: "building", reason: "not-listed", at: now },
    { absences: run.absences + 1, absentSinceAt, dueAt: lookAgainAt },
  );
}

// ---- outbox (the only changes an ended run still sees)

/** The lease of unsent alerts, taken over by the tick that will send them now. */
export function takeOverAlerts(run: Run, now: number): Run {
  const alerts = run.alerts.map((a) => (a.sentAt === undefined ? { ...a, leaseUntilAt: now + alertLeaseMs } : a));
  return { ...run, alerts, version: run.version + 1 };
}

/** What OTC's own backups still offer, noted before the alerts leave; where the policy accepts it, a page becomes a ticket. */
export function noteSecondLine(run: Run, secondLine: SecondLine): Run {
  const alerts = run.alerts.map((alert) => softened(alert, secondLine, run.terms.acceptAutomatedHours));
  return { ...run, secondLine, alerts, version: run.version + 1 };
}

/** Marks what was delivered; only what was really published. */
export function alertsDelivered(run: Run, sent: readonly RunAlert[], now: number): Run {
  const isSent = (a: RunAlert) => sent.some((s) => s.kind === a.kind && s.attempt === a.attempt);
  return { ...run, version: run.version + 1, alerts: run.alerts.map((a) => (isSent(a) ? { ...a, sentAt: now } : a)) };
}
