// I3 and I7 once retention and the audit have come to rest: ledger and OTC tell the same, and what nothing keeps is gone.

import { unmarshall } from "@aws-sdk/util-dynamodb";
import { restMs } from "../engine/drive-retention.ts";
import { graceMs } from "../engine/world.ts";
import { type OtcBackup, statusAt } from "../otc/otc-world.ts";
import type { KeptBy, Night } from "../plan/retention-story.ts";
import { isDayUsedUp } from "./caps-of-retention.ts";
import type { Facts } from "./facts.ts";
import { isGood, nightOf, rowsDuring } from "./promise-of-retention.ts";

const hourMs = 3_600_000;
const alwaysReadMs = 7 * 24 * hourMs;

interface Recorded {
  readonly name: string;
  readonly backupId: string;
  readonly isOver: boolean;
  readonly isLeaving: boolean;
  readonly deletedAt: number;
}

/** What the ledger calls a backup that stands. */
function recorded({ world }: Facts): Recorded[] {
  return [...world.ledger.items.values()].flatMap((item) => {
    if (item.pk?.S?.startsWith("run#") !== true || item.backupId?.S === undefined) return [];
    const run = unmarshall(item);
    const isOver = run.vanishedAt !== undefined || run.retention?.stage === "deleted" || run.state === "lost";
    const deletedAt = Date.parse(run.retention?.deletedAt ?? 0);
    return [
      { name: run.name, backupId: run.backupId, isOver, isLeaving: run.retention?.stage === "deleting", deletedAt },
    ];
  });
}

/** I3: no orphan and no phantom, also after the ledger was put back to an older copy, unless its policy is gone. */
export function i3AfterRetention(facts: Facts): string[] {
  const { world, endAt } = facts;
  const nights = world.scenario.retention?.nights ?? [];
  const records = recorded(facts);
  const orphans = world.otc.backups.flatMap((backup) => {
    const night = nightOf(backup, nights);
    if (night === undefined || night.tampered === true || statusAt(backup, endAt) === undefined) return [];
    if (!hasRow(facts, night.policyId)) return [];
    const own = records.find((one) => one.backupId === backup.id);
    if (own === undefined) return [`${backup.name} stands at OTC and in no record`];
    // Nobody deletes it any more: people are told, once an hour has shown that it stays.
    const isTold = facts.told.some(({ kind }) => kind === "backups-orphaned");
    const isFresh = own.deletedAt > world.scenario.endAt - hourMs;
    return own.isOver && !isTold && !isFresh ? [`${backup.name} stands at OTC, and its record calls it gone`] : [];
  });
  const phantoms = records.flatMap((one) => {
    const backup = world.otc.backups.find((each) => each.id === one.backupId);
    if (backup === undefined) return [`${one.name} records backup ${one.backupId}, which OTC never had`];
    const night = nightOf(backup, nights);
    const isJudged = night !== undefined && hasRow(facts, night.policyId) && isGood(backup);
    return isJudged && !one.isOver && !one.isLeaving && statusAt(backup, endAt) === undefined
      ? [`${one.name} is gone from OTC and recorded as standing`]
      : [];
  });
  return [...orphans, ...phantoms];
}

/** In force: a row that the one tick after it failed to take up is none for anybody. */
function hasRow({ world, endAt }: Facts, policyId: string): boolean {
  const isTakenUp = [...world.ledger.items.values()].some(
    ({ pk, sk }) => pk?.S === `policy#${policyId}` && sk?.S === "effective",
  );
  return isTakenUp && rowsDuring(world, policyId, { fromAt: endAt, toAt: endAt }).every((row) => row !== undefined);
}

/** I7: with a sound row, fresh backups and no doubt left, nothing stands that no rule and no hold keeps. */
export function i7RetentionGetsThrough(facts: Facts): string[] {
  const { world, endAt, told } = facts;
  const { nights = [], holds = [] } = world.scenario.retention ?? {};
  // A question that only a person answers: whether so much was meant to go.
  if (told.some(({ kind }) => kind === "prune-bulk-change")) return [];
  const settledAt = world.scenario.endAt + restMs;
  // What prune-backups had seen to be without backups it reads again a day later: adopted runs of long ago wait for that.
  const seenFromAt = world.restoredAt === undefined ? 0 : world.restoredAt - alwaysReadMs;
  // What the ledger calls gone is deleted by nobody; I3 asks that people are told of it.
  const calledGone = new Set(recorded(facts).flatMap(({ isOver, backupId }) => (isOver ? [backupId] : [])));
  return Object.entries(Object.groupBy(nights, ({ policyId }) => policyId)).flatMap(([policyId, own = []]) => {
    const [row] = rowsDuring(world, policyId, { fromAt: endAt, toAt: endAt });
    if (row === undefined || !hasRow(facts, policyId) || own.some(({ tampered }) => tampered === true)) return [];
    if (own.some(({ account }) => isDayUsedUp(world, account, endAt))) return [];
    const standing = world.otc.backups.flatMap((backup) => {
      const night = nightOf(backup, own);
      return night !== undefined && statusAt(backup, endAt) !== undefined && !calledGone.has(backup.id)
        ? [{ backup, night }]
        : [];
    });
    const good = standing.filter(({ backup }) => isGood(backup));
    if (settledAt + graceMs > endAt || !isFreshThroughout(good, { row, fromAt: settledAt, toAt: endAt })) return [];
    return standing.flatMap(({ backup, night }) => {
      const newer = good.filter((other) => other.night.slotAt > night.slotAt && other.backup.endsAt < settledAt).length;
      const isHeld = holds.some(
        (hold) => hold.policyId === policyId && hold.slotAt === night.slotAt && (hold.toAt ?? endAt) > settledAt,
      );
      if (night.slotAt < seenFromAt) return [];
      const mayGo = isGood(backup) ? newer >= row.floor : newer >= 1 && backup.endsAt < settledAt;
      return mayGo && !isHeld
        ? [`${backup.name} still stands, ${newer} newer good ones stand, and ${row.floor} have to`]
        : [];
    });
  });
}

/** Whether at every hour the newest good one was young enough to let others go. */
function isFreshThroughout(
  good: readonly { backup: OtcBackup; night: Night }[],
  { row, fromAt, toAt }: { row: KeptBy; fromAt: number; toAt: number },
): boolean {
  for (let at = fromAt; at <= toAt; at += hourMs) {
    const newestAt = Math.max(...good.flatMap(({ backup, night }) => (backup.endsAt <= at ? [night.slotAt] : [])));
    if (at - newestAt > (row.maxAgeHours - 1) * hourMs) return false;
  }
  return true;
}
