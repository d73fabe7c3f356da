// Keeps what the daily comparison counted beside what the survey knows of each account, and tells when an account comes near
// its limit of manual backups.

import { accountForecast, limitAlert, type PolicyStock } from "../domain/coverage/limit-forecast.ts";
import { accountSubject, type StandingAlert } from "../domain/messages/alert.ts";
import type { Policy } from "../domain/policy.ts";
import type { Site } from "../ports.ts";

/** What the comparison of this audit counted; `account` is the policy's. */
export interface CountedStock extends PolicyStock {
  readonly account: string;
}

/** Returns what is to be sent now. An account that has never been surveyed has nowhere to keep it: the next round counts again. */
export async function noteStocks(
  site: Site,
  { counted, policies }: { counted: readonly CountedStock[]; policies: readonly Policy[] },
): Promise<StandingAlert[]> {
  const mine: StandingAlert[] = [];
  const ofAccounts = Map.groupBy(policies, (policy) => policy.account);
  for (const [account, news] of Map.groupBy(counted, (stock) => stock.account)) {
    const inventory = await site.inventories.read(account);
    if (inventory === undefined) continue;
    const own = ofAccounts.get(account) ?? [];
    const stocks = merged(inventory.stocks ?? [], { news, policies: own });
    await site.inventories.write({ ...inventory, stocks }, inventory);
    const facts = { now: site.clock.now(), ...limitOf(site) };
    const alert = limitAlert(account, accountForecast(stocks, own, facts), facts);
    if (alert === undefined) await site.standingAlerts.clear(accountSubject(account), "backup-limit-near");
    else if (await site.standingAlerts.raise(alert)) mine.push(alert);
  }
  return mine;
}

/** Absent where nobody has said what the limit is. */
export function limitOf({ settings }: Pick<Site, "settings">): { limit?: number } {
  return settings.manualBackupLimit === undefined ? {} : { limit: settings.manualBackupLimit };
}

/** One per policy in force, the newest count of each. */
function merged(
  before: readonly PolicyStock[],
  { news, policies }: { news: readonly CountedStock[]; policies: readonly Policy[] },
): PolicyStock[] {
  const inForce = new Set(policies.map(({ policyId }) => policyId));
  const counted = news.map(({ account: _its, ...stock }) => stock);
  const all = new Map([...before, ...counted].map((stock) => [stock.policyId, stock]));
  return [...all.values()].filter(({ policyId }) => inForce.has(policyId));
}
