// Runs for tests of decisions, with literal dates.

import type { Run, RunTerms } from "../../shared/domain/runs/run.ts";
import { accept, claim, openRun } from "../../shared/domain/runs/run-machine.ts";

export const slotAt = Date.UTC(2026, 10, 24, 2, 30);
export const minute = (n: number) => slotAt + n * 60_000;

export function theTerms(changes: Partial<RunTerms> = {}): RunTerms {
  return {
    policyVersion: 3,
    startByAt: minute(240),
    completeByAt: minute(720),
    maxAttempts: 2,
    sizeFloorKb: 1,
    severity: "page",
    ...changes,
  };
}

export function aWaitingRun(terms: Partial<RunTerms> = {}): Run {
  return openRun(
    { policyId: "nightly-shop", instanceId: "d8e6ca5a624745bcb546a227aa3ae1cfin01", slotAt, account: "prod" },
    theTerms(terms),
    minute(0),
  );
}

export function aRequestedRun(terms: Partial<RunTerms> = {}): Run {
  return claim(aWaitingRun(terms), "otcbk", minute(0));
}

export function aBuildingRun(terms: Partial<RunTerms> = {}): Run {
  const run = aRequestedRun(terms);
  return accept(run, { id: "backup-1", name: run.name ?? "" }, { now: minute(0), reason: "accepted" });
}
