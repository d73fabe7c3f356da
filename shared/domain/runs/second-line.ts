// OTC's own automated backups as the second line behind a failed one of ours: what they still offer decides how bad a night
// was, and where a policy accepts them, whether it wakes somebody.

import type { RunAlert } from "../messages/alert.ts";
import type { RemoteBackup } from "../remote.ts";

const hourMs = 3_600_000;

/** OTC's newest automated backup of the run's database, as it stood when the run's alert was about to leave. */
export interface SecondLine {
  readonly checkedAt: number;
  /** When that backup began; absent when there is none. */
  readonly beganAt?: number;
}

/** `backups`: any of the database's; only completed automated ones count. */
export function secondLineOf(backups: readonly RemoteBackup[], checkedAt: number): SecondLine {
  const begins = backups
    .filter((backup) => backup.type === "auto" && backup.status === "COMPLETED")
    .flatMap((backup) => backup.beganAt ?? []);
  return begins.length === 0 ? { checkedAt } : { checkedAt, beganAt: Math.max(...begins) };
}

/** A page about a run becomes a ticket when an automated backup is no older than the policy accepts; nothing else changes. */
export function softened(alert: RunAlert, line: SecondLine, acceptHours: number | undefined): RunAlert {
  if (alert.level !== "page" || alert.sentAt !== undefined || acceptHours === undefined) return alert;
  const isFresh = line.beganAt !== undefined && line.checkedAt - line.beganAt <= acceptHours * hourMs;
  return isFresh ? { ...alert, level: "ticket" } : alert;
}

/** For people, after "second line: ". */
export function secondLineText({ beganAt, checkedAt }: SecondLine): string {
  if (beganAt === undefined) return "OTC has no automated backup of this database";
  const ageHours = Math.floor((checkedAt - beganAt) / hourMs);
  return `OTC's automated backup from ${new Date(beganAt).toISOString().slice(0, 16)}Z exists, ${ageHours} h old`;
}
