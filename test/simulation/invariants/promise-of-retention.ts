// I5: what pruning never removes. Judged from OTC's truth, the rows as people wrote them and the doubts that lay over the
// whole life of the process that asked for the deletion; our own tables have no say but where an audit had spoken.

import { graceMs, type World } from "../engine/world.ts";
import { type Deleted, endsFailed, type OtcBackup, statusAt } from "../otc/otc-world.ts";
import { type KeptBy, keptBy, type Night } from "../plan/retention-story.ts";
import { tooManyAtOnce } from "./caps-of-retention.ts";
import type { Facts } from "./facts.ts";
import { readName } from "./names.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** A list may show the past by so much, and a colleague's removal take so long to be seen. */
const longestListLagMs = 5 * minuteMs;
/** Clocks that are off by this much date a mark wrongly, before OTC's clock is compared. */
const clockErrorMs = 21 * minuteMs;

/** A deletion, the night that made the backup, and the process's life. */
interface Case {
  readonly world: World;
  readonly deleted: Deleted;
  readonly night: Night;
}

export function i5RetentionRemovesOnlyWhatMayGo({ world }: Facts): string[] {
  const story = world.scenario.retention;
  if (story === undefined)
    return world.otc.deletions.map(({ backup }) => `${backup.name} was deleted by nobody's rule`);
  const single = world.otc.deletions.flatMap((deleted) => {
    const night = nightOf(deleted.backup, story.nights);
    if (night === undefined) return [`${deleted.backup.name} is not ours and was deleted`];
    const seen = { world, deleted, night };
    return [...floorOf(seen), ...heldOf(seen), ...doubtsOf(seen), ...earlyOf(seen)].map(
      (why) => `${deleted.backup.name} was deleted at ${new Date(deleted.at).toISOString()} by ${deleted.by}: ${why}`,
    );
  });
  return [...single, ...tooManyAtOnce(world, story.nights)];
}

/** The night whose backup it provably is: by policy, database and slot of its name, which the scenario knows. */
export function nightOf(backup: OtcBackup, nights: readonly Night[]): Night | undefined {
  const parts = readName(backup.name);
  if (parts === undefined || parts.hash === "abcdef") return undefined;
  return nights.find(
    (night) =>
      night.policyId === parts.policyId && night.instanceId === backup.instanceId && night.slotAt === parts.slotAt,
  );
}

/** What the rows of a policy meant in a stretch of time; nothing stands for a row that lets nothing go. */
export function rowsDuring(
  world: World,
  policyId: string,
  span: { fromAt: number; toAt: number },
): (KeptBy | undefined)[] {
  const edits = world.scenario.edits.filter((edit) => edit.policyId === policyId).toSorted((a, b) => a.at - b.at);
  return edits
    .filter((edit, index) => edit.at <= span.toAt && (edits[index + 1]?.at ?? Number.POSITIVE_INFINITY) > span.fromAt)
    .map(keptBy);
}

export function isGood(backup: OtcBackup): boolean {
  return !endsFailed(backup) && (backup.sizeKb ?? 0) >= 1;
}

/** Good ones of the same policy and database that stood when the process could last have looked. */
function goodOnes({ world, deleted, night }: Case): { backup: OtcBackup; slotAt: number }[] {
  return world.otc.backupsOf(night.instanceId).flatMap((backup) => {
    const made = nightOf(backup, world.scenario.retention?.nights ?? []);
    if (made === undefined || made.policyId !== night.policyId || !isGood(backup) || backup === deleted.backup)
      return [];
    const own = world.otc.deletions.find((other) => other.backup === backup);
    const stood = own === undefined ? backup.deletedAt > deleted.bySince - longestListLagMs : own.at > deleted.at;
    return stood && backup.endsAt <= deleted.at ? [{ backup, slotAt: made.slotAt }] : [];
  });
}

function floorOf(seen: Case): string[] {
  const { world, deleted, night } = seen;
  if (!isGood(deleted.backup)) {
    const isWaste = endsFailed(deleted.backup) || goodOnes(seen).some(({ slotAt }) => slotAt > night.slotAt);
    return isWaste ? [] : ["it is not good, but nothing newer is"];
  }
  const rows = rowsDuring(world, night.policyId, { fromAt: deleted.bySince, toAt: deleted.at });
  const floor = Math.min(...rows.flatMap((row) => row?.floor ?? []));
  const newer = goodOnes(seen).filter(({ slotAt }) => slotAt > night.slotAt).length;
  return newer >= floor ? [] : [`only ${newer} newer good ones stood, and ${floor} had to`];
}

function heldOf({ world, deleted, night }: Case): string[] {
  const { holds = [] } = world.scenario.retention ?? {};
  return holds.flatMap((hold) => {
    const { policyId, instanceId, slotAt, fromAt, toAt = Number.POSITIVE_INFINITY } = hold;
    if (policyId !== night.policyId || instanceId !== night.instanceId || slotAt !== night.slotAt) return [];
    // A hold set over one that stands is the newer one alone, as in the table.
    const isReplaced = holds.some((other) => other !== hold && other.slotAt === slotAt && other.policyId === policyId);
    if (isReplaced || world.lateHolds.has(hold) || world.restoredAt !== undefined) return [];
    if (fromAt < deleted.at && deleted.bySince < toAt && deleted.at < toAt) return ["it was held"];
    const wasNeverMarked = fromAt <= world.scenario.startAt;
    return wasNeverMarked && deleted.at < toAt + graceMs - clockErrorMs
      ? ["its hold had ended less than the grace ago"]
      : [];
  });
}

/** Two complete listings in a row missed what they hid, and people were paged: from then on that is the truth for everybody. */
function isBelieved({ world, deleted }: Case, { at }: { at: number }): boolean {
  return world.inbox.delivered.some(
    ({ at: toldAt, notice }) => toldAt > at && toldAt < deleted.at && notice.subject.includes("backup-vanished"),
  );
}

/** Doubts that lay over the whole life of the process: it cannot have missed them. */
function doubtsOf(seen: Case): string[] {
  const { world, deleted, night } = seen;
  const { bySince, at } = deleted;
  const instance = world.scenario.instances.findIndex(({ id }) => id === night.instanceId);
  const wrong: string[] = [];
  for (const fault of world.scenario.faults) {
    if (!("forMs" in fault) || fault.at > bySince || fault.at + fault.forMs <= at || at >= world.scenario.endAt)
      continue;
    if (fault.kind === "clock-off" && Math.abs(fault.byMs) > minuteMs && isFirstClock(world, fault))
      wrong.push("the clock was off");
    if (fault.kind === "instance-hidden" && fault.instance === instance) wrong.push("the database was gone");
    if (
      fault.kind === "list-hides" &&
      fault.instance === instance &&
      hidesKnown(seen, fault.parity) &&
      !isBelieved(seen, fault)
    )
      wrong.push("the listing showed half");
  }
  const rows = rowsDuring(world, night.policyId, { fromAt: bySince, toAt: at });
  if (rows.every((row) => row === undefined)) wrong.push("the row was wrong or gone");
  const newest = Math.max(...goodOnes(seen).map(({ slotAt }) => slotAt), isGood(deleted.backup) ? night.slotAt : 0);
  const maxAgeMs = Math.max(...rows.flatMap((row) => row?.maxAgeHours ?? [])) * hourMs;
  if (bySince - newest > maxAgeMs + 2 * minuteMs) wrong.push("the freshness was missed");
  return wrong;
}

/** Of clocks that are off at once the first one in the plan is what a process sees. */
function isFirstClock({ scenario }: World, fault: { at: number; forMs: number }): boolean {
  const overlapping = scenario.faults.filter(
    (other) => other.kind === "clock-off" && other.at < fault.at + fault.forMs && fault.at < other.at + other.forMs,
  );
  return overlapping.length === 1;
}

/** Whether a good one that the ledger counts on was missing from every listing; what an audit calls vanished, it does not. */
function hidesKnown({ world, deleted, night }: Case, parity: 0 | 1): boolean {
  const { bySince, at, backup: gone } = deleted;
  const blurred = world.faults.used().filter(({ kind }) => kind === "backup-removed" || kind === "list-lag").length;
  const hiding = world.scenario.faults.filter(({ kind }) => kind === "list-hides").length;
  // Which rows are hidden depends on those that stand: another deletion meanwhile shifts them.
  const shifted = world.otc.deletions.some(
    (other) => other !== deleted && other.backup.instanceId === gone.instanceId && other.at > bySince && other.at <= at,
  );
  if (world.restoredAt !== undefined || blurred > 0 || hiding > 1 || shifted) return false;
  const isVanished = (backup: OtcBackup) =>
    world.ledger.history.some(
      ({ at: wroteAt, item }) => wroteAt <= at && item?.backupId?.S === backup.id && item.vanishedAt !== undefined,
    );
  const listed = world.otc.backupsOf(night.instanceId).filter((b) => statusAt(b, bySince) !== undefined);
  return listed.some(
    (backup, index) =>
      index % 2 === parity &&
      backup !== gone &&
      isGood(backup) &&
      backup.endsAt < bySince &&
      nightOf(backup, world.scenario.retention?.nights ?? [])?.policyId === night.policyId &&
      !isVanished(backup),
  );
}

/** Nothing was marked before the world began, so nothing can have stood marked for long enough sooner. */
function earlyOf({ world, deleted }: Case): string[] {
  const markedFor = deleted.at - Math.max(world.scenario.startAt, deleted.backup.endsAt);
  return markedFor >= graceMs - clockErrorMs ? [] : ["its grace was not over"];
}
