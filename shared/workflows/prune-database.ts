// One policy on one database: looks at OTC, reads row, runs and holds again, judges, and then settles deletions under way,
// marks, takes marks off, and deletes what is due. Everything is judged anew here; the plan only says what may be marked.

import { checkListing, leftovers, whyNotDelete } from "../domain/audit/listing-check.ts";
import type { Failure, Result } from "../domain/failure.ts";
import type { Instance } from "../domain/remote.ts";
import { type DatabaseVerdict, type Judged, judgeRetention } from "../domain/retention/retention.ts";
import { perDatabaseAndTick } from "../domain/retention/retention-caps.ts";
import {
  beginDeletion,
  confirmDeleted,
  deletingBackups,
  deletionOutlook,
  deletionRefused,
  keepAgain,
  markBackup,
  markOf,
} from "../domain/retention/retention-mark.ts";
import type { DatabaseHistory } from "../domain/retention/retention-plan.ts";
import { runId } from "../domain/runs/naming.ts";
import { proveName } from "../domain/runs/prove-name.ts";
import type { Run } from "../domain/runs/run.ts";
import type { Site } from "../ports.ts";
import type { AccountProvider } from "../ports-for-otc.ts";
import { deleteBackup } from "./delete-backup.ts";
import { type Look, lookAtDatabase } from "./look-at-database.ts";
import { historiesOf, policyInForce } from "./policy-history.ts";
import type { PruneTally } from "./prune-tick.ts";
import type { RecentRuns } from "./recent-runs.ts";

export interface AccountWork {
  readonly account: string;
  readonly provider: AccountProvider;
  readonly instances: Result<readonly Instance[]>;
  readonly good: number;
  readonly planId: string;
  /** Ids of the backups that the plan allows to mark; empty when it was refused. */
  readonly mayMark: ReadonlySet<string>;
  readonly tally: PruneTally;
  readonly recent: RecentRuns;
  /** Deletions that the account may still make in this tick. */
  left: number;
  trouble: Failure | undefined;
}

interface Place {
  readonly policyId: string;
  readonly instanceId: string;
}

export async function pruneDatabase(site: Site, place: Place, work: AccountWork): Promise<void> {
  const look = await lookAtDatabase(work.provider, work.instances, place.instanceId);
  const history = await readAgain(site, place, work);
  if (history === undefined) return;
  const { verdict, runs } = judgeWithLook(history, look);
  const current = new Map(runs.map((run) => [runId(run), run]));
  const database: Database = { site, work, look, verdict, current };
  if (verdict.refused.every((refusal) => !refusal.reason.startsWith("listing"))) await settleDeletions(database);
  const taken = await changeMarks(database);
  await reportLeftovers(site, { place, runs, look, tally: work.tally });
  if (verdict.refused.length > 0) noteBlocked(work.tally, place, { verdict, taken });
  else await deleteDue(database, history.facts.terms?.retention?.minimum ?? 1);
}

/** As it stands now, rows read strongly consistent: minutes may lie between the plan and this. */
async function readAgain(site: Site, place: Place, work: AccountWork): Promise<DatabaseHistory | undefined> {
  const now = site.clock.now();
  const row = await site.policies.read(place.policyId);
  const policy = { policyId: place.policyId, ...(await policyInForce(row, site.versions, now)) };
  const runs = await work.recent.of(site, place);
  const holds = await site.holds.ofPolicy(place.policyId);
  const histories = historiesOf(runs, policy, { now, namePrefix: site.settings.namePrefix, holds });
  return histories.find((history) => history.account === work.account);
}

function judgeWithLook(history: DatabaseHistory, { listing, surroundings }: Look) {
  const { runs, facts } = history;
  const byLedger = judgeRetention(runs, facts);
  const known = [...byLedger.keep, ...byLedger.remove];
  const checked = surroundings.listing === "complete" ? checkListing(known, listing) : surroundings.listing;
  return { runs, verdict: judgeRetention(runs, { ...facts, ...surroundings, listing: checked }) };
}

interface Database {
  readonly site: Site;
  readonly work: AccountWork;
  readonly look: Look;
  readonly verdict: DatabaseVerdict;
  /** The runs as this tick last wrote them. */
  readonly current: Map<string, Run>;
}

/** Writes a change of a run; a lost race leaves it to the next tick. */
async function write({ site, current }: Database, run: Run, next: Run): Promise<boolean> {
  if (next === run) return false;
  if ((await site.runs.replace(run, next)) === "lost-race") {
    current.delete(runId(run));
    return false;
  }
  current.set(runId(run), next);
  return true;
}

async function settleDeletions(database: Database): Promise<void> {
  const { site, look, work, current } = database;
  for (const [id, before] of [...current]) {
    for (const backup of deletingBackups(before)) {
      const run = current.get(id);
      if (run === undefined || backup.retention === undefined) continue;
      const now = site.clock.now();
      const status = look.listing.find((row) => row.id === backup.id)?.status;
      const outlook = deletionOutlook(backup.retention, status, now);
      if (outlook === "on-its-way") continue;
      if (outlook === "not-begun") {
        await write(
          database,
          run,
          deletionRefused(run, backup.id, { now, why: "OTC still lists it: the DELETE did not arrive" }),
        );
      } else if (await write(database, run, confirmDeleted(run, backup.id, now))) {
        work.tally.deleted += 1;
        site.log.info({
          event: "backup-deleted",
          message: `${id}: OTC no longer lists backup ${backup.id}`,
          facts: { planId: backup.retention.planId, requestId: backup.retention.requestId },
        });
      }
    }
  }
}

/** Returns how many marks were taken off. */
async function changeMarks(database: Database): Promise<number> {
  const { site, work, verdict, current } = database;
  const now = site.clock.now();
  let taken = 0;
  const gone = verdict.refused.some((refusal) => refusal.reason === "policy-removed");
  for (const { run, backup, reasons, withheld } of verdict.keep) {
    const latest = current.get(runId(run));
    // A doubt only suspends; what a rule or a hold keeps, or a policy that is gone no longer judges, loses its mark.
    if (latest === undefined || (withheld === true && !gone)) continue;
    const why = gone ? "its policy is gone" : reasons.join("; ");
    if (await write(database, latest, keepAgain(latest, backup.id, { now, why }))) taken += 1;
  }
  for (const { run, backup, reasons } of verdict.remove) {
    const latest = current.get(runId(run));
    if (latest === undefined || !work.mayMark.has(backup.id)) continue;
    const mark = { planId: work.planId, reasons, now, graceMs: site.settings.graceMs };
    if (await write(database, latest, markBackup(latest, backup.id, mark))) work.tally.marked += 1;
  }
  work.tally.keptAgain += taken;
  return taken;
}

/** Oldest first; what does not fit under the caps is due at the next tick. */
async function deleteDue(database: Database, minimum: number): Promise<void> {
  const { site, work, verdict, current, look } = database;
  const judged = [...verdict.keep, ...verdict.remove];
  let sent = 0;
  for (const candidate of verdict.remove.toReversed()) {
    if (sent >= perDatabaseAndTick || work.left <= 0) return;
    const due = dueNow(candidate, current, site.clock.now());
    if (due === undefined || (await recordGone(database, due))) continue;
    const doubt = whyNotDelete(due, { listing: look.listing, judged, minimum });
    if (doubt !== undefined) {
      site.log.warn({
        event: "deletion-withheld",
        message: `${runId(due.run)}: backup ${due.backup.id} is not deleted: ${doubt}`,
      });
      continue;
    }
    const outcome = await deleteBackup(site, due, work);
    if (outcome === "stop") work.left = 0;
    if (outcome !== "sent") continue;
    sent += 1;
    work.left -= 1;
  }
}

/** A FAILED backup that OTC no longer lists was cleared away by somebody else: nothing is left to delete. */
async function recordGone(database: Database, { run, backup, kind }: Judged): Promise<boolean> {
  if (kind !== "failed" || database.look.listing.some((row) => row.id === backup.id)) return false;
  const now = database.site.clock.now();
  await write(database, run, confirmDeleted(beginDeletion(run, backup.id, now), backup.id, now));
  return true;
}

/** The candidate with its run as it stands, when its grace is over. */
function dueNow(candidate: Judged, current: Map<string, Run>, now: number): Judged | undefined {
  const run = current.get(runId(candidate.run));
  const mark = run === undefined ? undefined : markOf(run, candidate.backup.id);
  return run !== undefined && mark?.stage === "marked" && mark.removableAt <= now ? { ...candidate, run } : undefined;
}

/** A policy that is gone lets nothing go any more; what was marked for it stays, and people should decide about it. */
function noteBlocked(tally: PruneTally, place: Place, seen: { verdict: DatabaseVerdict; taken: number }): void {
  const { refused, keep } = seen.verdict;
  const gone = refused.some((refusal) => refusal.reason === "policy-removed");
  const withheld = keep.filter((judged) => judged.withheld === true).length + (gone ? seen.taken : 0);
  if (withheld > 0) tally.blocked.push({ ...place, refused, withheld });
}

async function reportLeftovers(
  site: Site,
  { place, runs, look, tally }: { place: Place; runs: readonly Run[]; look: Look; tally: PruneTally },
): Promise<void> {
  const prefix = site.settings.namePrefix;
  const found = leftovers({ policyId: place.policyId, namePrefix: prefix }, runs, look.listing);
  for (const backup of found) {
    // A run whose backup is gone is not among those that are judged: OTC may still list what it has just deleted.
    const proven = proveName(backup, { prefix, policyIds: [place.policyId] });
    const run = proven === undefined ? undefined : await site.runs.read(proven.key);
    if (run !== undefined && leftovers({ policyId: place.policyId, namePrefix: prefix }, [run], [backup]).length === 0)
      continue;
    tally.leftovers += 1;
    site.log.warn({
      event: "leftover-found",
      message: `backup ${backup.id} (${backup.name}) carries our name and stands in no record; it is left alone`,
    });
  }
}
