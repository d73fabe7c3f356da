// Which of a policy's older runs still say something about its freshness: a handful per database, however long the history
// is. What the auditor has read once it need neither keep in memory nor read again.

import { newestGood, type PerhapsGood } from "../runs/good.ts";
import type { Run } from "../runs/run.ts";

/** What of a run the age of a database's newest good backup is judged by. */
export type FreshnessRun = PerhapsGood & Pick<Run, "instanceId" | "reason" | "lastFailure">;

/**
 * Of each database the newest good run, the newest that was paused, the newest and the oldest. With any runs that are newer
 * than all of these, freshness is what it would be with every run, and so are the databases of the newest slot.
 */
export function decisiveRuns(runs: readonly FreshnessRun[], sizeFloorKb: number): FreshnessRun[] {
  return [...Map.groupBy(runs, (run) => run.instanceId).values()].flatMap((its) => {
    const inOrder = its.toSorted((a, b) => a.slotAt - b.slotAt);
    const paused = inOrder.findLast((run) => run.reason === "paused");
    const decisive = new Set([inOrder[0], newestGood(its, sizeFloorKb), paused, inOrder.at(-1)]);
    return [...decisive].filter((run) => run !== undefined).map(inShort);
  });
}

/** Without its history and its alerts, which would be most of it. */
function inShort(run: FreshnessRun): FreshnessRun {
  const { instanceId, slotAt, state, reason, backupId, vanishedAt, retention, sizeKb, lastFailure } = run;
  return {
    ...{ instanceId, slotAt, state, reason, terms: { sizeFloorKb: run.terms.sizeFloorKb } },
    ...(backupId === undefined ? {} : { backupId }),
    ...(vanishedAt === undefined ? {} : { vanishedAt }),
    ...(retention === undefined ? {} : { retention }),
    ...(sizeKb === undefined ? {} : { sizeKb }),
    ...(lastFailure === undefined ? {} : { lastFailure }),
  };
}
