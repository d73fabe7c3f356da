// The only reader of the process environment. Every setting of a function enters here, once per process, checked; the
// variable names are a type that infra/ must satisfy, so a forgotten one is a compile error and not a page at 03:00.

import * as z from "zod";
import type { DigestSettings } from "./domain/messages/decide-digest.ts";
import { defaultGraceHours, leastGraceHours } from "./domain/retention/retention-mark.ts";
import { partitionCount } from "./domain/shard.ts";
import { isTimeZone } from "./domain/slots/time-zone.ts";
import { type OtcRegions, parseOtcRegions } from "./otc/endpoints.ts";

/** What infra/ has to set on every function. AWS endpoints and regions are the AWS SDK's own variables. */
export interface FunctionEnvironment {
  readonly STAGE: string;
  readonly POLICIES_TABLE: string;
  readonly LEDGER_TABLE: string;
  readonly ACCOUNT_SECRET_PREFIX: string;
  readonly PAGE_TOPIC_ARN: string;
  readonly TICKET_TOPIC_ARN: string;
  /** JSON, region to {iam, rds}: adds or replaces OTC regions. `{}` when nothing is to be changed. */
  readonly OTC_ENDPOINTS: string;
  readonly BACKUP_NAME_PREFIX: string;
  /** Longest time between two looks at a building backup, in seconds. */
  readonly POLL_BOUND_SECONDS: string;
  /** `on` or `off`: look at building backups by the status of their database first. */
  readonly POLL_BY_INSTANCE_STATUS: string;
  /** From the mark of a backup to its deletion, in hours; at least 24. */
  readonly PRUNE_GRACE_HOURS: string;
  /** Ceiling of calls per second for each OTC account. */
  readonly OTC_RATE_PER_SECOND: string;
  /** Schedules of create-backups and poll-backups that share the accounts between them. */
  readonly SHARDS: string;
  /** `A` or `B`: the AK/SK signing dialect. */
  readonly OTC_SIGNING: string;
  /** A selector that loses more than so many per cent of its databases at once is told before it is followed. */
  readonly SELECTOR_DROP_PERCENT: string;
  /** How many manual backups OTC allows each account; 0 where that is not known. */
  readonly MANUAL_BACKUP_LIMIT: string;
  /** Hour of the day, 0 to 23, at which the morning digest goes out. */
  readonly DIGEST_HOUR: string;
  /** On whose clock: `UTC` or an IANA name. */
  readonly DIGEST_TIME_ZONE: string;
  /** https URL to call after every audit that found all well; empty: none. */
  readonly DEAD_MAN_URL: string;
}

export interface Config {
  readonly stage: string;
  readonly policiesTable: string;
  readonly ledgerTable: string;
  readonly accountSecretPrefix: string;
  readonly pageTopicArn: string;
  readonly ticketTopicArn: string;
  readonly otcRegions: OtcRegions;
  readonly namePrefix: string;
  readonly pollBoundMs: number;
  readonly pollByInstanceStatus: boolean;
  readonly graceMs: number;
  readonly otcRatePerSecond: number;
  readonly shards: number;
  readonly otcSigning: "A" | "B";
  readonly selectorDropPercent: number;
  readonly manualBackupLimit?: number;
  readonly digest: DigestSettings;
  readonly deadManUrl?: URL;
}

const text = z.string().min(1, "must not be empty");
const environmentSchema = z.object({
  STAGE: text,
  POLICIES_TABLE: text,
  LEDGER_TABLE: text,
  ACCOUNT_SECRET_PREFIX: text,
  PAGE_TOPIC_ARN: text,
  TICKET_TOPIC_ARN: text,
  OTC_ENDPOINTS: z.string().default("{}"),
  BACKUP_NAME_PREFIX: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]{1,4}$/, "must be 2 to 5 letters or digits, a letter first")
    .default("otcbk"),
  POLL_BY_INSTANCE_STATUS: z.enum(["on", "off"]).default("on"),
  POLL_BOUND_SECONDS: z.coerce.number().int().min(30).max(3600).default(120),
  PRUNE_GRACE_HOURS: z.coerce
    .number()
    .int()
    .min(leastGraceHours, `must be at least ${leastGraceHours}: people need time to object`)
    .max(8784)
    .default(defaultGraceHours),
  OTC_RATE_PER_SECOND: z.coerce.number().positive().max(1000).default(10),
  SHARDS: z.coerce.number().int().min(1).max(partitionCount).default(1),
  OTC_SIGNING: z.enum(["A", "B"]).default("A"),
  DIGEST_HOUR: z.coerce.number().int().min(0).max(23).default(7),
  DIGEST_TIME_ZONE: z.string().refine(isTimeZone, "must be UTC or an IANA name such as Europe/Berlin").default("UTC"),
  DEAD_MAN_URL: z
    .string()
    .refine((url) => url === "" || isHttpsUrl(url), "must be an https URL without user name, or empty")
    .default(""),
  SELECTOR_DROP_PERCENT: z.coerce.number().min(0).max(100).default(20),
  MANUAL_BACKUP_LIMIT: z.coerce.number().int().min(0).default(0),
});

/** Raised when the environment is wrong; lists every problem at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the environment is not usable: ${problems.join("; ")}`);
    this.problems = problems;
  }
}

/** Parses a process environment. Throws ConfigError naming each variable, its value and what it should be. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = environmentSchema.safeParse(env);
  const regions = readRegions(env.OTC_ENDPOINTS);
  const problems = [
    ...(parsed.success
      ? []
      : parsed.error.issues.map((i) => `${i.path.join(".")} is ${shown(env[i.path.join(".")])}: ${i.message}`)),
    ...("problem" in regions ? [regions.problem] : []),
  ];
  if (!parsed.success || "problem" in regions) throw new ConfigError(problems);
  const e = parsed.data;
  return {
    stage: e.STAGE,
    policiesTable: e.POLICIES_TABLE,
    ledgerTable: e.LEDGER_TABLE,
    accountSecretPrefix: e.ACCOUNT_SECRET_PREFIX,
    pageTopicArn: e.PAGE_TOPIC_ARN,
    ticketTopicArn: e.TICKET_TOPIC_ARN,
    otcRegions: regions.regions,
    namePrefix: e.BACKUP_NAME_PREFIX,
    pollBoundMs: e.POLL_BOUND_SECONDS * 1000,
    pollByInstanceStatus: e.POLL_BY_INSTANCE_STATUS === "on",
    graceMs: e.PRUNE_GRACE_HOURS * 3_600_000,
    otcRatePerSecond: e.OTC_RATE_PER_SECOND,
    shards: e.SHARDS,
    otcSigning: e.OTC_SIGNING,
    digest: { hour: e.DIGEST_HOUR, timeZone: e.DIGEST_TIME_ZONE },
    ...(e.DEAD_MAN_URL === "" ? {} : { deadManUrl: new URL(e.DEAD_MAN_URL) }),
    selectorDropPercent: e.SELECTOR_DROP_PERCENT,
    ...(e.MANUAL_BACKUP_LIMIT === 0 ? {} : { manualBackupLimit: e.MANUAL_BACKUP_LIMIT }),
  };
}

function isHttpsUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === "https:" && url.username === "" && url.password === "";
}

function readRegions(override: string | undefined): { regions: OtcRegions } | { problem: string } {
  try {
    return { regions: parseOtcRegions(override) };
  } catch (error) {
    return { problem: `OTC_ENDPOINTS: ${error instanceof Error ? error.message : "not readable"}` };
  }
}

function shown(value: string | undefined): string {
  return value === undefined ? "not set" : JSON.stringify(value.slice(0, 60));
}
