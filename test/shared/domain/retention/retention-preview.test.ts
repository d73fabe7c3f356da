// What an edit of a policy would mean for the backups that exist.

import { expect, test } from "vitest";
import type { RetentionFacts } from "../../../../shared/domain/retention/retention.ts";
import { previewRetention, type RetentionPreview } from "../../../../shared/domain/retention/retention-preview.ts";
import { facts, instanceId, nights, now, terms } from "../../../support/retention-history.ts";

function preview(keepLast: number, changes: Partial<RetentionFacts> = {}): RetentionPreview {
  const place = { policyId: "nightly-shop", instanceId, account: "prod" };
  const history = {
    ...place,
    runs: nights(5, "2026-11-24"),
    facts: facts({ terms: terms({ keepLast: 3 }), ...changes }),
  };
  return previewRetention(history, terms({ keepLast }), 72 * 3_600_000);
}

const slots = (list: RetentionPreview["wouldGo"]) => list.map((j) => new Date(j.run.slotAt).toISOString().slice(5, 10));
const both = ({ wouldGo, wouldStay }: RetentionPreview) => [slots(wouldGo), slots(wouldStay)];

test("fewer to keep: what would go that stays today, oldest first, and when the first could be gone", () => {
  const seen = preview(1);
  expect(both(seen)).toEqual([["11-22", "11-23"], []]);
  expect(seen).toMatchObject({ policyId: "nightly-shop", instanceId, notBeforeAt: now + 72 * 3_600_000 });
  expect(slots(seen.after.remove)).toEqual(["11-23", "11-22", "11-21", "11-20"]);
});

test("more to keep: what would stay that goes today", () => {
  expect(both(preview(4))).toEqual([[], ["11-21"]]);
});

test("the same again: nothing", () => {
  expect(both(preview(3))).toEqual([[], []]);
});

test("a doubt of today is not the edit's doing: what it withholds counts as going, before and after", () => {
  expect(both(preview(1, { instancePresent: false }))).toEqual([["11-22", "11-23"], []]);
  expect(both(preview(4, { instancePresent: false }))).toEqual([[], ["11-21"]]);
});

test("a problem of the row as it stands is not one of the row as it would be", () => {
  const seen = preview(1, { rowProblems: ["retention.keepLast: 0: must be a whole number"] });
  expect(both(seen)).toEqual([["11-22", "11-23"], []]);
  expect(seen.after.refused).toEqual([]);
});
