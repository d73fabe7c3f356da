// A policy and its runs for tests of the status, with literal dates. "Now" is 08:00 UTC on a Tuesday in November.

import { failure } from "../../../shared/domain/failure.ts";
import type { Policy } from "../../../shared/domain/policy.ts";
import type { Run } from "../../../shared/domain/runs/run.ts";
import {
  accept,
  claim,
  complete,
  failBackup,
  missAtBirth,
  openRun,
  pauseAtBirth,
  postpone,
} from "../../../shared/domain/runs/run-machine.ts";
import { parsePolicy } from "../../../shared/policies/parse-policy.ts";
import type { PolicyFacts, SiteFacts } from "../../../shared/status/site-facts.ts";

export const now = Date.UTC(2026, 10, 24, 8, 0);
export const database = "d8e6ca5a624745bcb546a227aa3ae1cfin01";
const hourMs = 3_600_000;
const minuteMs = 60_000;

/** The slot 02:30 UTC, so many nights ago; 0 is tonight's. */
export const night = (ago: number) => Date.UTC(2026, 10, 24 - ago, 2, 30);

export function aPolicy(changes: Record<string, unknown> = {}): Policy {
  const row = {
    policyId: "nightly-shop",
    account: "prod",
    instanceIds: [database],
    schedule: "30 2 * * *",
    ...changes,
  };
  const parse = parsePolicy(row, now);
  if (!parse.ok) throw new Error(JSON.stringify(parse.problems));
  return parse.policy;
}

interface Where {
  readonly slotAt: number;
  readonly policyId?: string;
  readonly instanceId?: string;
}

const keyOf = ({ slotAt, policyId = "nightly-shop", instanceId = database }: Where) => ({
  policyId,
  instanceId,
  slotAt,
  account: "prod",
});

function termsOf(slotAt: number, maxAttempts = 1): Run["terms"] {
  const windows = { startByAt: slotAt + 4 * hourMs, completeByAt: slotAt + 12 * hourMs };
  return { policyVersion: 3, ...windows, maxAttempts, sizeFloorKb: 1, severity: "page", owner: "team-shop" };
}

export function aWaiting(where: Where): Run {
  return openRun(keyOf(where), termsOf(where.slotAt), where.slotAt);
}

export function aBusy(where: Where): Run {
  const why = failure("instance-busy", "another operation is running");
  return postpone(aWaiting(where), why, { now: where.slotAt + minuteMs, retryAt: where.slotAt + 2 * minuteMs });
}

export function aBuilding(where: Where): Run {
  const run = claim(aWaiting(where), "otcbk", where.slotAt);
  return accept(run, { id: "backup-1", name: run.name ?? "" }, { now: where.slotAt, reason: "accepted" });
}

export function aGood(where: Where & { sizeKb?: number; minutes?: number }): Run {
  const { slotAt, sizeKb = 4_000_000, minutes = 12 } = where;
  const endedAt = slotAt + minutes * minuteMs;
  return complete(aBuilding(where), { sizeKb, beganAt: slotAt, endedAt }, endedAt + minuteMs);
}

export function aFailed(where: Where): Run {
  return failBackup(aBuilding(where), where.slotAt + 10 * minuteMs);
}

export function aMissed(where: Where): Run {
  return missAtBirth(keyOf(where), termsOf(where.slotAt), where.slotAt + 5 * hourMs);
}

export function aPaused(where: Where): Run {
  return pauseAtBirth(keyOf(where), termsOf(where.slotAt), { now: where.slotAt, detail: "migration" });
}

export function factsOf(changes: Partial<PolicyFacts> = {}): PolicyFacts {
  const inForce = changes.inForce ?? aPolicy();
  const instanceIds = inForce.target.kind === "instances" ? inForce.target.instanceIds : [];
  return { policyId: inForce.policyId, inForce, problems: [], instanceIds, runs: [], ...changes };
}

/** A site whose last tick was a minute ago. */
export function siteOf(policies: readonly PolicyFacts[], changes: Partial<SiteFacts> = {}): SiteFacts {
  return {
    now,
    nights: 30,
    policies,
    standing: [],
    accountedThroughAt: now - minuteMs,
    tickLateMs: 10 * minuteMs,
    ...changes,
  };
}
