// The keep rules of a policy, each by itself over the good backups of one database. The result is their plain union: a
// later rule does not skip what an earlier one covers, and a period without a good backup uses up nothing.

import type { Retention } from "../policy.ts";
import { slotText } from "../runs/naming.ts";
import { type PeriodRule, periodOf } from "./retention-periods.ts";

const dayMs = 86_400_000;
const periodRules = [
  ["keepDaily", "day"],
  ["keepWeekly", "week"],
  ["keepMonthly", "month"],
  ["keepYearly", "year"],
] as const satisfies readonly (readonly [PeriodRule, string])[];

interface Dated {
  readonly slotAt: number;
}

/** Why each good backup stays, in words; one that no rule keeps is not in the map. `good`: newest slot first. */
export function keptByRules<T extends Dated>(good: readonly T[], retention: Retention, zone: string): Map<T, string[]> {
  const kept = new Map<T, string[]>();
  const keep = (item: T, reason: string) => kept.set(item, [...(kept.get(item) ?? []), reason]);
  for (const [i, item] of good.slice(0, retention.keepLast ?? 0).entries())
    keep(item, `keepLast ${retention.keepLast}: number ${i + 1} of the newest`);
  for (const item of withinDays(good, retention.keepWithinDays))
    keep(item, `keepWithinDays ${retention.keepWithinDays}: within so many days of the newest`);
  for (const [rule, word] of periodRules) {
    const count = retention[rule];
    if (count === undefined) continue;
    for (const [period, item] of newestOfPeriods(good, count, (slotAt) => periodOf(rule, zone, slotAt)))
      keep(item, `${rule} ${count}: newest of ${word} ${period}`);
  }
  for (const [i, item] of good.slice(0, retention.minimum).entries())
    keep(item, `minimum ${retention.minimum}: number ${i + 1} of the newest`);
  return kept;
}

/** Counted from the newest good one and not from now: when backups stop, nothing ages away. */
function withinDays<T extends Dated>(good: readonly T[], days: number | undefined): readonly T[] {
  const [newest] = good;
  if (days === undefined || newest === undefined) return [];
  return good.filter((item) => item.slotAt >= newest.slotAt - days * dayMs);
}

function newestOfPeriods<T extends Dated>(
  good: readonly T[],
  count: number,
  periodAt: (slotAt: number) => string,
): Map<string, T> {
  const newest = new Map<string, T>();
  for (const item of good) {
    const period = periodAt(item.slotAt);
    if (newest.has(period)) continue;
    if (newest.size >= count) break;
    newest.set(period, item);
  }
  return newest;
}

/** The rules as a person would say them: `keepLast 7, keepMonthly 12, minimum 3`. */
export function rulesText(retention: Retention): string {
  const { keepLast, keepWithinDays, keepDaily, keepWeekly, keepMonthly, keepYearly, minimum } = retention;
  const rules = { keepLast, keepWithinDays, keepDaily, keepWeekly, keepMonthly, keepYearly, minimum };
  return Object.entries(rules)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
    .join(", ");
}

/** Why a good backup may go. */
export function notKeptText(retention: Retention, newestAt: number): string {
  return `good, and kept by none of ${rulesText(retention)}, counted from ${slotText(newestAt)}`;
}
