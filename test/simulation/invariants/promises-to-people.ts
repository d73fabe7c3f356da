// I2, I4 and I8: what people get, a good backup or the truth in time. Judged from the simulated OTC and from what was
// delivered.

import { pollBoundMs } from "../engine/world.ts";
import { endsFailed, type OtcBackup, statusAt } from "../otc/otc-world.ts";
import type { ExpectedRun } from "./expected-runs.ts";
import { type Facts, isTwin } from "./facts.ts";
import { falseAlarms } from "./false-alarms.ts";
import { hiddenMs } from "./grace.ts";
import { type RunName, runName } from "./names.ts";

const minuteMs = 60_000;
/** The promise: within the poll bound and a minute. The schedule of the simulation wakes up to 25 s into each minute. */
const tellWithinMs = pollBoundMs + 90_000;
/** A row that vanished is believed missing only after OTC's listing had time to show it. */
const lossWithinMs = 6 * minuteMs + tellWithinMs;

const failureKinds = [
  "backup-failed",
  "backup-missed",
  "backup-lost",
  "backup-overdue",
  "backup-not-good",
  "run-skipped",
];

/** I2: every due slot ends with a good backup, or a human has been told before its window was over. */
export function i2GoodOrToldInTime(facts: Facts): string[] {
  return facts.expected
    .filter((run) => run.isDue && !isTheAuditors(facts, run))
    .flatMap((run) => unaccounted(facts, run));
}

/**
 * A ledger put back to before its first accounting is that of a new site: slots whose windows are over are not made up, and the
 * auditor, who works every five minutes in a real site and seldom here, tells of them while its target reaches back so far.
 */
function isTheAuditors({ used, world }: Facts, { slotAt, meaning }: ExpectedRun): boolean {
  const firstTickAt = world.scenario.startAt + 2 * minuteMs;
  const isNew = used.some((fault) => fault.kind === "ledger-restored" && fault.at - fault.backMs < firstTickAt);
  if (!isNew) return false;
  const back = world.invocations.find(
    ({ fn, process, error }) =>
      fn === "create-backups" && error === undefined && process.startedAt > (world.restoredAt ?? 0) && !process.isDead,
  );
  return back !== undefined && slotAt + meaning.startWindowMinutes * minuteMs < back.process.startedAt;
}

function unaccounted(facts: Facts, run: ExpectedRun): string[] {
  const byAt = facts.graced(run.slotAt, run.slotAt + windowMs(run));
  const good = facts.ours.some(({ run: name, backup }) => name === run.name && isGood(backup, facts.endAt));
  if (good) return [];
  // The auditor, which in a real site works every five minutes, comes seldom here.
  const isInTime = ({ kind, at }: Facts["told"][number]) => at <= byAt || kind === "slots-unaccounted";
  const told = facts.told.filter((notice) => isAbout(notice, run) && isInTime(notice));
  if (told.length > 0) return [];
  const state = facts.runs.get(run.name)?.state ?? "no run";
  const late = facts.told.find((notice) => isAbout(notice, run));
  const when = late === undefined ? "nobody was ever told" : `told only at ${new Date(late.at).toISOString()}`;
  return [`${run.name} has no good backup (${state}) and ${when}; promised by ${new Date(byAt).toISOString()}`];
}

/** Start or completion window, whichever ends later, and the time to find out and tell. */
function windowMs({ meaning }: ExpectedRun): number {
  return Math.max(meaning.startWindowMinutes, meaning.completionWindowMinutes) * minuteMs + tellWithinMs;
}

function isGood(backup: OtcBackup, at: number): boolean {
  return statusAt(backup, at) === "COMPLETED" && (backup.sizeKb ?? 0) >= 1;
}

function isAbout(notice: Facts["told"][number], run: ExpectedRun): boolean {
  // A slot whose databases could not be worked out is told as one run, in place of all of them.
  const standIn = runName(run.policyId, "selector", run.slotAt);
  // The auditor names a slot that nobody wrote down.
  if (notice.kind === "slots-unaccounted" && notice.body.includes(` ${unaccountedText(run)}\n`)) return true;
  const isNamed =
    notice.runs.includes(run.name) || (run.meaning.selector !== undefined && notice.runs.includes(standIn));
  return isNamed && failureKinds.includes(notice.kind);
}

function unaccountedText({ policyId, instanceId, slotAt }: ExpectedRun): string {
  return `${policyId} ${instanceId} slot ${new Date(slotAt).toISOString().slice(0, 16)}Z`;
}

/** I4: what OTC let fail or lost is told within the poll bound and a minute; of one kind a run pages once. */
export function i4ToldPromptlyAndOnce(facts: Facts): string[] {
  const told = [...promptly(facts), ...endsTold(facts), ...once(facts), ...standingOnce(facts), ...grouped(facts)];
  return [...told, ...falseAlarms(facts)];
}

function promptly(facts: Facts): string[] {
  return facts.ours.flatMap(({ backup, run }) => {
    const kinds = endsFailed(backup) ? ["backup-failed", "attempt-failed"] : ["backup-lost"];
    const wasLost = backup.fate === "vanishes" && backup.deletedAt < backup.endsAt;
    const happenedAt = endsFailed(backup) ? backup.endsAt : backup.deletedAt;
    if ((!endsFailed(backup) && !wasLost) || happenedAt > facts.endAt || facts.world.restoredAt !== undefined)
      return [];
    const { backupId, earlierIds = [] } = facts.runs.get(run) ?? {};
    // A row that went before its id was known leaves no trace: the run is posted again.
    if (wasLost && backupId !== backup.id) return [];
    // Nobody follows the other one of a name; that it stands there is what people are told (I3).
    if (isTwin(facts, backup) && ![backupId, ...earlierIds].includes(backup.id)) return [];
    const behindTwinMs = isTwin(facts, backup) ? hiddenMs() : 0;
    const byAt = facts.graced(backup.createdAt, happenedAt + behindTwinMs + (wasLost ? lossWithinMs : tellWithinMs));
    return toldBy(facts, { run, kinds, byAt, what: wasLost ? "vanished" : "FAILED", happenedAt });
  });
}

/** Runs that the ledger itself calls missed or overdue must have been told as such. */
function endsTold(facts: Facts): string[] {
  return [...facts.runs.values()].flatMap((run) => {
    const kinds = run.alertKinds.filter((kind) => failureKinds.includes(kind));
    // An adopted run has the end of its backup; what was told before that turned up is I2's.
    if (run.finishedAt === undefined || kinds.length === 0 || run.reason === "adopted") return [];
    const byAt = facts.graced(run.finishedAt, run.finishedAt + 1.5 * minuteMs);
    return toldBy(facts, { run: run.name, kinds, byAt, what: run.state, happenedAt: run.finishedAt });
  });
}

function toldBy(
  facts: Facts,
  of: { run: RunName; kinds: readonly string[]; byAt: number; what: string; happenedAt: number },
): string[] {
  const told = facts.told.filter((notice) => of.kinds.includes(notice.kind) && notice.runs.includes(of.run));
  if (told.some((notice) => notice.at <= of.byAt)) return [];
  const first = told[0] === undefined ? "never told" : `told at ${new Date(told[0].at).toISOString()}`;
  return [
    `${of.run} ${of.what} at ${new Date(of.happenedAt).toISOString()} and was ${first}, not by ${new Date(of.byAt).toISOString()}`,
  ];
}

/** Deliveries are repeated only where a process died, or an answer was lost, between sending and writing it down. */
function once(facts: Facts): string[] {
  const excuses = facts.used.filter(mayRepeat).reduce((sum, fault) => sum + ("times" in fault ? fault.times : 1), 0);
  const perRun = facts.told.flatMap(({ kind, runs, dedupeKey }) =>
    kind === "attempt-failed" ? [] : runs.map((run) => ({ what: `${run} ${kind}`, dedupeKey })),
  );
  return [...Map.groupBy(perRun, (told) => told.what)].flatMap(([what, list]) =>
    list.length > 1 + excuses ? [`${what} was delivered ${list.length} times`] : [],
  );
}

function mayRepeat(fault: Facts["used"][number]): boolean {
  const kinds = [
    "kill",
    "freeze",
    "notice-answer-lost",
    "table-refuses",
    "table-hides-write",
    "table-outage",
    "clock-off",
    "ledger-restored",
  ];
  return kinds.includes(fault.kind);
}

/** Runs of one account that end for one reason in one tick are one message with a list. */
function grouped({ told, runs: ledger }: Facts): string[] {
  const single = told.filter((notice) => notice.runs.length === 1 && notice.reason !== undefined);
  return single.flatMap((notice, index) => {
    const twin = single[index + 1];
    const account = (runs: readonly RunName[]) => ledger.get(runs[0] ?? "")?.account;
    const isApart =
      twin === undefined ||
      twin.at - notice.at > 500 ||
      twin.level !== notice.level ||
      twin.kind !== notice.kind ||
      twin.reason !== notice.reason ||
      twin.runs[0] === notice.runs[0] ||
      account(twin.runs) !== account(notice.runs);
    return isApart ? [] : [`${notice.runs[0]} and ${twin.runs[0]} were told one by one: ${notice.kind}`];
  });
}

/** One page per cause: an account or a row in trouble is not told again and again while the trouble lasts. */
function standingOnce(facts: Facts): string[] {
  const excuses = facts.used.reduce((sum, fault) => sum + ("times" in fault ? fault.times : 1), 0);
  // Ticks that can find nothing are left out, and the auditor takes that for a shard's silence.
  const standing = facts.told.filter((told) => told.runs.length === 0 && told.kind !== "shard-silent");
  return [...Map.groupBy(standing, (told) => told.dedupeKey)].flatMap(([key, list]) =>
    list.length > 2 + excuses ? [`${key} was delivered ${list.length} times`] : [],
  );
}

/** I8: a malformed row is told about and changes nothing for the others (which I2 checks for each of them). */
export function i8HostileRowsHarmOnlyThemselves(facts: Facts): string[] {
  const { edits, endAt } = facts.world.scenario;
  return edits.flatMap((edit) => {
    if (edit.row === undefined || edit.meaning !== undefined) return [];
    const nextEdit = edits.find((other) => other.policyId === edit.policyId && other.at > edit.at);
    const byAt = facts.graced(edit.at, edit.at + 3 * minuteMs);
    // The table's key is all that is known for certain of such a row; a row soon corrected may pass unnoticed.
    if (byAt > (nextEdit?.at ?? endAt)) return [];
    const told = facts.told.some(
      (notice) =>
        notice.kind === "policy-invalid" && notice.subject === asShown(`policy ${edit.policyId}`) && notice.at <= byAt,
    );
    return told ? [] : [`the invalid row ${edit.policyId} of ${new Date(edit.at).toISOString()} was not told in time`];
  });
}

/** A subject holds printable ASCII alone. */
function asShown(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
