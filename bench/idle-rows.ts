// Policy rows as they stand after a first tick: parsed, their version known, their next slots written onto them.

import { marshall } from "@aws-sdk/util-dynamodb";
import { toStored } from "../shared/adapters/stored-instants.ts";
import { nextSlots } from "../shared/domain/slots/slots.ts";
import { parsePolicyItem } from "../shared/policies/policy-item.ts";

/** Noon, while every row is due at night. */
export const idleAt = Date.UTC(2026, 10, 24, 12, 0);

export function idleRow(n: number): Record<string, unknown> {
  const row = {
    policyId: `policy-${n}`,
    account: `account-${n % 50}`,
    instanceIds: [`${n.toString(16).padStart(32, "0")}in01`],
    schedule: `${n % 60} 2 * * *`,
    timezone: "Europe/Berlin",
    retention: { keepDaily: 7, keepMonthly: 12 },
  };
  const parse = parsePolicyItem(marshall(row), idleAt);
  if (!parse.ok) throw new Error(`the row is not valid: ${JSON.stringify(parse.problems)}`);
  const slots = nextSlots(parse.policy.schedule, idleAt, 3).map((at) => new Date(at).toISOString());
  const { contentHash } = parse;
  const observed = {
    status: "OK",
    problems: [],
    nextSlots: slots,
    effectiveVersion: 1,
    contentHash,
    checkedAt: idleAt,
  };
  return { ...row, observed: toStored(observed) };
}
