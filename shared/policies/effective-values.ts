// Every field of a policy as it counts, and where the value comes from: the row, the row's template, or the default. For the
// person who asks why a policy behaves as it does.

import type { Policy } from "../domain/policy.ts";
import { type FieldName, isFieldName, leniencies } from "./field-names.ts";
import { type Fields, shown } from "./row-change.ts";

export interface EffectiveValue {
  readonly field: FieldName;
  /** As it counts, shown to people; absent when the field has neither value nor default. */
  readonly value: string | undefined;
  readonly from: "row" | "template" | "default" | "absent";
}

/** `row`: the fields as written. `fromTemplate`: which of them a template of the file filled in. */
export function effectiveValues(policy: Policy, row: Fields, fromTemplate: ReadonlySet<string>): EffectiveValue[] {
  const counts = valuesOf(policy);
  return Object.keys(leniencies)
    .filter(isFieldName)
    .map((field) => {
      const value = counts[field];
      const isWritten = row[field] !== undefined && row[field] !== null;
      const from = isWritten ? (fromTemplate.has(field) ? "template" : "row") : "default";
      return value === undefined
        ? { field, value: absentMeaning[field], from: "absent" as const }
        : { field, value: shown(value), from };
    });
}

/** What it means that a field without a default is not there. */
const absentMeaning: Partial<Record<FieldName, string>> = {
  retention: "every good backup is kept for ever",
  databases: "all of the instance",
  owner: "nobody is named in alerts",
};

function valuesOf(policy: Policy): Record<FieldName, unknown> {
  const { target } = policy;
  return {
    policyId: policy.policyId,
    account: policy.account,
    instanceIds: target.kind === "instances" ? target.instanceIds : undefined,
    selector: target.kind === "selector" ? target.selector : undefined,
    schedule: policy.scheduleText,
    timezone: policy.timeZone,
    enabled: policy.enabled,
    pausedUntil: policy.pausedUntil === undefined ? undefined : new Date(policy.pausedUntil).toISOString(),
    pauseReason: policy.pauseReason,
    startWindowMinutes: policy.startWindowMinutes,
    completionWindowMinutes: policy.completionWindowMinutes,
    maxAttempts: policy.maxAttempts,
    catchUp: policy.catchUp,
    databases: policy.databases,
    description: policy.description,
    retention: policy.retention,
    maxAgeHours: policy.maxAgeHours,
    sizeFloorKb: policy.sizeFloorKb,
    severity: policy.severity,
    acceptAutomated: policy.acceptAutomated === true,
    owner: policy.owner,
  };
}
