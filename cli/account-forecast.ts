// How many manual backups each account will come to hold, from its policies and the ledger.

import {
  type BackupForecast,
  forecast,
  retentionCeiling,
  type Stock,
  slotsPerDay,
} from "../shared/domain/coverage/backup-forecast.ts";
import type { Run } from "../shared/domain/runs/run.ts";
import { type PolicyNow, policiesNow } from "./policy-in-force.ts";
import type { Tables } from "./tables-access.ts";

export interface AccountForecast extends BackupForecast {
  readonly account: string;
}

const readers = 8;

/** Reads every run of every policy. Backups of policies whose rows are gone are not seen. */
export async function accountForecasts(tables: Tables, limit: number | undefined): Promise<AccountForecast[]> {
  const now = tables.clock.now();
  const policies = await policiesNow(tables);
  const stocks = new Map<string, Stock[]>();
  for (let first = 0; first < policies.length; first += readers) {
    const some = policies.slice(first, first + readers).map((one) => stocksOf(tables, one, now));
    for (const { account, list } of (await Promise.all(some)).filter((each) => each !== undefined))
      stocks.set(account, [...(stocks.get(account) ?? []), ...list]);
  }
  const facts = limit === undefined ? { now } : { now, limit };
  return [...stocks]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, list]) => ({ account, ...forecast(list, facts) }));
}

async function stocksOf(tables: Tables, { policy, instanceIds }: PolicyNow, now: number) {
  if (policy === undefined) return undefined;
  const runs = await tables.runs.ofPolicy(policy.policyId, { fromAt: 0, toAt: now });
  const byDatabase = Map.groupBy(runs.filter(isHeld), (run) => run.instanceId);
  const perDay = slotsPerDay(policy, now);
  const ceiling = retentionCeiling(policy.retention, perDay);
  const list = [...new Set([...instanceIds, ...byDatabase.keys()])].map((instanceId): Stock => {
    const held = byDatabase.get(instanceId) ?? [];
    const grows = instanceIds.includes(instanceId) ? perDay : 0;
    const end = ceiling === undefined ? {} : { ceiling };
    return { held: held.length, sizeKb: held.at(-1)?.sizeKb ?? 0, perDay: grows, ...end };
  });
  return { account: policy.account, list };
}

/** Still at OTC, good or not. */
function isHeld(run: Run): boolean {
  return run.state === "completed" && run.vanishedAt === undefined && run.retention?.stage !== "deleted";
}
