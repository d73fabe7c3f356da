// Writes the runs of `run-now`: waiting, due at once, with the current minute as their slot. Asked twice within a minute the
// same runs are meant, so there is still one backup.

import { shellWord } from "../shared/domain/messages/terminal-text.ts";
import type { Policy } from "../shared/domain/policy.ts";
import { runId } from "../shared/domain/runs/naming.ts";
import type { Run } from "../shared/domain/runs/run.ts";
import { openRun } from "../shared/domain/runs/run-machine.ts";
import { termsOf } from "../shared/workflows/open-due-runs.ts";
import { CliError } from "./cli-error.ts";
import { remark } from "./output.ts";
import { onePolicyNow } from "./policy-in-force.ts";
import { fullId } from "./short-ids.ts";
import type { Tables } from "./tables-access.ts";

const minuteMs = 60_000;

/** Throws CliError when the policy cannot be run: unknown, never valid, paused, off, or not of that database. */
export async function openRunsNow(
  tables: Tables,
  asked: { policyId: string; database: string | undefined; anyway: boolean },
): Promise<Run[]> {
  const { policyId, database } = asked;
  const one = await onePolicyNow(tables, policyId);
  const { policy, version, problems } = one;
  if (policy === undefined || version === undefined)
    throw new CliError(`${policyId} has no valid version that a tick has seen`, {
      exitCode: 3,
      hint: `otc-backup policies show ${shellWord(policyId)} says what is wrong`,
    });
  if (problems.length > 0) remark(`the row is invalid; version ${version}, the last valid one, is used`);
  const now = tables.clock.now();
  if (!asked.anyway) refuseStopped(policy, now);
  const named = one.instanceIds;
  if (named.length === 0)
    throw new CliError(`${policyId} means no database that is known yet`, {
      hint: `otc-backup why ${shellWord(policyId)} says when its selector was last resolved`,
    });
  const instanceIds = database === undefined ? named : [fullId(database, named, `database of ${policyId}`)];
  const slotAt = Math.floor(now / minuteMs) * minuteMs;
  const windows = {
    startByAt: now + policy.startWindowMinutes * minuteMs,
    completeByAt: now + policy.completionWindowMinutes * minuteMs,
  };
  const runs: Run[] = [];
  for (const instanceId of instanceIds) {
    const key = { policyId, instanceId, slotAt, account: policy.account };
    const run = openRun(key, termsOf({ policy, version }, windows), now);
    if ((await tables.runs.insert(run)) === "lost-race") remark(`${runId(run)} exists already; following that`);
    runs.push(run);
  }
  return runs;
}

function refuseStopped(policy: Policy, now: number): void {
  const hint = "--anyway makes the backup all the same";
  if (!policy.enabled) throw new CliError(`${policy.policyId} is switched off (enabled: false)`, { hint });
  if (policy.pausedUntil !== undefined && now < policy.pausedUntil)
    throw new CliError(`${policy.policyId} is paused: ${policy.pauseReason ?? "no reason given"}`, { hint });
}
