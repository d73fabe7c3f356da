// What the ledger says of the backups of one policy that should still stand at OTC, read a page at a time for their comparison.

import { wholeSelector } from "../domain/coverage/selection.ts";
import type { Policy } from "../domain/policy.ts";
import { isGood } from "../domain/runs/good.ts";
import type { RetentionMark, Run } from "../domain/runs/run.ts";
import type { Site } from "../ports.ts";

const farFuture = Date.UTC(2200, 0);
/**
 * So far back it is read in any case: what is made or adopted while a visit goes on belongs to it, and every slot is recent in one
 * daily round at least.
 */
const recentMs = 48 * 3_600_000;

/** What is kept of a run while its policy is visited. */
export interface Recorded {
  readonly run: Pick<Run, "policyId" | "instanceId" | "slotAt">;
  readonly backupId: string;
  readonly isDoubted: boolean;
  readonly vanishedAt: number | undefined;
  readonly goodSizeKb: number | undefined;
}

export interface Records {
  /** Completed and not removed by retention, by database, oldest first. */
  readonly standing: Map<string, Recorded[]>;
  /** Every id that stands in some record and is not recorded as deleted. */
  readonly ids: Set<string>;
  /** Databases with a recent run, also one that came to nothing: OTC may know better. */
  readonly recent: Set<string>;
  /** Runs of earlier slots have no backup any more. */
  readonly standFromAt: number;
}

/**
 * A policy with many databases and years of runs fits into memory, since of a run only this is kept. `fromAt`: where runs with
 * backups begin, as an earlier reading found.
 */
export async function readRecords(site: Site, policy: Policy, fromAt: number | undefined): Promise<Records> {
  const records = { standing: new Map<string, Recorded[]>(), ids: new Set<string>(), recent: new Set<string>() };
  const range = fromAt === undefined ? undefined : { fromAt, toAt: farFuture };
  const recentFromAt = site.clock.now() - recentMs;
  let standFromAt = recentFromAt;
  for await (const page of site.runs.pagesOfPolicy(policy.policyId, range)) {
    for (const run of page) {
      const known = records.ids.size;
      if (run.slotAt >= recentFromAt && run.instanceId !== wholeSelector) records.recent.add(run.instanceId);
      for (const recorded of recordedOf(run, policy, records.ids)) {
        const ofDatabase = records.standing.get(run.instanceId);
        if (ofDatabase === undefined) records.standing.set(run.instanceId, [recorded]);
        else ofDatabase.push(recorded);
      }
      if (records.ids.size > known) standFromAt = Math.min(standFromAt, run.slotAt);
    }
  }
  return { ...records, standFromAt };
}

function recordedOf(run: Run, policy: Policy, ids: Set<string>): Recorded[] {
  for (const earlier of run.earlierBackups) if (!isDeleted(earlier.retention)) ids.add(earlier.id);
  if (run.backupId === undefined || run.instanceId === wholeSelector) return [];
  if (!isDeleted(run.retention)) ids.add(run.backupId);
  const isLeaving = run.retention?.stage === "deleting" || run.retention?.stage === "deleted";
  if (run.state !== "completed" || isLeaving) return [];
  const { policyId, instanceId, slotAt, backupId } = run;
  return [
    {
      run: { policyId, instanceId, slotAt },
      backupId,
      isDoubted: run.absences > 0,
      vanishedAt: run.vanishedAt,
      goodSizeKb: isGood(run, policy.sizeFloorKb) ? run.sizeKb : undefined,
    },
  ];
}

function isDeleted(mark: RetentionMark | undefined): boolean {
  return mark?.stage === "deleted";
}
