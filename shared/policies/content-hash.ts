// Tells whether two rows mean the same: equal for the same meaning, however it is written and wherever it is stored.
// It marks versions of a policy; it is not a defence against forgery.

import { hash } from "node:crypto";
import type { Policy } from "../domain/policy.ts";

/**
 * 16 hex digits over the policy's content. The default of `maxAgeHours` moves with the calendar, so only a value that
 * stands in the row (`maxAgeHoursGiven`) counts. How fields are written, their order and unknown fields do not count.
 */
export function contentHash(policy: Policy, maxAgeHoursGiven: number | undefined): string {
  return hash("sha256", JSON.stringify(content(policy, maxAgeHoursGiven)), "hex").slice(0, 16);
}

/** Every field by name in a fixed order: JSON leaves out those that are absent. */
function content(policy: Policy, maxAgeHoursGiven: number | undefined) {
  const { retention } = policy;
  return {
    policyId: policy.policyId,
    account: policy.account,
    target: targetContent(policy.target),
    schedule: policy.schedule.cron.text.toUpperCase(),
    timezone: policy.timeZone,
    enabled: policy.enabled,
    pausedUntil: policy.pausedUntil,
    pauseReason: policy.pauseReason,
    startWindowMinutes: policy.startWindowMinutes,
    completionWindowMinutes: policy.completionWindowMinutes,
    maxAttempts: policy.maxAttempts,
    catchUp: policy.catchUp,
    databases: policy.databases,
    description: policy.description,
    retention: retention && {
      keepLast: retention.keepLast,
      keepWithinDays: retention.keepWithinDays,
      keepDaily: retention.keepDaily,
      keepWeekly: retention.keepWeekly,
      keepMonthly: retention.keepMonthly,
      keepYearly: retention.keepYearly,
      minimum: retention.minimum,
    },
    maxAgeHours: maxAgeHoursGiven,
    sizeFloorKb: policy.sizeFloorKb,
    severity: policy.severity,
    acceptAutomated: policy.acceptAutomated,
    owner: policy.owner,
  };
}

function targetContent(target: Policy["target"]) {
  switch (target.kind) {
    case "instances":
      return target.instanceIds;
    case "selector": {
      const { tags, name, engine } = target.selector;
      const sortedTags = tags && Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
      return { tags: sortedTags, name, engine };
    }
  }
}
