// From a row that keeps every rule to the policy: sets in order and without doubles, instants instead of dates, and the
// warnings that only a whole, valid policy can earn.

import type { Policy, Problem, Target } from "../domain/policy.ts";
import type { Remark } from "./lenient-fields.ts";
import { pauseEndAt } from "./pause-end.ts";
import type { CheckedRow } from "./policy-row-schema.ts";
import type { ScheduleFacts } from "./schedule-facts.ts";
import { showValue } from "./show-value.ts";

interface BuildFacts {
  readonly facts: Extract<ScheduleFacts, { ok: true }>;
  readonly now: number;
  readonly remark: Remark;
}

/** Builds the policy. Warnings go to `remark`; there are no problems left to find. */
export function buildPolicy(row: CheckedRow, { facts, now, remark }: BuildFacts): Policy {
  const policy: Policy = {
    policyId: row.policyId,
    account: row.account,
    target: targetOf(row, remark),
    schedule: facts.schedule,
    scheduleText: row.schedule,
    timeZone: row.timezone,
    enabled: row.enabled,
    startWindowMinutes: row.startWindowMinutes,
    completionWindowMinutes: row.completionWindowMinutes,
    maxAttempts: row.maxAttempts,
    catchUp: row.catchUp,
    maxAgeHours: row.maxAgeHours ?? facts.maxAgeHours(row.completionWindowMinutes),
    sizeFloorKb: row.sizeFloorKb,
    severity: row.severity,
    ...(row.pausedUntil === undefined ? undefined : { pausedUntil: pauseEndAt(row.pausedUntil, row.timezone) }),
    ...(row.pauseReason === undefined ? undefined : { pauseReason: row.pauseReason }),
    ...(row.databases === undefined ? undefined : { databases: distinct(row.databases, "databases", remark) }),
    ...(row.description === undefined ? undefined : { description: row.description }),
    ...(row.retention === undefined ? undefined : { retention: row.retention }),
    ...(row.acceptAutomated ? { acceptAutomated: true } : undefined),
    ...(row.owner === undefined ? undefined : { owner: row.owner }),
  };
  for (const warning of doubts(row, policy, { facts, now })) remark(warning);
  return policy;
}

function targetOf(row: CheckedRow, remark: Remark): Target {
  if (row.selector !== undefined) return { kind: "selector", selector: row.selector };
  return { kind: "instances", instanceIds: distinct(row.instanceIds ?? [], "instanceIds", remark) };
}

/** Each once, in order: a set has none in DynamoDB, and the order of a list means nothing here. */
function distinct(items: readonly string[], field: string, remark: Remark): readonly string[] {
  if (items.length === 1) return items;
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    if (seen.has(item)) {
      const message = "is in the list already and is ignored";
      const remedy = `remove ${field}[${i}]`;
      remark({ field: `${field}[${i}]`, value: showValue(item), message, remedy, level: "warning" });
    }
    seen.add(item);
  }
  return [...seen].sort();
}

const yearMs = 366 * 86_400_000;

/** What is allowed and yet hardly meant. */
function* doubts(row: CheckedRow, policy: Policy, { facts, now }: Omit<BuildFacts, "remark">): Generator<Problem> {
  const warning = { level: "warning" } as const;
  const { startWindowMinutes: start, completionWindowMinutes: completion, maxAgeHours, pausedUntil } = policy;
  if (completion <= start) {
    yield {
      field: "completionWindowMinutes",
      value: String(completion),
      message: `ends no later than the start window of ${start} minutes, so a run that starts late is overdue at once`,
      remedy: `write more than ${start} (both count from the slot), or a shorter startWindowMinutes`,
      ...warning,
    };
  }
  const gapHours = row.maxAgeHours === undefined ? 0 : facts.maxAgeHours(0);
  if (maxAgeHours <= gapHours) {
    yield {
      field: "maxAgeHours",
      value: String(maxAgeHours),
      message: `is no more than the ${gapHours} hours that can lie between two slots, so freshness is missed again and again`,
      remedy: `write more than ${gapHours}, or remove the field for ${facts.maxAgeHours(completion)}`,
      ...warning,
    };
  }
  if (pausedUntil !== undefined && pausedUntil - now > yearMs) {
    yield {
      field: "pausedUntil",
      value: showValue(row.pausedUntil),
      message: "is more than a year ahead: until then no backups are made",
      remedy: "write an earlier end and extend the pause when it is due, or set enabled to false",
      ...warning,
    };
  }
}
