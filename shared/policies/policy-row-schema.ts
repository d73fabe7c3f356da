// The strict rules of every field by itself, as one schema: the parser checks rows with it and editors get it as JSON
// Schema. Each message says what must stand there. Rules over several fields are cross-checks.ts.

import * as z from "zod";

/** Also the partition key of the table, part of backup names and of ledger keys. */
export const policyIdPattern = /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/;

const maxInstances = 1000;

/** Text a person reads again in alerts: nothing invisible, nothing that changes direction, no line breaks. */
const visible = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;
/** RDS API, "Creating a Manual Backup": a description has at most 256 characters and none of these signs. */
const describable = /^[^><!"&'=\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;

function wholeNumber(least: number, most: number) {
  const what = `must be a whole number from ${least} to ${most}`;
  return z.int(what).min(least, what).max(most, what);
}

function visibleText(longest: number) {
  const what = `must be text of at most ${longest} characters without line breaks, control or invisible characters`;
  return z.string(what).min(1, what).max(longest, what).regex(visible, what);
}

function matching(pattern: RegExp, what: string) {
  return z.string(what).regex(pattern, what);
}

const instanceId = matching(/^[A-Za-z0-9_-]{1,64}$/, "must be an instance id: 1 to 64 letters, digits, _ or -");

const instanceIds = z
  .array(instanceId, "must be a list of instance ids")
  .min(1, "must name at least one instance")
  .max(maxInstances, `must name at most ${maxInstances} instances`);

const tagText = "must be text of at most 255 characters without line breaks, control or invisible characters";
/** OTC's tags may have an empty value; null, a value that was forgotten, is none. */
const tagValue = z.string(tagText).max(255, tagText).regex(visible, tagText);

const selector = z
  .strictObject(
    {
      tags: z
        .record(visibleText(128), tagValue, "must be a map of tag names and values, both text")
        .refine((tags) => Object.keys(tags).length > 0, "must name at least one tag")
        .optional(),
      name: visibleText(128).optional(),
      engine: z.enum(["MySQL", "PostgreSQL", "SQLServer"], "must be MySQL, PostgreSQL or SQLServer").optional(),
    },
    "must be a map with at least one of tags, name and engine",
  )
  .refine((s) => s.tags !== undefined || s.name !== undefined || s.engine !== undefined, {
    error: "must have at least one of tags, name and engine",
  });

const count = wholeNumber(1, 10_000).optional();

const retention = z
  .strictObject(
    {
      keepLast: count,
      keepWithinDays: wholeNumber(1, 3660).optional(),
      keepDaily: count,
      keepWeekly: count,
      keepMonthly: count,
      keepYearly: count,
      minimum: wholeNumber(1, 10_000).default(3),
    },
    "must be a map of keep rules",
  )
  .refine(({ minimum: _floor, ...rules }) => Object.values(rules).some((rule) => rule !== undefined), {
    error: "has no keep rule, and minimum alone is none",
  });

const pauseEnd = z.union(
  [z.iso.date(), z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })],
  "must be a date such as 2026-01-31, or a date-time with offset such as 2026-01-31T18:00:00+01:00",
);

const description = (() => {
  const what = "must be text of at most 256 characters, none of them > ! < \" & ' = or a control character";
  return z.string(what).min(1, what).max(256, what).regex(describable, what);
})();

export const policyRowSchema = z.strictObject({
  policyId: matching(policyIdPattern, "must be 3 to 32 lower-case letters, digits and -, a letter first, no - last"),
  account: matching(/^[a-z][a-z0-9-]{0,30}$/, "must be 1 to 31 lower-case letters, digits and -, a letter first"),
  instanceIds: instanceIds.optional(),
  selector: selector.optional(),
  schedule: z.string("must be a cron expression of five fields").min(1).max(256, "must have at most 256 characters"),
  timezone: z
    .string("must be UTC or an IANA zone name")
    .min(1)
    .max(64, "must have at most 64 characters")
    .default("UTC"),
  enabled: z.boolean("must be true or false").default(true),
  pausedUntil: pauseEnd.optional(),
  pauseReason: visibleText(256).optional(),
  startWindowMinutes: wholeNumber(5, 1440).default(240),
  completionWindowMinutes: wholeNumber(15, 10_080).default(720),
  maxAttempts: wholeNumber(1, 5).default(2),
  catchUp: z.enum(["latest", "none"], "must be latest or none").default("latest"),
  databases: z
    .array(visibleText(128), "must be a list of database names")
    .min(1, "must name at least one database")
    .max(maxInstances, `must name at most ${maxInstances} databases`)
    .optional(),
  description: description.optional(),
  retention: retention.optional(),
  // Ten years: longer than the rarest schedule and the longest completion window.
  maxAgeHours: wholeNumber(1, 87_600).optional(),
  sizeFloorKb: wholeNumber(0, 1_000_000_000_000).default(1),
  severity: z.enum(["page", "ticket"], "must be page or ticket").default("page"),
  acceptAutomated: z.boolean("must be true or false").default(false),
  owner: visibleText(128).optional(),
});

/** A row that keeps every rule that concerns one field alone, with the defaults filled in. */
export type CheckedRow = z.infer<typeof policyRowSchema>;
