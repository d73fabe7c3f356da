// What an edit of a policy would mean for the backups that exist: which would go that stay today, which would stay that go,
// and when the first could be gone. A preview promises nothing: everything is judged anew before a DELETE.

import { type DatabaseVerdict, type Judged, judgeRetention, type RetentionTerms } from "./retention.ts";
import type { DatabaseHistory } from "./retention-plan.ts";

export interface RetentionPreview {
  readonly policyId: string;
  readonly instanceId: string;
  /** Stay under the terms in force and would go under the new ones. Oldest first. */
  readonly wouldGo: readonly Judged[];
  /** Go under the terms in force and would stay under the new ones. */
  readonly wouldStay: readonly Judged[];
  /** When the first of `wouldGo` could be deleted. */
  readonly notBeforeAt: number;
  readonly after: DatabaseVerdict;
}

/** Doubts are left aside on both sides: what they withhold today is not the edit's doing. */
export function previewRetention(history: DatabaseHistory, next: RetentionTerms, graceMs: number): RetentionPreview {
  const { policyId, instanceId, runs, facts } = history;
  const after = judgeRetention(runs, { ...facts, terms: next, rowProblems: [] });
  const goneBefore = removedIds(judgeRetention(runs, facts));
  const goneAfter = removedIds(after);
  const all = [...after.keep, ...after.remove].toReversed();
  return {
    policyId,
    instanceId,
    wouldGo: all.filter(({ backup }) => goneAfter.has(backup.id) && !goneBefore.has(backup.id)),
    wouldStay: all.filter(({ backup }) => !goneAfter.has(backup.id) && goneBefore.has(backup.id)),
    notBeforeAt: facts.now + graceMs,
    after,
  };
}

function removedIds({ keep, remove }: DatabaseVerdict): Set<string> {
  const withheld = keep.filter((judged) => judged.withheld === true);
  return new Set([...remove, ...withheld].map(({ backup }) => backup.id));
}
