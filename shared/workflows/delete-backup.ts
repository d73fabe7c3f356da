// One deletion, from the durable intent to OTC's answer. Between any two steps the process may die: the next tick finds the
// intent, looks at the listing and goes on from what is.

import { type Failure, failureKinds } from "../domain/failure.ts";
import { holdOn } from "../domain/retention/hold.ts";
import type { Judged } from "../domain/retention/retention.ts";
import { deletionDay, perAccountAndDay } from "../domain/retention/retention-caps.ts";
import { beginDeletion, deletionAccepted, deletionRefused, markOf } from "../domain/retention/retention-mark.ts";
import { runId } from "../domain/runs/naming.ts";
import type { Run } from "../domain/runs/run.ts";
import type { Site } from "../ports.ts";
import type { AccountProvider } from "../ports-for-otc.ts";

export type DeletionOutcome = "sent" | "left" | "stop";

export interface DeletionFacts {
  readonly account: string;
  readonly provider: AccountProvider;
  /** Good backups of the account, for its caps. */
  readonly good: number;
  /** What makes the whole account's deletions fail, for the alert about it. */
  trouble: Failure | undefined;
}

/** `left`: not now, others may go. `stop`: nothing more of this account in this tick. */
export async function deleteBackup(site: Site, judged: Judged, facts: DeletionFacts): Promise<DeletionOutcome> {
  const { run, backup } = judged;
  if ((await site.prune.pruneSwitch()).stopped) return "stop";
  const now = site.clock.now();
  const day = { day: deletionDay(now), cap: perAccountAndDay(facts.good) };
  if (!(await site.prune.takeDeletion(facts.account, day))) {
    site.log.info({
      event: "prune-cap-reached",
      message: `account ${facts.account}: ${day.cap} deletions on ${day.day} are made; the rest waits`,
    });
    return "stop";
  }
  const begun = beginDeletion(run, backup.id, now);
  if ((await site.runs.replace(run, begun)) === "lost-race") return "left";
  // A hold set meanwhile: whoever set it read the run after writing the hold, we read the holds after writing the run.
  const hold = holdOn(run, await site.holds.ofPolicy(run.policyId), site.clock.now());
  if (hold !== undefined) {
    await giveUp(site, begun, { id: backup.id, why: `held: ${hold.reason}` });
    return "left";
  }
  return settleAnswer(site, { begun, judged, facts }, await facts.provider.deleteBackup(backup.id));
}

/** A DELETE that may have had its effect stays `deleting`: the listing decides. */
async function settleAnswer(
  site: Site,
  { begun, judged, facts }: { begun: Run; judged: Judged; facts: DeletionFacts },
  answer: Awaited<ReturnType<AccountProvider["deleteBackup"]>>,
): Promise<DeletionOutcome> {
  const { backup, reasons } = judged;
  const where = `${runId(begun)}: backup ${backup.id}`;
  const planId = markOf(begun, backup.id)?.planId;
  if (answer.ok) {
    const { requestId } = answer.value;
    const accepted = deletionAccepted(begun, backup.id, requestId);
    if (accepted !== begun) await site.runs.replace(begun, accepted);
    const told = { planId, requestId, backupId: backup.id, name: backup.name, reasons: reasons.join("; ") };
    site.log.warn({
      event: "backup-deleting",
      message: `${where} is being deleted: ${reasons.join("; ")}`,
      facts: told,
    });
    return "sent";
  }
  const { failure } = answer;
  site.log.warn({ event: "deletion-not-answered", message: `${where}: ${failure.message}`, failure });
  if (failure.effect === "none")
    await giveUp(site, begun, { id: backup.id, why: `${failure.message} (${failure.code})` });
  if (!failureKinds[failure.code].accountWide) return "left";
  facts.trouble = failure;
  return "stop";
}

async function giveUp(site: Site, begun: Run, { id, why }: { id: string; why: string }): Promise<void> {
  await site.runs.replace(begun, deletionRefused(begun, id, { now: site.clock.now(), why }));
}
