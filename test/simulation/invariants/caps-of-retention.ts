// I5, how much may go at once: of a database and of an account in one tick, and of an account in one day (UTC). Counted from
// what OTC was asked to delete.

import type { World } from "../engine/world.ts";
import type { Deleted } from "../otc/otc-world.ts";
import type { Night } from "../plan/retention-story.ts";

const dayMs = 24 * 3_600_000;
/** A process whose clock is off counts what it does near midnight to the other day. */
const clockErrorMs = 21 * 60_000;
const perDatabaseAndTick = 2;
const fewestPerAccountAndTick = 10;
const fewestPerAccountAndDay = 20;

export function tooManyAtOnce(world: World, nights: readonly Night[]): string[] {
  const deletions = world.otc.deletions;
  // A copy of the ledger from before the day's deletions has not counted them.
  const daily = world.restoredAt === undefined ? deletions.filter(({ at }) => isWellWithinDay(at)) : [];
  const allowed = (account: string, fewest: number, share: number) =>
    Math.max(fewest, Math.floor(share * nights.filter((night) => night.account === account).length));
  return [
    ...beyond(
      deletions,
      ({ by, backup }) => `${by} on ${backup.instanceId}`,
      () => perDatabaseAndTick,
    ),
    ...beyond(
      deletions,
      ({ by, backup }) => `${by} in ${accountOf(world, backup.instanceId)}`,
      (one) => allowed(accountOf(world, one.backup.instanceId), fewestPerAccountAndTick, 0.02),
    ),
    ...beyond(
      daily,
      ({ at, backup }) => `${dayOf(at)} in ${accountOf(world, backup.instanceId)}`,
      (one) => allowed(accountOf(world, one.backup.instanceId), fewestPerAccountAndDay, 0.05),
    ),
  ];
}

/** Whether the account's deletions of the day are used up, so that the rest has to wait. */
export function isDayUsedUp(world: World, account: string, at: number): boolean {
  const deletions = world.otc.deletions.filter(
    (one) => accountOf(world, one.backup.instanceId) === account && dayOf(one.at) === dayOf(at),
  );
  return deletions.length >= fewestPerAccountAndDay;
}

function beyond(
  deletions: readonly Deleted[],
  keyOf: (one: Deleted) => string,
  mostOf: (one: Deleted) => number,
): string[] {
  return [...Map.groupBy(deletions, keyOf)].flatMap(([key, list]) => {
    const most = Math.max(...list.map(mostOf));
    return list.length > most ? [`${key}: ${list.length} backups were deleted, and ${most} may be at once`] : [];
  });
}

function accountOf(world: World, instanceId: string): string {
  return world.scenario.instances.find(({ id }) => id === instanceId)?.account ?? "";
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

function isWellWithinDay(at: number): boolean {
  const sinceMidnight = at % dayMs;
  return sinceMidnight >= clockErrorMs && sinceMidnight <= dayMs - clockErrorMs;
}
