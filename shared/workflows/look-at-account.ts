// poll-backups for one account: the instances once for all that are still BACKING UP, then one closer look per database
// that needs it, however many of its runs wait for it. What the tick has no time for is still due.

import { type Failure, failureKinds, ok, type Result } from "../domain/failure.ts";
import type { RemoteBackup } from "../domain/remote.ts";
import { afterLook } from "../domain/runs/decide-look.ts";
import { isForLater } from "../domain/runs/decide-request.ts";
import { isLargeEnough } from "../domain/runs/good.ts";
import {
  foreseenCalls,
  type InstanceLook,
  listingCalls,
  needCloserLook,
  owedFirst,
  owedLooks,
  planLooks,
} from "../domain/runs/plan-looks.ts";
import type { Run } from "../domain/runs/run.ts";
import type { Site, Tick } from "../ports.ts";
import type { AccountProvider } from "../ports-for-otc.ts";
import { inParallel } from "./in-parallel.ts";
import type { TickJournal } from "./tick-journal.ts";

const lookersPerAccount = 8;
/** A claim does not outlast this. */
const claimsForgottenMs = 4 * 60_000;

export interface AccountLook {
  readonly account: string;
  /** The account's runs whose next look is due. */
  readonly runs: readonly Run[];
  readonly tick: Tick;
  readonly journal: TickJournal;
}

export interface LookReport {
  /** What made the account unusable during this tick, if anything did. */
  readonly trouble: Failure | undefined;
  /** The listing before this tick's. */
  readonly last: InstanceLook | undefined;
  readonly errors: unknown[];
}

export async function lookAtAccount(site: Site, { account, runs, tick, journal }: AccountLook): Promise<LookReport> {
  const last = await site.looks.last(account);
  const provider = await site.provider.account(account, { stopAt: tick.stopAt });
  let trouble: Failure | undefined = provider.ok ? undefined : provider.failure;
  // Beside the looks, which must not wait for a table that cannot be written.
  const rooms: Promise<unknown[]>[] = [];
  const makeRoom = (calls: number) => {
    if (provider.ok) rooms.push(inParallel([provider.value], 1, (at) => at.makeRoom(calls)));
  };
  const needed: Result<Needed> = provider.ok
    ? await runsToLookAt(site, { runs, last, provider: provider.value, makeRoom })
    : ok({ runs });
  if (!needed.ok && failureKinds[needed.failure.code].accountWide) trouble ??= needed.failure;
  const instances = [...Map.groupBy(needed.ok ? needed.value.runs : runs, (run) => run.instanceId)];
  const noted = new Set<string>();
  if (needed.ok) makeRoom(instances.length);
  const owed = new Set(instances.map(([instanceId]) => instanceId));
  const errors = await inParallel(instances, lookersPerAccount, async ([instanceId, itsRuns]) => {
    if (site.clock.now() >= tick.stopAt) return;
    const listing = await lookOnce(provider, instanceId, trouble);
    if (!listing.ok && failureKinds[listing.failure.code].accountWide) trouble ??= listing.failure;
    if (listing.ok) owed.delete(instanceId);
    for (const run of itsRuns) await settleRun(site, { run, listing, journal, noted });
  });
  // Only now: a tick that dies before has its listing made again, and how long the closer looks took decides when the next is due.
  if (needed.ok && needed.value.listed !== undefined) {
    const { lookedAt, instances: count } = needed.value.listed;
    const tookMs = site.clock.now() - lookedAt;
    await site.looks.note(account, { lookedAt, instances: count, tookMs, ...owedLooks([...owed]) });
  }
  return { trouble, last, errors: [...errors, ...(await Promise.all(rooms)).flat()] };
}

interface Needed {
  readonly runs: readonly Run[];
  /** The listing that told, if one was made. */
  readonly listed?: Omit<InstanceLook, "tookMs" | "owed">;
}

interface FirstLevel extends Pick<AccountLook, "runs"> {
  readonly last: InstanceLook | undefined;
  readonly provider: AccountProvider;
  readonly makeRoom: (calls: number) => void;
}

/** First level. A run that is neither looked at nor changed stays due: the next tick judges it anew, without a write. */
async function runsToLookAt(site: Site, { runs, last, provider, makeRoom }: FirstLevel): Promise<Result<Needed>> {
  const now = site.clock.now();
  const { pollBoundMs, pollByInstanceStatus } = site.settings;
  const plan = planLooks(runs, { now, pollBoundMs, byInstanceStatus: pollByInstanceStatus, last });
  const foreseen = foreseenCalls(plan, last?.instances);
  provider.foresee(foreseen);
  // Nobody has claimed anything for the first looks at a storm, and a large account's listing alone takes many calls.
  if (last === undefined || now - last.lookedAt > claimsForgottenMs) makeRoom(foreseen);
  if (plan.byStatus.length === 0) return ok({ runs: plan.closely });
  const instances = await provider.listInstances();
  if (!instances.ok) return instances;
  const needed = [...plan.closely, ...needCloserLook(plan.byStatus, instances.value)];
  const listed = { lookedAt: now, instances: instances.value.length };
  provider.foresee(needed.length + listingCalls(listed.instances));
  return ok({ runs: owedFirst(needed, last), listed });
}

/** Once the account proved unusable in this tick, no further call is spent on it. */
async function lookOnce(
  provider: Result<AccountProvider>,
  instanceId: string,
  trouble: Failure | undefined,
): Promise<Result<readonly RemoteBackup[]>> {
  if (!provider.ok) return provider;
  if (trouble !== undefined) return { ok: false, failure: trouble };
  return provider.value.listBackups(instanceId);
}

interface Settling {
  readonly run: Run;
  readonly listing: Result<readonly RemoteBackup[]>;
  readonly journal: TickJournal;
  /** Policy and slot whose good backup this tick has put onto the row: one is as good as fifty. */
  readonly noted: Set<string>;
}

async function settleRun(site: Site, { run, listing, journal, noted }: Settling): Promise<void> {
  const now = site.clock.now();
  const next = afterLook(run, listing, { now, pollBoundMs: site.settings.pollBoundMs });
  // The account's pace left no turn in this tick: nothing was seen, so nothing is written and the run stays due, unless it is time to tell of it.
  if (!listing.ok && isForLater(listing.failure) && next.alerts.length === run.alerts.length) return;
  const written = await journal.replace(run, next);
  const good = next.state === "completed" && isLargeEnough(next.sizeKb, next.terms.sizeFloorKb);
  const note = `${next.policyId} ${next.slotAt}`;
  if (!written || !good || noted.has(note)) return;
  noted.add(note);
  await site.policies.noteGoodBackup(next.policyId, next.slotAt);
}
