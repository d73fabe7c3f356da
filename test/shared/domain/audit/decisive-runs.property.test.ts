// What is left of a history by the runs that decide judges as the whole history would, wherever it is cut, and read in whatever pages.

import fc from "fast-check";
import { expect, test } from "vitest";
import { freshnessOf } from "../../../../shared/domain/audit/audit-freshness.ts";
import { decisiveRuns } from "../../../../shared/domain/audit/decisive-runs.ts";
import type { Policy } from "../../../../shared/domain/policy.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { missAtBirth } from "../../../../shared/domain/runs/run-machine.ts";
import { parsePolicy } from "../../../../shared/policies/parse-policy.ts";
import { minute, slotAt, theTerms } from "../../../support/run-builder.ts";

const day = 24 * 60;
const ids = ["d8e6ca5a624745bcb546a227aa3ae1cfin01", "e8e6ca5a624745bcb546a227aa3ae1cfin01", "selector"];

function aPolicy(target: Record<string, unknown>): Policy {
  const parse = parsePolicy({ policyId: "nightly-shop", account: "prod", schedule: "30 2 * * *", ...target }, slotAt);
  if (!parse.ok) throw new Error("the policy is valid");
  return parse.policy;
}

const good: Partial<Run> = { state: "completed", reason: "completed", backupId: "b", sizeKb: 1000 };
const mark = { stage: "deleting" as const, planId: "p", markedAt: 0, removableAt: 0, reasons: [] };
const outcomes: readonly Partial<Run>[] = [
  {},
  good,
  { ...good, sizeKb: 0 },
  { ...good, vanishedAt: minute(0) },
  { ...good, retention: mark },
  { state: "skipped", reason: "paused" },
  { lastFailure: { code: "otc-busy", message: "busy", effect: "none" } as unknown as NonNullable<Run["lastFailure"]> },
];

const aRun = fc
  .record({ nth: fc.nat(20), instanceId: fc.constantFrom(...ids), outcome: fc.constantFrom(...outcomes) })
  .map(({ nth, instanceId, outcome }): Run => {
    const at = minute(nth * day);
    const key = { policyId: "nightly-shop", instanceId, slotAt: at, account: "prod" };
    return { ...missAtBirth(key, theTerms(), at), ...outcome };
  });
const keyOf = (run: Run) => `${run.instanceId} ${run.slotAt}`;
const history = fc.uniqueArray(aRun, { selector: keyOf, maxLength: 40 });
const policies = [aPolicy({ instanceIds: ids.slice(0, 2) }), aPolicy({ selector: { name: "*" } })];

test("a history cut anywhere judges as the whole does", () => {
  fc.assert(
    fc.property(history, fc.nat(21), fc.nat(21), fc.constantFrom(...policies), (runs, one, other, policy) => {
      const [first, second] = [Math.min(one, other), Math.max(one, other)].map((n) => minute(n * day - 1));
      const inSpan = (fromAt = 0, untilAt = Number.POSITIVE_INFINITY) =>
        runs.filter((run) => run.slotAt >= fromAt && run.slotAt < untilAt);
      const pageOne = decisiveRuns(inSpan(0, first), policy.sizeFloorKb);
      const pageTwo = decisiveRuns([...pageOne, ...inSpan(first, second)], policy.sizeFloorKb);
      const facts = { now: minute(21 * day + 60), owedAfterAt: minute(-1) };
      const judged = freshnessOf(policy, { ...facts, runs: [...pageTwo, ...inSpan(second)] });
      expect(judged).toEqual(freshnessOf(policy, { ...facts, runs }));
      expect(pageTwo.length).toBeLessThanOrEqual(4 * ids.length);
    }),
    { numRuns: 500 },
  );
});
