// Why a slot ended as it did: every end has a sentence, every refusal of OTC its evidence, and nothing at all its reason.

import { expect, test } from "vitest";
import { failure } from "../../../../shared/domain/failure.ts";
import { traceOf } from "../../../../shared/domain/runs/decision-trace.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { complete, failBackup, giveUp, pauseAtBirth, postpone } from "../../../../shared/domain/runs/run-machine.ts";
import { parsePolicy } from "../../../../shared/policies/parse-policy.ts";
import { aBuildingRun, aWaitingRun, minute, slotAt, theTerms } from "../../../support/run-builder.ts";

const row = { policyId: "nightly-shop", account: "prod", instanceIds: ["in01"], schedule: "30 2 * * *" };

function trace(run: Run | undefined, changes: Record<string, unknown> = {}) {
  const parse = parsePolicy({ ...row, ...changes }, slotAt);
  if (!parse.ok) throw new Error(JSON.stringify(parse.problems));
  return traceOf({
    policyId: "nightly-shop",
    instanceId: "in01",
    slotAt,
    now: minute(600),
    policy: parse.policy,
    version: 3,
    sinceAt: minute(-10_000),
    problems: [],
    run,
    accountedThroughAt: minute(599),
  });
}

const busy = failure("instance-busy", "createBackup: instance-busy (409 DBS.200047)", {
  evidence: { operation: "createBackup", status: 409, providerCode: "DBS.200047", requestId: "req-1" },
});

test("a refusal stands in the trace with OTC's code and request id, repeats as one step with the last answer", () => {
  const once = postpone(aWaitingRun(), busy, { now: minute(1), retryAt: minute(2) });
  const later = { ...busy, evidence: { ...busy.evidence, requestId: "req-2" } };
  const twice = postpone(once, later, { now: minute(2), retryAt: minute(3) });
  const { steps, end } = trace(twice);
  expect(end).toBe("open");
  expect(steps).toHaveLength(2);
  expect(steps[1]).toMatchObject({ times: 2, at: minute(1), lastAt: minute(2) });
  expect(steps[1]?.answer).toBe("createBackup HTTP 409 DBS.200047, request id req-2");
});

test("every end is told for what it is, and only a missing backup asks for something to be done", () => {
  const building = aBuildingRun();
  const missed = giveUp(postpone(aWaitingRun(), busy, { now: minute(1), retryAt: minute(2) }), minute(240));
  const key = { policyId: "nightly-shop", instanceId: "in01", slotAt, account: "prod" };
  const cases: [Run, string, string, boolean][] = [
    [complete(building, { sizeKb: 2048 }, minute(9)), "good", "a good backup was made", false],
    [complete(building, {}, minute(9)), "bad", "not good", true],
    [failBackup({ ...building, attempt: 2 }, minute(9)), "bad", "no backup", true],
    [missed, "bad", "start window ended", true],
    [pauseAtBirth(key, theTerms(), { now: minute(0), detail: "migration" }), "skipped", "on purpose", false],
    [building, "open", "OTC is making the backup", false],
  ];
  for (const [run, end, sentence, asks] of cases) {
    const told = trace(run);
    expect(told, run.state).toMatchObject({ end, verdict: expect.stringContaining(sentence) });
    expect(
      told.advice.some((line) => line.includes("run-now")),
      run.state,
    ).toBe(asks);
  }
  expect(trace(missed).advice[0]).toContain("another operation runs");
});

test("no run always has a reason: switched off, too new, not accounted for, and otherwise it must not happen", () => {
  expect(trace(undefined, { enabled: false })).toMatchObject({ end: "skipped" });
  const facts = { policyId: "p", instanceId: "i", slotAt, now: minute(600), run: undefined, problems: [] };
  const { policy } = (() => {
    const parse = parsePolicy(row, slotAt);
    return parse.ok ? parse : { policy: undefined };
  })();
  const known = { ...facts, policy, version: 1, sinceAt: minute(-1), accountedThroughAt: minute(599) };
  expect(traceOf({ ...known, sinceAt: minute(5) })).toMatchObject({
    end: "nothing",
    verdict: expect.stringContaining("after this slot"),
  });
  expect(traceOf({ ...known, accountedThroughAt: minute(-5) })).toMatchObject({
    end: "bad",
    verdict: expect.stringContaining("only up to"),
  });
  expect(traceOf({ ...known, policy: undefined })).toMatchObject({
    end: "bad",
    verdict: expect.stringContaining("never valid"),
  });
  expect(traceOf(known)).toMatchObject({ end: "bad", verdict: expect.stringContaining("must not happen") });
  expect(traceOf({ ...known, now: minute(-5) })).toMatchObject({ end: "nothing", verdict: "not due yet" });
});

test("a run that is still open is late when its window is over, and only then", () => {
  const at = (run: Run, now: number) =>
    traceOf({
      ...{ policyId: "nightly-shop", instanceId: "in01", slotAt, policy: undefined, version: 3, sinceAt: 0 },
      ...{ problems: [], accountedThroughAt: now, now, run },
    });
  const { startByAt, completeByAt } = theTerms();
  expect(at(aWaitingRun(), startByAt)).toMatchObject({ end: "open", late: false });
  expect(at(aWaitingRun(), startByAt + 1)).toMatchObject({ end: "open", late: true });
  expect(at(aBuildingRun(), startByAt + 1)).toMatchObject({ end: "open", late: false });
  expect(at(aBuildingRun(), completeByAt + 1)).toMatchObject({ end: "open", late: true });
  expect(at(aBuildingRun(), completeByAt + 1).verdict).toBe("OTC is making the backup; its window is over");
});
