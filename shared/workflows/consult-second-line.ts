// Before alerts about runs leave: looks up what OTC's own automated backups still offer, notes it on the run, and softens a
// page where the policy accepts that. A look-up that cannot be made in time changes nothing: the alert leaves as it is.

import { wholeSelector } from "../domain/coverage/selection.ts";
import { failureKinds } from "../domain/failure.ts";
import type { Run } from "../domain/runs/run.ts";
import { noteSecondLine } from "../domain/runs/run-machine.ts";
import { type SecondLine, secondLineOf } from "../domain/runs/second-line.ts";
import type { Site } from "../ports.ts";
import type { AccountProvider } from "../ports-for-otc.ts";
import { inParallel } from "./in-parallel.ts";
import type { TickJournal } from "./tick-journal.ts";

/** Alerts are urgent: so long they may be held up, and so many look-ups there are. */
const patienceMs = 10_000;
const mostLooks = 100;
const lookersPerAccount = 8;
/** A look this young is not repeated, so that an alert that cannot be delivered does not ask OTC at every tick. */
const keptMs = 3_600_000;

export async function consultSecondLine(site: Site, journal: TickJournal, runs: readonly Run[]): Promise<void> {
  const stopAt = site.clock.now() + patienceMs;
  // Those whose level depends on it first.
  const asked = runs.filter(isWorthAsking).toSorted((a, b) => Number(accepts(b)) - Number(accepts(a)));
  const accounts = [...Map.groupBy(asked.slice(0, mostLooks), (run) => run.account)];
  await inParallel(accounts, accounts.length, async ([account, list]) => {
    const provider = await site.provider.account(account, { stopAt });
    if (!provider.ok) return;
    await inParallel(list, lookersPerAccount, async (run) => {
      const line = await look(site, { run, provider: provider.value, stopAt });
      if (line !== undefined) await journal.replace(run, noteSecondLine(run, line));
    });
  });
}

function accepts(run: Run): boolean {
  return run.terms.acceptAutomatedHours !== undefined;
}

/** Not while another attempt follows, and not of an account that cannot be used anyway. */
function isWorthAsking(run: Run): boolean {
  const isOver = run.alerts.some((alert) => alert.sentAt === undefined && alert.kind !== "attempt-failed");
  const isUnusable = run.lastFailure !== undefined && failureKinds[run.lastFailure.code].accountWide;
  return isOver && run.instanceId !== wholeSelector && (accepts(run) || !isUnusable);
}

async function look(
  site: Site,
  { run, provider, stopAt }: { run: Run; provider: AccountProvider; stopAt: number },
): Promise<SecondLine | undefined> {
  const now = site.clock.now();
  if (run.secondLine !== undefined && now - run.secondLine.checkedAt < keptMs) return run.secondLine;
  if (now >= stopAt) return undefined;
  const listing = await provider.listBackups(run.instanceId, { type: "auto" });
  return listing.ok ? secondLineOf(listing.value, site.clock.now()) : undefined;
}
