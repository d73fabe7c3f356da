// Compares one policy's runs with what OTC lists of its databases, both ways: recorded but gone, there but not recorded. Writes
// runs by condition only, so that whoever else moved one in the meantime wins; never touches anything at OTC.

import { databasesOf } from "../domain/audit/audit-freshness.ts";
import { adoptRun, backupListedAgain, backupNotListed, mayBeReplaced } from "../domain/audit/reconcile-run.ts";
import { lookAgain, type ReconciliationNote, type SecondLook } from "../domain/audit/reconciliation.ts";
import { wholeSelector } from "../domain/coverage/selection.ts";
import type { Policy } from "../domain/policy.ts";
import type { RemoteBackup } from "../domain/remote.ts";
import { markOf } from "../domain/retention/retention-mark.ts";
import { isGood } from "../domain/runs/good.ts";
import { carriesOurPrefix, type ProvenName, proveName } from "../domain/runs/prove-name.ts";
import type { RetentionMark, Run, RunTerms } from "../domain/runs/run.ts";
import { oddSize } from "../domain/runs/size-anomaly.ts";
import type { Site } from "../ports.ts";
import type { AccountProvider } from "../ports-for-otc.ts";
import { Listings } from "./listings.ts";
import type { CountedStock } from "./note-stocks.ts";
import type { TickJournal } from "./tick-journal.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
const listedOrphans = 50;
/** OTC may go on listing what it was just told to delete. */
const deletionShowsWithinMs = 60 * minuteMs;

export interface PolicyVisit {
  /** Absent when nothing could be looked at: what is noted stays. */
  readonly note?: ReconciliationNote;
  /** What has to be looked at a second time, or could not be looked at. */
  readonly again: SecondLook | undefined;
  /** The account cannot be used at all: no further call is spent on it. */
  readonly trouble: boolean;
  readonly adopted: number;
  /** What OTC holds of the policy; absent when not every database could be listed. */
  readonly stock?: CountedStock;
}

export interface VisitFacts {
  readonly look: SecondLook;
  readonly policy: Policy;
  readonly version: number;
  readonly provider: AccountProvider;
  readonly policyIds: ReadonlySet<string>;
  readonly journal: TickJournal;
}

/** What is kept of a run while its policy is visited. */
interface Recorded {
  readonly run: Pick<Run, "policyId" | "instanceId" | "slotAt">;
  readonly backupId: string;
  readonly isDoubted: boolean;
  readonly vanishedAt: number | undefined;
  readonly goodSizeKb: number | undefined;
}

interface Records {
  /** Completed and not removed by retention, by database, oldest first. */
  readonly standing: Map<string, Recorded[]>;
  /** Every id that stands in some record and is not recorded as deleted. */
  readonly ids: Set<string>;
}

export async function reconcilePolicy(site: Site, facts: VisitFacts): Promise<PolicyVisit> {
  const { policy, look } = facts;
  const { policyId, account } = policy;
  const note: { orphans: string[]; phantoms: number; oddSizes: string[] } = { orphans: [], phantoms: 0, oddSizes: [] };
  const listings = new Listings(site, facts);
  // What could not be listed is tried first: as long as it cannot be, a second look reads no run.
  const tried = look.instanceIds ?? (look.onceListed === undefined ? [] : [look.onceListed]);
  if (tried.length > 0 && !(await listings.anyOf(tried))) return { again: look, adopted: 0, trouble: listings.trouble };
  const records = await readRecords(site, policy);
  const databases = new Set(look.instanceIds ?? [...databasesOf(policy, []), ...records.standing.keys()]);
  const held = { held: 0, heldKb: 0 };
  const unlisted: string[] = [];
  let [doubts, adopted] = [0, 0];
  for (const instanceId of databases) {
    const standing = records.standing.get(instanceId) ?? [];
    const odd = oddSize(standing.flatMap((one) => one.goodSizeKb ?? []));
    if (odd !== undefined)
      note.oddSizes.push(`${policyId} ${instanceId}: ${odd.sizeKb} kB, usually about ${odd.medianKb} kB`);
    const listing = await listings.of(instanceId);
    if (listing === undefined) {
      unlisted.push(instanceId);
      continue;
    }
    const ids = new Set(listing.map((backup) => backup.id));
    for (const { backupId, goodSizeKb = 0 } of standing) {
      if (!ids.has(backupId)) continue;
      held.held += 1;
      held.heldKb += goodSizeKb;
    }
    const gone = await compareRecorded(site, facts, { standing, listing });
    note.phantoms += gone.phantoms;
    doubts += gone.doubts;
    const unknown = listing.filter((backup) => !records.ids.has(backup.id));
    const explained = await explainUnknown(site, facts, unknown);
    note.orphans.push(...explained.orphans);
    adopted += explained.adopted;
  }
  const isWhole = unlisted.length === 0 && look.instanceIds === undefined;
  const stock = isWhole ? { stock: { policyId, account, databases: databases.size, ...held } } : {};
  return {
    ...stock,
    note: { policyId, account, ...note, orphans: note.orphans.slice(0, listedOrphans) },
    again: doubts > 0 ? { policyId } : lookAgain(policyId, { unlisted, databases: databases.size }),
    adopted,
    trouble: listings.trouble,
  };
}

/** A policy with many databases and years of runs fits into memory, since of a run only this is kept. */
async function readRecords(site: Site, policy: Policy): Promise<Records> {
  const records: Records = { standing: new Map(), ids: new Set() };
  for await (const page of site.runs.pagesOfPolicy(policy.policyId)) {
    for (const recorded of page.flatMap((run) => recordedOf(run, policy, records.ids))) {
      const { instanceId } = recorded.run;
      const known = records.standing.get(instanceId);
      if (known === undefined) records.standing.set(instanceId, [recorded]);
      else known.push(recorded);
    }
  }
  return records;
}

function recordedOf(run: Run, policy: Policy, ids: Set<string>): Recorded[] {
  for (const earlier of run.earlierBackups) if (!isDeleted(earlier.retention)) ids.add(earlier.id);
  if (run.backupId === undefined || run.instanceId === wholeSelector) return [];
  if (!isDeleted(run.retention)) ids.add(run.backupId);
  const isLeaving = run.retention?.stage === "deleting" || run.retention?.stage === "deleted";
  if (run.state !== "completed" || isLeaving) return [];
  const { policyId, instanceId, slotAt, backupId } = run;
  return [
    {
      run: { policyId, instanceId, slotAt },
      backupId,
      isDoubted: run.absences > 0,
      vanishedAt: run.vanishedAt,
      goodSizeKb: isGood(run, policy.sizeFloorKb) ? run.sizeKb : undefined,
    },
  ];
}

function isDeleted(mark: RetentionMark | undefined): boolean {
  return mark?.stage === "deleted";
}

/** Recorded as COMPLETED: still listed? What is doubted is written onto the run, and asked again at the next audit. */
async function compareRecorded(
  site: Site,
  { journal }: VisitFacts,
  seen: { standing: readonly Recorded[]; listing: readonly RemoteBackup[] },
): Promise<{ phantoms: number; doubts: number }> {
  const listed = new Set(seen.listing.map((backup) => backup.id));
  const count = { phantoms: 0, doubts: 0 };
  for (const recorded of seen.standing) {
    const isListed = listed.has(recorded.backupId);
    const hasVanished = recorded.vanishedAt !== undefined;
    // An alarm that rang for ever would hide the next one: what vanished more than a day ago has been told.
    if (!isListed && hasVanished && site.clock.now() - (recorded.vanishedAt ?? 0) < dayMs) count.phantoms += 1;
    if (isListed ? !recorded.isDoubted && !hasVanished : hasVanished) continue;
    const run = await site.runs.read(recorded.run);
    // Somebody, retention above all, has moved the run since it was read: the next visit sees what is true then.
    if (run === undefined || run.backupId !== recorded.backupId || run.retention?.stage === "deleting") continue;
    if (run.retention?.stage === "deleted") continue;
    const next = isListed ? backupListedAgain(run, site.clock.now()) : backupNotListed(run, site.clock.now());
    await journal.replace(run, next);
    if (next.vanishedAt !== undefined) count.phantoms += 1;
    else if (!isListed) count.doubts += 1;
  }
  return count;
}

/** Listed and not recorded: adopted when the name proves its run, left to the ticks when the run is open, else an orphan. */
async function explainUnknown(
  site: Site,
  facts: VisitFacts,
  unknown: readonly RemoteBackup[],
): Promise<{ orphans: string[]; adopted: number }> {
  const prefix = site.settings.namePrefix;
  const orphans: string[] = [];
  let adopted = 0;
  for (const backup of unknown) {
    if (!carriesOurPrefix(backup.name, prefix) || backup.status === "DELETING") continue;
    const proven = proveName(backup, { prefix, policyIds: facts.policyIds });
    const why = proven === undefined ? "its name belongs to no run" : await place(site, facts, { backup, proven });
    if (why === "adopted") adopted += 1;
    else if (why !== undefined)
      orphans.push(`${backup.name} (${backup.id}) on ${backup.instanceId}, ${backup.status}: ${why}`);
  }
  return { orphans, adopted };
}

/** `adopted`, why it is an orphan, or nothing when it is in good hands. */
async function place(
  site: Site,
  facts: VisitFacts,
  { backup, proven }: { backup: RemoteBackup; proven: ProvenName },
): Promise<string | undefined> {
  const { policyId } = proven.key;
  // Another policy on the same database has its own visit.
  if (policyId !== facts.policy.policyId && facts.policyIds.has(policyId)) return undefined;
  const run = await site.runs.read(proven.key);
  const mark = run === undefined ? undefined : markOf(run, backup.id);
  // One listing that did not show it was believed: the record is wrong, and nobody will delete it any more.
  if (isDeleted(mark) && site.clock.now() - (mark?.deletedAt ?? 0) > deletionShowsWithinMs)
    return "it is recorded as deleted and listed all the same";
  const isRecorded = run?.backupId === backup.id || run?.earlierBackups.some((one) => one.id === backup.id);
  if (isRecorded || run?.state === "waiting" || run?.state === "requested" || run?.state === "building")
    return undefined;
  if (run !== undefined && !mayBeReplaced(run, backup))
    return backup.status === "FAILED" ? undefined : `its run is recorded as ${run.state} (${run.reason})`;
  const now = site.clock.now();
  const terms = run?.terms ?? termsFor(facts, proven);
  const next = adoptRun(proven, backup, {
    account: facts.policy.account,
    terms,
    now,
    ...(run === undefined ? {} : { over: run }),
  });
  const written = run === undefined ? await facts.journal.insert(next) : await facts.journal.replace(run, next);
  return written ? "adopted" : undefined;
}

/** Of the policy in force; of a policy that is no more only what every run needs. */
function termsFor({ policy, version }: VisitFacts, { key }: ProvenName): RunTerms {
  const own = key.policyId === policy.policyId;
  return {
    policyVersion: own ? version : 0,
    startByAt: key.slotAt + policy.startWindowMinutes * minuteMs,
    completeByAt: key.slotAt + policy.completionWindowMinutes * minuteMs,
    maxAttempts: policy.maxAttempts,
    sizeFloorKb: own ? policy.sizeFloorKb : 1,
    severity: own ? policy.severity : "ticket",
    ...(own && policy.owner !== undefined ? { owner: policy.owner } : {}),
  };
}
