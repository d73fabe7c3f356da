// Compares one policy's runs with what OTC lists of its databases, both ways: recorded but gone, there but not recorded. Writes
// runs by condition only, so that whoever else moved one in the meantime wins; never touches anything at OTC.

import { databasesOf } from "../domain/audit/audit-freshness.ts";
import { explainBackup, type Listed } from "../domain/audit/explain-backup.ts";
import { adoptRun, backupListedAgain, backupNotListed, recordEarlier } from "../domain/audit/reconcile-run.ts";
import {
  addFindings,
  goOn,
  lookAgain,
  nothingYet,
  type ReconciliationNote,
  type SecondLook,
  type VisitSums,
} from "../domain/audit/reconciliation.ts";
import type { Policy } from "../domain/policy.ts";
import type { RemoteBackup } from "../domain/remote.ts";
import { carriesOurPrefix, type ProvenName, proveName } from "../domain/runs/prove-name.ts";
import type { RunTerms } from "../domain/runs/run.ts";
import { oddSize } from "../domain/runs/size-anomaly.ts";
import type { Site } from "../ports.ts";
import { isRefused, type ListingFacts, Listings } from "./listings.ts";
import type { CountedStock } from "./note-stocks.ts";
import { type Recorded, type Records, readRecords } from "./standing-records.ts";
import type { TickJournal } from "./tick-journal.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

export interface PolicyVisit {
  /** Of all databases of the visit so far; absent when none could be looked at now: what is noted stays. */
  readonly note?: ReconciliationNote;
  /** What has to be looked at a second time, or could not be looked at. */
  readonly again: SecondLook | undefined;
  /** The account cannot be used any more in this audit: no further call is spent on it. */
  readonly isRefused: boolean;
  readonly adopted: number;
  /** What OTC holds of the policy; absent before the visit's end, or when not every database could be listed. */
  readonly stock?: CountedStock;
}

export interface VisitFacts extends ListingFacts {
  readonly look: SecondLook;
  readonly policy: Policy;
  readonly version: number;
  readonly policyIds: ReadonlySet<string>;
  readonly journal: TickJournal;
}

/** Ends early when the tick has no time left or the account cannot be listed any more: the visit then goes on at a later audit. */
export async function reconcilePolicy(site: Site, facts: VisitFacts): Promise<PolicyVisit> {
  const { policy, look } = facts;
  const listings = new Listings(site, facts);
  const unchanged = await whileUnlisted(listings, look);
  if (unchanged !== undefined) return { again: unchanged, adopted: 0, isRefused: listings.isRefused };
  const records = await readRecords(site, policy, look.rest?.readFromAt);
  const all = new Set([...databasesOf(policy, []), ...records.standing.keys(), ...records.recent]);
  const isWhole = look.instanceIds === undefined;
  const from = look.rest?.from ?? "";
  const ids = look.instanceIds ?? [...all].toSorted().filter((instanceId) => instanceId >= from);
  const { sums, adopted, left } = await compareDatabases(site, facts, { ids, listings, records });
  const [next] = left;
  const { policyId, account } = policy;
  const note = left.length < ids.length || ids.length === 0 ? { note: { policyId, account, ...sums.found } } : {};
  const visit = { ...note, adopted, isRefused: listings.isRefused };
  if (next !== undefined && isWhole) {
    const message = `policy ${policyId}: ${all.size - left.length} of ${all.size} databases are compared, a later audit goes on with ${next}`;
    site.log.info({ event: "comparison-goes-on", message });
    const rest = { ...sums, from: next, readFromAt: records.standFromAt };
    return { ...visit, again: goOn(policyId, { rest, inTrouble: !listings.wantsOnlyTime }) };
  }
  const unlisted = [...left, ...sums.unlisted];
  const again = sums.hasDoubts
    ? { policyId }
    : lookAgain(policyId, { unlisted, databases: isWhole ? all.size : ids.length });
  const { held, heldKb } = sums;
  const isCounted = isWhole && unlisted.length === 0;
  return { ...visit, again, ...(isCounted ? { stock: { policyId, account, databases: all.size, held, heldKb } } : {}) };
}

/**
 * What could not be listed is tried before a run is read for it; so is the database a visit goes on with, which then is compared
 * however long reading takes. Returns what is still to be looked at when that is all that can be done.
 */
async function whileUnlisted(listings: Listings, look: SecondLook): Promise<SecondLook | undefined> {
  const { policyId, instanceIds, onceListed, rest } = look;
  const first = rest?.from ?? onceListed;
  const ids = instanceIds ?? (first === undefined ? [] : [first]);
  const tried = await listings.tryAll(ids, { isKnown: rest === undefined });
  if (tried.length === 0 || tried.some((listing) => listing.ok)) return undefined;
  // One database that cannot be listed is no reason to wait with the others.
  if (rest !== undefined) {
    const mayBeAlone = onceListed === undefined && !listings.wantsOnlyTime;
    return !listings.isRefused || mayBeAlone ? undefined : goOn(policyId, { rest, inTrouble: !listings.wantsOnlyTime });
  }
  if (instanceIds === undefined) return look;
  // Those that OTC was not asked for come first next time.
  const own = tried.filter((listing) => !isRefused(listing)).length;
  const asked = listings.isRefused && !listings.wantsOnlyTime ? own + 1 : own;
  return { policyId, instanceIds: [...instanceIds.slice(asked), ...instanceIds.slice(0, asked)] };
}

/** Up to the first database for which OTC is not asked any more; `left` are those from there on. */
async function compareDatabases(
  site: Site,
  facts: VisitFacts,
  { ids, listings, records }: { ids: readonly string[]; listings: Listings; records: Records },
): Promise<{ sums: VisitSums; adopted: number; left: readonly string[] }> {
  const { held, heldKb, hasDoubts, unlisted, found }: VisitSums = facts.look.rest ?? nothingYet;
  const sums = { held, heldKb, hasDoubts, unlisted: [...unlisted], found };
  let adopted = 0;
  for (const [n, instanceId] of ids.entries()) {
    const listing = await listings.of(instanceId);
    if (isRefused(listing) && !(await listings.isAlone(instanceId, ids[n + 1])))
      return { sums, adopted, left: ids.slice(n) };
    const standing = records.standing.get(instanceId) ?? [];
    const findings = { orphans: [] as string[], phantoms: 0, oddSizes: oddSizes(facts, instanceId, standing) };
    if (listing.ok) {
      const stock = stockOf(standing, listing.value);
      sums.held += stock.held;
      sums.heldKb += stock.heldKb;
      const gone = await compareRecorded(site, facts, { standing, listing: listing.value });
      findings.phantoms = gone.phantoms;
      sums.hasDoubts ||= gone.doubts > 0;
      const unknown = listing.value.filter((backup) => !records.ids.has(backup.id));
      const explained = await explainUnknown(site, facts, unknown);
      findings.orphans = explained.orphans;
      adopted += explained.adopted;
    } else sums.unlisted.push(instanceId);
    sums.found = addFindings(sums.found, findings);
  }
  return { sums, adopted, left: [] };
}

function oddSizes({ policy }: VisitFacts, instanceId: string, standing: readonly Recorded[]): string[] {
  const odd = oddSize(standing.flatMap((one) => one.goodSizeKb ?? []));
  if (odd === undefined) return [];
  return [`${policy.policyId} ${instanceId}: ${odd.sizeKb} kB, usually about ${odd.medianKb} kB`];
}

function stockOf(standing: readonly Recorded[], listing: readonly RemoteBackup[]): { held: number; heldKb: number } {
  const ids = new Set(listing.map((backup) => backup.id));
  const held = standing.filter(({ backupId }) => ids.has(backupId));
  return { held: held.length, heldKb: held.reduce((sum, { goodSizeKb = 0 }) => sum + goodSizeKb, 0) };
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
async function place(site: Site, facts: VisitFacts, { backup, proven }: Listed): Promise<string | undefined> {
  const { policyId } = proven.key;
  // Another policy on the same database has its own visit.
  if (policyId !== facts.policy.policyId && facts.policyIds.has(policyId)) return undefined;
  const run = await site.runs.read(proven.key);
  const now = site.clock.now();
  const explained = explainBackup(run, { backup, proven }, now);
  if (explained.kind === "orphan") return explained.why;
  if (run !== undefined && explained.kind === "record-earlier")
    await facts.journal.replace(run, recordEarlier(run, backup, now));
  if (explained.kind !== "adopt") return undefined;
  const next = adoptRun(proven, backup, {
    account: facts.policy.account,
    terms: run?.terms ?? termsFor(facts, proven),
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
