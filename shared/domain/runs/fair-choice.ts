// Which of the runs that are due one tick reads, when there are more than it can read: the most urgent of every account in turn,
// so that one account's storm leaves the others' places alone.

import type { Shard } from "../shard.ts";

/** A run that is due, as far as the index knows it. */
export interface DueKey {
  readonly key: string;
  /** Empty where the index does not say. */
  readonly account: string;
  /** Sorts by urgency. */
  readonly urgency: string;
}

export interface FairBounds {
  /** So many runs at most, taken from every account in turn. */
  readonly limit: number;
  /** So many of one account at most, the most urgent first. */
  readonly perAccount?: number;
}

/** What a tick asks of a lane. */
export interface DueQuery extends FairBounds {
  readonly now: number;
  /** Only runs of its accounts; absent: all. */
  readonly shard?: Shard;
  /** Told of every account of which more runs are due than were chosen. */
  readonly passedOver?: (account: string, runs: number) => void;
}

export function fairChoice<T extends DueKey>(due: readonly T[], { limit, perAccount = limit }: FairBounds): T[] {
  const accounts = [...Map.groupBy(due, ({ account }) => account).values()];
  const most = (its: readonly T[]) => (its[0]?.account === "" ? limit : perAccount);
  if (due.length <= limit && accounts.every((its) => its.length <= most(its))) return [...due];
  const inOrder = accounts.map((its) => its.toSorted((a, b) => (a.urgency < b.urgency ? -1 : 1)).slice(0, most(its)));
  const chosen: T[] = [];
  for (let place = 0; chosen.length < limit; place += 1) {
    const before = chosen.length;
    for (const its of inOrder) {
      const one = its[place];
      if (one !== undefined && chosen.length < limit) chosen.push(one);
    }
    if (chosen.length === before) break;
  }
  return chosen;
}

/** How many entries of each account were not chosen. */
export function passedOver<T extends DueKey>(due: readonly T[], chosen: readonly T[]): Map<string, number> {
  const taken = new Set(chosen);
  const left = Map.groupBy(
    due.filter((one) => !taken.has(one)),
    ({ account }) => account,
  );
  return new Map([...left].map(([account, its]) => [account, its.length]));
}
