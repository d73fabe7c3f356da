// prune-backups, one tick: plans what retention lets go, marks it, and after the grace period deletes it, accounts side by side,
// since each has a pace of its own. All doubts lead to keeping.

import type { StandingAlert } from "../domain/messages/alert.ts";
import { inTurn } from "../domain/retention/in-turn.ts";
import { blockedAlert, bulkAlert, lateAlert, pruneSubject, stoppedAlert } from "../domain/retention/prune-alerts.ts";
import { type AccountPlan, type DatabasePlan, planDatabase } from "../domain/retention/retention-plan.ts";
import type { PolicyRow, Site, Tick } from "../ports.ts";
import { noteAccount } from "./account-trouble.ts";
import { deliverAlerts } from "./deliver-alerts.ts";
import { inParallel } from "./in-parallel.ts";
import { databaseHistories, policyInForce } from "./policy-history.ts";
import { pruneAccount } from "./prune-account.ts";
import { newTally, type PruneTally } from "./prune-tick.ts";
import { throwIfAny } from "./tick-errors.ts";
import { TickJournal } from "./tick-journal.ts";

const dueLimit = 20_000;
const policyReaders = 16;
const accountsAtOnce = 16;

export interface PruneSummary {
  readonly accounts: number;
  readonly marked: number;
  readonly keptAgain: number;
  readonly deleted: number;
  /** Backups that stay only because of a doubt. */
  readonly blocked: number;
  readonly leftovers: number;
  /** Databases that the tick had no time for; they come early in one of the next. */
  readonly notReached: number;
  readonly alerts: number;
}

/** Throws after everything else is done when a part of the tick failed. */
export async function pruneBackups(site: Site, tick: Tick): Promise<PruneSummary> {
  const open = await site.standingAlerts.open();
  const stop = await site.prune.pruneSwitch();
  const { databases, errors } = await planDatabases(site, tick);
  const total = newTally();
  total.errors.push(...errors);
  const standing: StandingAlert[] = [];
  const plans: AccountPlan[] = [];
  const raise = async (alert: StandingAlert | undefined, subject: string, kind: StandingAlert["kind"]) => {
    if (alert !== undefined && (await site.standingAlerts.raise(alert))) standing.push(alert);
    const isOpen = open.some((each) => each.subject === subject && each.kind === kind);
    if (alert === undefined && isOpen) await site.standingAlerts.clear(subject, kind);
  };
  const now = site.clock.now();
  await raise(stop.stopped ? stoppedAlert(stop.reason, now) : undefined, "prune-backups", "prune-stopped");
  const pruneOne = async ([account, list]: [string, DatabasePlan[]]) => {
    if (site.clock.now() >= tick.stopAt) {
      total.notReached += list.length;
      return;
    }
    const tally = newTally();
    try {
      const { plan, trouble, hasAsked } = await pruneAccount(site, account, { databases: list, tick, tally, stop });
      plans.push(plan);
      const facts = { account: `${account}/prune`, trouble, waitingSince: now, hasPosted: true, open };
      const unusable = hasAsked ? await noteAccount(site, facts) : undefined;
      if (unusable !== undefined) standing.push(unusable);
      const subject = pruneSubject(account);
      await raise(bulkAlert(plan, now), subject, "prune-bulk-change");
      await raise(lateAlert(plan, now), subject, "prune-late");
      const blocked = blockedAlert(account, blockedOf(plan, tally), now);
      // Whoever was not looked at may still be in doubt.
      if (blocked !== undefined || tally.notReached === 0) await raise(blocked, subject, "prune-blocked");
    } finally {
      addUp(total, tally);
    }
  };
  const accounts = [...Map.groupBy(databases, (database) => database.account)];
  total.errors.push(...(await inParallel(inTurn(accounts, now), accountsAtOnce, pruneOne)));
  const delivery = await deliverAlerts(site, { journal: new TickJournal(site), rescued: [], standing });
  const blocked = stayingOnly(total, plans);
  site.telemetry.emit({
    PruneHeartbeat: 1,
    PruneMarked: total.marked,
    PruneDeletes: total.deleted,
    PruneBlocked: blocked,
    PruneLeftovers: total.leftovers,
    AlertsSent: delivery.sent,
    AlertDeliveryFailures: delivery.failed,
  });
  throwIfAny("prune-backups", [...total.errors, ...delivery.errors]);
  const { marked, keptAgain, deleted, leftovers, notReached } = total;
  return {
    ...{ accounts: accounts.length, marked, keptAgain, deleted, blocked, leftovers, notReached },
    alerts: delivery.sent,
  };
}

interface Planned {
  readonly databases: DatabasePlan[];
  readonly errors: unknown[];
}

/** Every policy row's databases, and those with marked backups whose policy is gone. A few policies' runs in memory at a time. */
async function planDatabases(site: Site, tick: Tick): Promise<Planned> {
  const seen = new Set<string>();
  const planned: Planned = { databases: [], errors: [] };
  let late = 0;
  const plan = async ({ policyId, row }: { policyId: string; row: PolicyRow | undefined }) => {
    if (site.clock.now() >= tick.stopAt) late += 1;
    else planned.databases.push(...(await plansOf(site, policyId, row)));
  };
  for await (const page of site.policies.pages()) {
    const rows = page.flatMap((row) => (row.policyId === undefined ? [] : [{ policyId: row.policyId, row }]));
    for (const { policyId } of rows) seen.add(policyId);
    planned.errors.push(...(await inParallel(rows, policyReaders, plan)));
  }
  const marked = await site.runs.due("prune", { now: site.clock.now() + site.settings.graceMs, limit: dueLimit });
  const gone = [...new Set(marked.map((run) => run.policyId))].filter((policyId) => !seen.has(policyId));
  const orphans = gone.map((policyId) => ({ policyId, row: undefined }));
  planned.errors.push(...(await inParallel(orphans, policyReaders, plan)));
  // Never silently: a site that has outgrown one tick rings the error alarm every hour.
  if (late > 0)
    planned.errors.push(new Error(`${late} policies could not be looked at in one tick and were left as they are`));
  return planned;
}

async function plansOf(site: Site, policyId: string, row: PolicyRow | undefined): Promise<DatabasePlan[]> {
  const now = site.clock.now();
  const policy = { policyId, ...(await policyInForce(row, site.versions, now)) };
  const stores = { ...site, oldest: site.prune };
  const histories = await databaseHistories(stores, policy, { now, namePrefix: site.settings.namePrefix });
  return histories.map((history) => withoutKept(planDatabase(history)));
}

/** What stays is counted and not carried along: a site keeps thousands for each one it lets go. */
function withoutKept(database: DatabasePlan): DatabasePlan {
  return { ...database, verdict: { ...database.verdict, keep: [] } };
}

/** What OTC made doubtful, and what the ledger alone made doubtful without a look at OTC. */
function blockedOf(plan: AccountPlan, tally: PruneTally): PruneTally["blocked"] {
  const looked = new Set(tally.blocked.map(({ policyId, instanceId }) => `${policyId}/${instanceId}`));
  for (const { policyId, instanceId, withheld, verdict } of plan.databases) {
    if (withheld === 0 || looked.has(`${policyId}/${instanceId}`)) continue;
    tally.blocked.push({ policyId, instanceId, refused: verdict.refused, withheld });
  }
  return tally.blocked;
}

/** Backups that the rules let go and that stay all the same: for a doubt, or because the whole plan is not followed. */
function stayingOnly(total: PruneTally, plans: readonly AccountPlan[]): number {
  const refused = plans.filter((plan) => plan.refused.length > 0).flatMap((plan) => plan.databases);
  return (
    total.blocked.reduce((sum, database) => sum + database.withheld, 0) +
    refused.reduce((sum, { verdict }) => sum + verdict.remove.length, 0)
  );
}

function addUp(total: PruneTally, tally: PruneTally): void {
  total.marked += tally.marked;
  total.keptAgain += tally.keptAgain;
  total.deleted += tally.deleted;
  total.leftovers += tally.leftovers;
  total.notReached += tally.notReached;
  total.blocked.push(...tally.blocked);
  total.errors.push(...tally.errors);
}
