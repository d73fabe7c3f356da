// What a comparison with OTC's listing changes on a run that has ended. Its state stays what it is, unless OTC knows better
// (explain-backup.ts).

import { type AlertLevel, alertLeaseMs, type RunAlert, type RunAlertKind } from "../messages/alert.ts";
import type { RemoteBackup } from "../remote.ts";
import type { ProvenName } from "../runs/prove-name.ts";
import type { BackupRef, Run, RunEvent, RunReason, RunState, RunTerms } from "../runs/run.ts";

const dayMs = 86_400_000;
/** Two listings without the backup must lie this far apart before it counts as vanished. */
export const vanishSpacingMs = 60_000;

/** A complete listing does not show a backup that was COMPLETED: the second one, far enough apart, makes it vanished. */
export function backupNotListed(run: Run, now: number): Run {
  const absentSinceAt = run.absences === 0 ? now : (run.absentSinceAt ?? now);
  if (run.absences === 0 || now - absentSinceAt < vanishSpacingMs)
    return { ...run, version: run.version + 1, absences: run.absences + 1, absentSinceAt };
  return {
    ...run,
    version: run.version + 1,
    vanishedAt: absentSinceAt,
    alerts: withAlert(run.alerts, { kind: "backup-vanished", level: run.terms.severity, now }),
    events: [...run.events, stay(run, "backup-gone", now)],
  };
}

/**
 * It is listed after all: nothing had happened but a listing with a hole. What was told of it is over, so that the same backup
 * is told of anew when it vanishes once more.
 */
export function backupListedAgain(run: Run, now: number): Run {
  const { vanishedAt, absentSinceAt: _since, ...rest } = run;
  const events = vanishedAt === undefined ? run.events : [...run.events, stay(run, "adopted", now)];
  const alerts = run.alerts.filter((alert) => alert.kind !== "backup-vanished" || alert.sentAt === undefined);
  return { ...rest, version: run.version + 1, absences: 0, alerts, events };
}

/** Puts a FAILED backup of an earlier attempt on record beside the run's own. */
export function recordEarlier(run: Run, { id, name }: BackupRef, now: number): Run {
  const events = [...run.events, { ...stay(run, "adopted", now), detail: id }];
  return { ...run, version: run.version + 1, earlierBackups: [...run.earlierBackups, { id, name }], events };
}

/**
 * The run of a backup that OTC has and the ledger does not, as far as OTC knows it. A person hears of it: the ledger has lost
 * something, or somebody else writes our names. `over`: the record of the same run that it takes the place of.
 */
export function adoptRun(
  proven: ProvenName,
  backup: RemoteBackup,
  facts: { account: string; terms: RunTerms; now: number; over?: Run },
): Run {
  const { account, terms, now, over } = facts;
  const state = stateOf(backup);
  const event: RunEvent = {
    from: over?.state ?? "none",
    to: state,
    reason: "adopted",
    at: now,
    times: 1,
    lastAt: now,
    detail: backup.id,
  };
  return {
    ...proven.key,
    account,
    terms,
    state,
    reason: "adopted",
    attempt: proven.attempt,
    version: (over?.version ?? 0) + 1,
    dueAt: now,
    createdAt: over?.createdAt ?? now,
    name: backup.name,
    backupId: backup.id,
    acceptedAt: backup.beganAt ?? now,
    absences: 0,
    ...(backup.sizeKb === undefined ? {} : { sizeKb: backup.sizeKb }),
    ...(backup.beganAt === undefined ? {} : { beganAt: backup.beganAt }),
    ...(backup.endedAt === undefined ? {} : { endedAt: backup.endedAt }),
    ...(state === "building" ? {} : { finishedAt: backup.endedAt ?? now }),
    earlierBackups: over === undefined ? [] : [...over.earlierBackups, ...ownBackup(over)],
    alerts: withAlert(over?.alerts ?? untold(state, terms, now), { kind: "backup-adopted", level: "ticket", now }),
    events: [...(over?.events ?? []), event],
  };
}

/** Who lost the record lost the word that its backup FAILED. What has been over for a day nobody need get up for: freshness has told. */
function untold(state: RunState, terms: RunTerms, now: number): readonly RunAlert[] {
  if (state !== "failed") return [];
  const level = now - terms.completeByAt < dayMs ? terms.severity : "ticket";
  return withAlert([], { kind: "backup-failed", level, now });
}

function ownBackup({ backupId: id, name, retention }: Run): BackupRef[] {
  if (id === undefined || name === undefined) return [];
  return [{ id, name, ...(retention === undefined ? {} : { retention }) }];
}

function stateOf(backup: RemoteBackup): RunState {
  if (backup.status === "COMPLETED") return "completed";
  return backup.status === "FAILED" ? "failed" : "building";
}

function stay(run: Run, reason: RunReason, at: number): RunEvent {
  return { from: run.state, to: run.state, reason, at, times: 1, lastAt: at };
}

function withAlert(
  alerts: readonly RunAlert[],
  { kind, level, now }: { kind: RunAlertKind; level: AlertLevel; now: number },
): readonly RunAlert[] {
  if (alerts.some((alert) => alert.kind === kind)) return alerts;
  return [...alerts, { kind, level, attempt: 1, raisedAt: now, leaseUntilAt: now + alertLeaseMs }];
}
