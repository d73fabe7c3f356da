// For each field what it means (for editors) and what to do when it is wrong (for the person who got the problem).

import { type FieldName, retentionRules, selectorCriteria } from "./field-names.ts";

interface Guide {
  readonly meaning: string;
  readonly remedy: string;
}

export const fieldGuide = {
  policyId: {
    meaning: "Name of the policy. Part of every backup's name; it can never be changed, only replaced.",
    remedy:
      "choose an id such as orders-nightly; the id of a row cannot be edited, so make a new row and remove this one",
  },
  account: {
    meaning: "Name of the account secret that holds project, region and credentials.",
    remedy: "write the account's name in quotes, such as production: the last part of the name of its secret",
  },
  instanceIds: {
    meaning: "Ids of the OTC instances to back up. Either this or selector.",
    remedy:
      'write a list of ids, one entry each, such as ["d8e6ca5a624745bcb546a227aa3ae1cfin01"], copied from the OTC console',
  },
  selector: {
    meaning: "Picks the account's instances by tags, name and engine; all given must hold. Either this or instanceIds.",
    remedy: 'write a map such as {"tags": {"backup": "nightly"}, "engine": "PostgreSQL"}, or name instanceIds instead',
  },
  schedule: {
    meaning: "Cron expression of five fields: minute, hour, day of month, month, day of week.",
    remedy: 'write five fields in quotes, such as "30 2 * * *" for every night at half past two',
  },
  timezone: {
    meaning: "Zone in which the schedule is read: UTC or an IANA name. Default UTC.",
    remedy:
      "write UTC or an IANA name exactly as listed, such as Europe/Berlin; offsets and abbreviations such as CET are not accepted",
  },
  enabled: {
    meaning: "false: no backups are made. Default true. To stop for a while use pausedUntil.",
    remedy: "write true or false without quotes (type Boolean in the console)",
  },
  pausedUntil: {
    meaning: "No backups until then: a date (to the end of that day in the policy's zone) or a date-time with offset.",
    remedy:
      "write the last day of the pause, such as 2026-01-31, or an instant with its offset, such as 2026-01-31T18:00:00+01:00",
  },
  pauseReason: {
    meaning: "Why the policy is paused. Required with pausedUntil.",
    remedy: "say in one line why the policy is paused, such as: migration, ticket 4711",
  },
  startWindowMinutes: {
    meaning: "Minutes after the slot within which OTC must have accepted the backup. Default 240.",
    remedy: "write minutes as a plain number such as 240, or remove the field for the default of 240",
  },
  completionWindowMinutes: {
    meaning: "Minutes after the slot within which the backup must be completed. Default 720.",
    remedy: "write minutes as a plain number such as 720, or remove the field for the default of 720",
  },
  maxAttempts: {
    meaning: "How often a backup that FAILED is tried in all, inside the start window. Default 2.",
    remedy: "write a plain number such as 2, or remove the field for the default of 2",
  },
  catchUp: {
    meaning: "After an outage: latest makes up the newest missed slot, none makes up nothing. Default latest.",
    remedy: "write latest or none, or remove the field for the default latest",
  },
  databases: {
    meaning: "Names of the databases to back up, SQL Server only. Absent: all of the instance.",
    remedy:
      'write a list of names, one entry each, such as ["orders", "stock"], or remove the field to back up the whole instance',
  },
  description: {
    meaning: "Text stored with every backup in OTC.",
    remedy: "leave out the signs > ! < \" & ' = and line breaks, and keep to 256 characters; or remove the field",
  },
  retention: {
    meaning: "Which good backups are kept: the union of the rules. Absent: all are kept for ever.",
    remedy:
      'write a map with at least one of keepLast, keepWithinDays, keepDaily, keepWeekly, keepMonthly, keepYearly, such as {"keepDaily": 14}; to keep everything, remove the field',
  },
  maxAgeHours: {
    meaning:
      "Greatest age the newest good backup may reach. Default: longest distance of two slots and the completion window.",
    remedy: "write hours as a plain number such as 36, or remove the field for the default",
  },
  sizeFloorKb: {
    meaning: "A completed backup smaller than this many kB is not good. Default 1; 0 switches the check off.",
    remedy: "write kB as a plain number such as 1024, or remove the field for the default of 1",
  },
  severity: {
    meaning: "Whether a failed backup wakes someone (page) or waits for the morning (ticket). Default page.",
    remedy: "write page or ticket, or remove the field for the default page",
  },
  acceptAutomated: {
    meaning:
      "true: while OTC's own automated backup is no older than maxAgeHours, a failed backup is a ticket. Default false.",
    remedy: "write true or false without quotes (type Boolean in the console)",
  },
  owner: {
    meaning: "Who is asked about this policy; copied to every alert.",
    remedy: "write a name or address in one line of at most 128 characters, in quotes",
  },
} as const satisfies Record<FieldName, Guide>;

const perEntry: Readonly<Record<string, string>> = {
  "instanceIds[]": "write the id in quotes as the OTC console shows it, such as d8e6ca5a624745bcb546a227aa3ae1cfin01",
  "databases[]": "write the database's name in quotes, as SQL Server shows it",
  "selector.name": "write a name or a pattern with * and ?, such as orders-*",
  "selector.engine": "write MySQL, PostgreSQL or SQLServer exactly so, or remove it to match every engine",
  "selector.tags": 'write a map with at least one tag, such as {"backup": "nightly"}; or remove it',
  "selector.tags[]": "write the tag's value in quotes, exactly as in OTC, or remove this tag from the selector",
  "retention.minimum": "write a plain number from 1 to 10000 without quotes, or remove it for the default of 3",
};

const retentionRemedy =
  "write a plain number from 1 without quotes, or remove this rule; nothing is deleted while it is wrong";

/** What to do about a wrong value at this path of the row (names and list positions). */
export function remedyFor(path: readonly PropertyKey[]): string {
  const [field, inner] = path;
  if (typeof field !== "string" || !isGuided(field)) return "correct or remove the field";
  if (field === "retention" && typeof inner === "string" && retentionRules.some((rule) => rule === inner)) {
    return retentionRemedy;
  }
  const key = path.length > 1 ? entryKey(path) : undefined;
  return (key === undefined ? undefined : perEntry[key]) ?? fieldGuide[field].remedy;
}

function entryKey(path: readonly PropertyKey[]): string {
  const [field, inner] = path;
  if (typeof inner === "number") return `${String(field)}[]`;
  if (selectorCriteria.some((c) => c === inner) && path.length === 3) return `${String(field)}.${String(inner)}[]`;
  return `${String(field)}.${String(inner)}`;
}

function isGuided(field: string): field is FieldName {
  return Object.hasOwn(fieldGuide, field);
}
