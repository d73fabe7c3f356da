// An OTC that takes its time for listings of backups, on a clock that moves only when it is told to.

import type { Site } from "../../shared/ports.ts";
import type { TestSite } from "./test-site.ts";

/** The same site, whose every listing of a database's backups takes so long; other calls take none. */
export function withSlowListings({ site, clock }: TestSite, listingMs: number): Site {
  const account: Site["provider"]["account"] = async (name, use) => {
    const answer = await site.provider.account(name, use);
    if (!answer.ok) return answer;
    const listBackups: typeof answer.value.listBackups = async (...asked) => {
      clock.set(clock.now() + listingMs);
      return answer.value.listBackups(...asked);
    };
    return { ok: true, value: { ...answer.value, listBackups } };
  };
  return { ...site, provider: { account, keepPace: () => site.provider.keepPace() } };
}
