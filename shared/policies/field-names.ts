// The fields a row may have, and for each how it is read before the strict rules see it. The rules themselves are
// policy-row-schema.ts; a test keeps the two in step.

/** `exact`: as it stands. `text`: trimmed. `count`, `flag`: also typed as text. `texts`: list, set or one text. */
export type Leniency = "exact" | "text" | "count" | "flag" | "texts" | "selector";

export const leniencies = {
  policyId: "exact",
  account: "text",
  instanceIds: "texts",
  selector: "selector",
  schedule: "text",
  timezone: "text",
  enabled: "flag",
  pausedUntil: "text",
  pauseReason: "text",
  startWindowMinutes: "count",
  completionWindowMinutes: "count",
  maxAttempts: "count",
  catchUp: "text",
  databases: "texts",
  description: "text",
  // Exact, so that no slip of the pen can mean "delete more".
  retention: "exact",
  maxAgeHours: "count",
  sizeFloorKb: "count",
  severity: "text",
  acceptAutomated: "flag",
  owner: "text",
} as const satisfies Record<string, Leniency>;

export type FieldName = keyof typeof leniencies;

/** The system's own map on the row: never read as part of the policy. */
export const systemField = "observed";

export const retentionRules = [
  "keepLast",
  "keepWithinDays",
  "keepDaily",
  "keepWeekly",
  "keepMonthly",
  "keepYearly",
] as const;

export const selectorCriteria = ["tags", "name", "engine"] as const;

export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(leniencies, name);
}
