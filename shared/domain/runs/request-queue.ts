// How long it takes until every database that is due has been requested. One account takes so many requests per second and no
// more, so a queue is arithmetic: its length over its rate.

export interface RequestQueue {
  readonly waiting: number;
  /** Requests per second that get through. */
  readonly perSecond: number;
}

/**
 * Of an account's ceiling, what create-backups can rely on: all that nobody claims as long as few backups end; over a long night
 * each backup costs a POST and then a look.
 */
export const creatingPart = 0.5;

/** When the last of the queue will have been requested; nothing when none gets through. */
export function lastRequestAt({ waiting, perSecond }: RequestQueue, now: number): number | undefined {
  if (waiting === 0) return now;
  return perSecond > 0 ? now + Math.ceil((waiting * 1000) / perSecond) : undefined;
}

/** Databases of one account that are due at one slot and have to be requested by one instant. */
export interface Demand {
  readonly account: string;
  readonly slotAt: number;
  readonly startByAt: number;
  readonly databases: number;
}

/** More databases are due inside a span than can be requested in it. */
export interface TightWindow {
  readonly account: string;
  readonly fromAt: number;
  readonly untilAt: number;
  readonly databases: number;
  readonly fitting: number;
}

/**
 * Per account the span that is overbooked most, if any is. The most urgent go first, as in create-backups; then a set of
 * demands can be met exactly if for every span those that begin and end inside it fit into it.
 */
export function tightWindows(demands: readonly Demand[], perSecond: number): TightWindow[] {
  return [...Map.groupBy(demands, (demand) => demand.account)].flatMap(
    ([account, its]) => tightestOf(account, merged(its), perSecond) ?? [],
  );
}

/** Demands of the same slot and end as one. */
function merged(demands: readonly Demand[]): Demand[] {
  const groups = Map.groupBy(demands, ({ slotAt, startByAt }) => `${slotAt} ${startByAt}`);
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map((one) => ({ ...one, databases: group.reduce((sum, each) => sum + each.databases, 0) })),
  );
}

function tightestOf(account: string, demands: readonly Demand[], perSecond: number): TightWindow | undefined {
  const byEnd = demands.toSorted((a, b) => a.startByAt - b.startByAt);
  let tightest: TightWindow | undefined;
  for (const fromAt of new Set(demands.map((demand) => demand.slotAt))) {
    let databases = 0;
    for (const demand of byEnd) {
      if (demand.slotAt < fromAt) continue;
      databases += demand.databases;
      const fitting = Math.floor(((demand.startByAt - fromAt) * perSecond) / 1000);
      const over = databases - fitting;
      if (over > 0 && over > (tightest === undefined ? 0 : tightest.databases - tightest.fitting))
        tightest = { account, fromAt, untilAt: demand.startByAt, databases, fitting };
    }
  }
  return tightest;
}
