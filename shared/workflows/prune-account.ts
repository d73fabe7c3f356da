// Retention of one account: plan, write the plan down, and apply it database by database. Without credentials that may delete,
// with the switch off, or when the plan is refused as a whole, nothing is marked and nothing deleted.

import type { Failure } from "../domain/failure.ts";
import { inTurn } from "../domain/retention/in-turn.ts";
import { perAccountAndTick } from "../domain/retention/retention-caps.ts";
import { type AccountPlan, type DatabasePlan, isNewMark, planAccount } from "../domain/retention/retention-plan.ts";
import type { Site, Tick } from "../ports.ts";
import type { PruneSwitch } from "../ports-for-pruning.ts";
import { type AccountWork, pruneDatabase } from "./prune-database.ts";
import type { PruneTally } from "./prune-tick.ts";
import { RecentRuns } from "./recent-runs.ts";

/** So many backups are marked in one tick and plan; the others in the next. */
const marksPerTick = 1000;
/** A listing, and a deletion. */
const callsPerDatabase = 2;

export interface AccountOutcome {
  readonly plan: AccountPlan;
  /** Why the user that may delete cannot be used; having none at all is no trouble. */
  readonly trouble: Failure | undefined;
  /** Whether OTC was asked anything: without that nothing is known of the user's health. */
  readonly hasAsked: boolean;
}

export async function pruneAccount(
  site: Site,
  account: string,
  facts: { databases: readonly DatabasePlan[]; tick: Tick; tally: PruneTally; stop: PruneSwitch },
): Promise<AccountOutcome> {
  const { databases, tick, tally, stop } = facts;
  const now = site.clock.now();
  const access = await site.provider.account(account, { as: "prune", stopAt: tick.stopAt });
  const plan = planAccount(account, databases, {
    now,
    approval: await site.prune.approval(account),
    stoppedBecause: stop.stopped ? (stop.reason ?? "no reason given") : undefined,
    mayDelete: access.ok || access.failure.code !== "secret-absent",
  });
  tell(site, plan);
  const isFollowed = plan.refused.length === 0;
  if (plan.databases.some(({ verdict }) => verdict.remove.some(isNewMark))) await site.prune.recordPlan(plan);
  if (!access.ok) {
    const trouble = access.failure.code === "secret-absent" ? undefined : access.failure;
    return { plan, trouble, hasAsked: true };
  }
  const busy = plan.databases.filter(
    (database) => database.hasDueMarks || (isFollowed && database.verdict.remove.some(isNewMark)),
  );
  if (busy.length === 0 || stop.stopped) return { plan, trouble: undefined, hasAsked: false };
  await access.value.makeRoom(callsPerDatabase * busy.length);
  const instances = await access.value.listInstances();
  const work: AccountWork = {
    account,
    provider: access.value,
    instances,
    good: plan.good,
    planId: plan.planId,
    mayMark: isFollowed ? toMark(plan) : new Set(),
    tally,
    recent: new RecentRuns(),
    left: perAccountAndTick(plan.good),
    trouble: instances.ok ? undefined : instances.failure,
  };
  for (const [reached, database] of inTurn(busy, now).entries()) {
    if (site.clock.now() >= tick.stopAt) {
      tally.notReached += busy.length - reached;
      break;
    }
    try {
      await pruneDatabase(site, database, work);
    } catch (error) {
      tally.errors.push(error);
    }
  }
  return { plan, trouble: work.trouble, hasAsked: true };
}

/** Oldest first, so that a plan too large for one tick begins with what matters least. */
function toMark(plan: AccountPlan): Set<string> {
  const marks = plan.databases.flatMap(({ verdict }) => verdict.remove.filter(isNewMark));
  const oldestFirst = marks.toSorted((a, b) => a.run.slotAt - b.run.slotAt);
  return new Set(oldestFirst.slice(0, marksPerTick).map(({ backup }) => backup.id));
}

/** Nothing while nothing may go: a line an hour that says so would hide the others. */
function tell(site: Site, plan: AccountPlan): void {
  const removable = plan.databases.reduce((sum, { verdict }) => sum + verdict.remove.length, 0);
  if (removable === 0) return;
  const because = plan.refused.map(({ message }) => message).join("; ");
  site.log.info({
    event: "retention-planned",
    message: `account ${plan.account}: ${removable} backups may go by the rules${because === "" ? "" : `; not followed: ${because}`}`,
    facts: { planId: plan.planId, good: plan.good, newMarks: plan.newMarks, refused: because },
  });
}
