// All accounts of one create-backups tick, side by side: each has its own login, pace, listing and trouble, and none waits
// for another.

import { wholeSelector } from "../domain/coverage/selection.ts";
import type { Observed } from "../domain/observed.ts";
import { type RunKey, runId } from "../domain/runs/naming.ts";
import type { Run } from "../domain/runs/run.ts";
import { troubledSince } from "../domain/runs/trouble-since.ts";
import type { Site, Tick } from "../ports.ts";
import { noteAccount } from "./account-trouble.ts";
import { type AccountWork, dispatchAccount } from "./dispatch-account.ts";
import { forecastQueue } from "./forecast-queue.ts";
import { inParallel } from "./in-parallel.ts";
import { noteCredential } from "./note-credential.ts";
import { endLateQueues, noteLateQueue } from "./note-late-queue.ts";
import type { Opened } from "./open-due-runs.ts";
import { workOfStandIn } from "./resolve-selectors.ts";
import type { TickJournal } from "./tick-journal.ts";
import { withSelection } from "./understand-row.ts";

interface Dispatching {
  readonly opened: Opened;
  readonly due: readonly Run[];
  /** How many more runs of an account are due than were read. */
  readonly beyond: ReadonlyMap<string, number>;
  readonly tick: Tick;
  readonly journal: TickJournal;
  readonly open: Awaited<ReturnType<Site["standingAlerts"]["open"]>>;
}

export interface Dispatched {
  readonly standing: Opened["standing"];
  /** Runs of slots that selectors missed: to be written down, and nothing else. */
  readonly over: Run[];
  readonly ambiguous: number;
  /** Runs that are not in the ledger yet because time ran out. */
  readonly unwritten: number;
  /** When the last run of the longest queue will have been requested; nothing when no queue is left. */
  readonly queueEndsAt: number | undefined;
  /** The earliest end of a password among the accounts that worked. */
  readonly passwordEndsAt: number | undefined;
  readonly errors: unknown[];
}

/** One account's error is that account's: the others go on. What selectors matched is noted for their rows. */
export async function dispatchAccounts(
  site: Site,
  { opened, due, beyond, tick, journal, open }: Dispatching,
): Promise<Dispatched> {
  const standing: Opened["standing"] = [];
  const over: Run[] = [];
  const errors: unknown[] = [];
  let ambiguous = 0;
  let passwordEndsAt: number | undefined;
  let unwritten = 0;
  let queueEndsAt: number | undefined;
  const startedAt = site.clock.now();
  const isIdle = opened.candidates.length + opened.selectors.length + due.length === 0;
  const atOtc = isIdle ? [] : await site.runs.atOtc(tick.shard);
  const accounts = [...workByAccount(withoutKnown(opened.candidates, [...due, ...atOtc]), opened.selectors, due)];
  const failures = await inParallel(accounts, accounts.length, async ([account, work]) => {
    const report = await dispatchAccount(site, { account, ...work, atOtc, open, tick, journal });
    ambiguous += report.ambiguous;
    unwritten += report.unwritten;
    const { accepted } = report;
    const runs = work.candidates.map((candidate) => candidate.run);
    const queue = forecastQueue(site, { account, runs, beyond: beyond.get(account) ?? 0, accepted, startedAt, tick });
    if (queue !== undefined) queueEndsAt = Math.max(queueEndsAt ?? queue.endsAt, queue.endsAt);
    errors.push(...report.errors);
    for (const run of report.over) over.push(run);
    standing.push(...report.standing);
    for (const choice of report.choices) noteChoice(opened, choice);
    const late = await noteLateQueue(site, { account, queue, open });
    if (late !== undefined) standing.push(late);
    const waiting = [...runs, ...standInsOf(work)];
    // A tick without trouble reads no run's history for it.
    const isNew = report.trouble === undefined || accepted > 0;
    const alert = await noteAccount(site, {
      account,
      trouble: report.trouble,
      waitingSince: isNew ? site.clock.now() : troubleSince(waiting, site.clock.now()),
      waiting,
      hasPosted: accepted > 0,
      metByPost: report.metByPost,
      open,
    });
    if (alert !== undefined) standing.push(alert);
    if (report.trouble !== undefined) return;
    const expiresAt = report.passwordExpiresAt;
    if (expiresAt !== undefined) passwordEndsAt = Math.min(passwordEndsAt ?? expiresAt, expiresAt);
    const ending = await noteCredential(site, { account, expiresAt, open });
    if (ending !== undefined) standing.push(ending);
  });
  const atWork = accounts.map(([account]) => account);
  errors.push(...(await endLateQueues(site, { open, shard: tick.shard, atWork })));
  return { standing, over, ambiguous, unwritten, queueEndsAt, passwordEndsAt, errors: [...errors, ...failures] };
}

/** What waits longest for an account to be well again; `now` when the trouble is new to all. */
function troubleSince(waiting: readonly Run[], now: number): number {
  return waiting.reduce((since, run) => Math.min(since, troubledSince(run, { trying: true }) ?? now), now);
}

/** Runs in place of slots whose databases nobody could work out. */
function standInsOf({ selectors }: Work): Run[] {
  return selectors.flatMap(({ slots }) => slots.flatMap(({ standIn }) => standIn ?? []));
}

type Work = Pick<AccountWork, "candidates" | "selectors">;

/** A tick that ran out of time leaves its slots unaccounted; what it did write down need not be tried again. */
function withoutKnown(candidates: readonly Run[], known: readonly RunKey[]): readonly Run[] {
  if (candidates.length === 0) return candidates;
  const ids = new Set(known.map(runId));
  return candidates.filter((run) => !ids.has(runId(run)));
}

function workByAccount(unstored: readonly Run[], ofRows: Opened["selectors"], due: readonly Run[]): Map<string, Work> {
  const candidates: AccountWork["candidates"][number][] = unstored.map((run) => ({ run, stored: false }));
  const selectors = [...ofRows];
  for (const run of due) {
    const work = run.instanceId === wholeSelector ? workOfStandIn(run) : undefined;
    if (work === undefined) candidates.push({ run, stored: true });
    else selectors.push(work);
  }
  const ofCandidates = Map.groupBy(candidates, (candidate) => candidate.run.account);
  const ofSelectors = Map.groupBy(selectors, (work) => work.account);
  const names = new Set([...ofCandidates.keys(), ...ofSelectors.keys()]);
  const workOf = (name: string): Work => ({
    candidates: ofCandidates.get(name) ?? [],
    selectors: ofSelectors.get(name) ?? [],
  });
  return new Map([...names].map((name) => [name, workOf(name)]));
}

/** Puts what a selector matched onto its row; a slot held over from an older version says nothing about the row. */
function noteChoice(opened: Opened, choice: { policyId: string } & NonNullable<Observed["selection"]>): void {
  const { policyId, ...selection } = choice;
  const change = opened.observed.get(policyId);
  if (change === undefined || change.next.effectiveVersion !== selection.version) return;
  opened.observed.set(policyId, { ...change, next: withSelection(change.next, selection) });
}
