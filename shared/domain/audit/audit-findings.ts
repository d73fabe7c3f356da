// What an audit found, in words: one finding per database, slot, run or backup, each under the cause that makes one alert.

import { accountSubject } from "../messages/alert.ts";
import { runId, slotText } from "../runs/naming.ts";
import type { Run } from "../runs/run.ts";
import type { Advice, AuditAlertKind, Finding } from "./audit-alerts.ts";
import type { DatabaseFreshness } from "./audit-freshness.ts";
import type { PolicyDrop } from "./policy-drop.ts";
import type { ReconciliationNote } from "./reconciliation.ts";
import type { SilentShard } from "./silent-shards.ts";
import type { UnaccountedSlot } from "./unaccounted-slots.ts";

const minuteMs = 60_000;

export function overdueFinding(database: DatabaseFreshness): Finding {
  const { policyId, instanceId, account, cause } = database;
  const newest =
    database.newestGoodAt === undefined ? "no good backup yet" : `newest good ${slotText(database.newestGoodAt)}`;
  return {
    kind: "backups-overdue",
    subject: `account ${account}, ${cause}`,
    level: database.severity,
    member: `${policyId} ${instanceId}`,
    line: `${policyId} ${instanceId}: ${newest}, ${ageText(database.ageMs)} old, target ${ageText(database.maxAgeMs)}`,
    cause,
    ...(database.owner === undefined ? {} : { owner: database.owner }),
  };
}

/**
 * `accountedThroughAt`: how far create-backups says that every slot has its run. What lies after it is one cause, however many
 * slots it becomes while that function is away; what lies before it should not exist.
 */
export function unaccountedFinding(slot: UnaccountedSlot, accountedThroughAt: number): Finding {
  const which = `${slot.policyId} ${slot.instanceId ?? "(databases by selector)"} slot ${slotText(slot.slotAt)}`;
  const behind = slot.slotAt > accountedThroughAt;
  return {
    kind: "slots-unaccounted",
    subject: behind ? "create-backups is behind" : "slots without a run",
    level: "page",
    member: behind ? "behind" : which,
    line: which,
  };
}

/** One cause per function, whichever of its shards it is. */
export function silentFinding({ name, shard, sinceAt }: SilentShard): Finding {
  const line = `${name}, shard ${shard}: no tick since ${slotText(sinceAt)}; its accounts stand still`;
  return { kind: "shard-silent", subject: name, level: "page", member: `${name} ${shard}`, line };
}

export function stuckFinding(run: Run, why: string): Finding {
  const { severity, owner } = run.terms;
  return {
    kind: "runs-stuck",
    subject: accountSubject(run.account),
    level: severity,
    member: runId(run),
    line: `${runId(run)}: ${run.state}, ${why}`,
    ...(owner === undefined ? {} : { owner }),
  };
}

/** A run that nobody can read is moved on by nobody. */
export function unreadableFinding({ key, problem }: { key: string; problem: string }): Finding {
  return { kind: "runs-stuck", subject: "the ledger", level: "page", member: key, line: problem };
}

export function dropFinding(drop: PolicyDrop, active: number): Finding {
  const line = `${active} policies in force and enabled, ${drop.baseline.policies} before: ${drop.pct} % are gone or disabled`;
  return {
    kind: "policies-dropped",
    subject: "policies",
    level: "page",
    member: `from ${drop.baseline.policies}`,
    line,
  };
}

export function noteFindings(note: ReconciliationNote): Finding[] {
  const subject = `account ${note.account}`;
  const orphan = (line: string): Finding => ({
    kind: "backups-orphaned",
    subject,
    level: "ticket",
    member: line,
    line,
  });
  return [...note.orphans.map(orphan), ...note.oddSizes.map(oddSizeFinding(subject))];
}

/** The database is the news, not tonight's figure: a database that stays small is told of once. */
function oddSizeFinding(subject: string): (line: string) => Finding {
  return (line) => ({ kind: "sizes-odd", subject, level: "ticket", member: line.split(":")[0] ?? line, line });
}

/** `23 h 58 m`, `12 m`, `9 d 4 h`. */
export function ageText(ms: number): string {
  const minutes = Math.floor(ms / minuteMs);
  const hours = Math.floor(minutes / 60);
  if (hours >= 72) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  return hours === 0 ? `${minutes} m` : `${hours} h ${minutes % 60} m`;
}

export const auditAdvice: Readonly<Record<AuditAlertKind, Advice>> = {
  "backups-overdue": {
    headline: (count) => `${plural(count, "database has", "databases have")} no good backup that is young enough`,
    remedies: [
      "`npx otc-backup why <policy>` shows what became of the last slots",
      "repair the cause, then `npx otc-backup run-now <policy>`, or start a backup in the OTC console",
      "if the database is not needed any more: pause the policy with an end and a reason, or take the database out of it",
    ],
  },
  "slots-unaccounted": {
    headline: (count) =>
      `${plural(count, "slot is", "slots are")} due and not written down: nothing was tried for them`,
    remedies: [
      "start the backups that matter by hand: `npx otc-backup run-now <policy>`",
      "see the log of create-backups at the time of the slot; was the ledger restored or changed by hand?",
    ],
  },
  "shard-silent": {
    headline: (count) => `${plural(count, "shard does", "shards do")} nothing`,
    remedies: [
      "see the schedule of the shard (`aws scheduler list-schedules`): one per shard, enabled, with the shard's number in its event",
      "see the log of the function for errors at its ticks, and the queues of undelivered and failed ticks",
    ],
  },
  "runs-stuck": {
    headline: (count) => `${plural(count, "run is", "runs are")} moved on by nobody`,
    remedies: [
      "`npx otc-backup runs show <run>` shows its last step",
      "see the log of create-backups (waiting) or poll-backups (requested, building, alerts)",
    ],
  },
  "backups-orphaned": {
    headline: (count) => `${plural(count, "backup carries", "backups carry")} our prefix and cannot be explained`,
    remedies: [
      "look at it in the OTC console: who made it, and is it needed",
      "keep it under another name, or delete it in the OTC console; we never delete what is not provably ours",
    ],
  },
  "sizes-odd": {
    headline: (count) => `${plural(count, "database has a backup", "databases have backups")} of an unusual size`,
    remedies: [
      "ask the owner whether the database has grown or shrunk; if not, restore the backup to a test instance and look",
      "set sizeFloorKb in the policy, so that a backup too small to be true counts as not good",
    ],
  },
  "policies-dropped": {
    headline: () => "many policies have disappeared or were disabled at once",
    remedies: [
      "write nothing yet; find out who changed the rows (CloudTrail, `npx otc-backup policies history <policy>`)",
      "if it was not meant: restore the table to the minute before, into a new table, and copy the rows back",
    ],
  },
};

export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
