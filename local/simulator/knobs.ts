/**
 * Where OTC's behaviour is unknown, undocumented or seen to differ, a knob chooses. The defaults are the likeliest behaviour.
 * Deliberately data only: each knob is read by the one operation or rule it belongs to.
 */
import * as z from "zod";
import { BODY_FORMS, REFUSAL_NAMES, type RefusalChange, type RefusalName, refusalChangeSchema } from "./refusals.ts";
import { TIME_FORMATS } from "./time-format.ts";

export const CREATE_CHECKS = ["instance", "replica", "status", "busy", "name", "quota"] as const;

const range = z.strictObject({ min: z.int().min(0), max: z.int().min(0) }).refine((value) => value.max >= value.min, {
  message: "max is below min",
});
const timeFormat = z.enum(TIME_FORMATS);
const count = z.int().min(0);

const knobFields = {
  // How instants are written
  createTimeFormat: timeFormat.default("zoneless"),
  listTimeFormat: timeFormat.default("+0000"),
  instanceTimeFormat: timeFormat.default("+0000"),
  // What rows look like
  unfinishedEndTime: z.enum(["absent", "null", "empty"]).default("absent"),
  unfinishedSize: z.enum(["absent", "zero"]).default("absent"),
  tagsInInstanceList: z.enum(["listed", "absent", "null"]).default("listed"),
  descriptionInLists: z.boolean().default(false),
  untidyIds: z.boolean().default(false),
  unknownFields: z.boolean().default(true),
  totalCount: z.enum(["matching", "page", "zero"]).default("matching"),
  sortOrder: z.enum(["newest-first", "oldest-first", "unsorted"]).default("newest-first"),
  pagingShift: z.int().default(0),
  timeFilterBounds: z.enum(["inclusive", "exclusive"]).default("inclusive"),
  timeFilterField: z.enum(["begin", "end"]).default("begin"),
  unknownBackupInList: z.enum(["empty", "400", "404"]).default("empty"),
  removedInstanceInList: z.enum(["listed", "404"]).default("listed"),
  // Creating and deleting
  createStatus: z.union([z.literal(200), z.literal(201)]).default(200),
  deleteStatus: z.union([z.literal(200), z.literal(202), z.literal(204)]).default(200),
  failedDeletable: z.boolean().default(true),
  visibilityLagSeconds: count.default(0),
  uniqueNameScope: z.enum(["project", "instance", "none"]).default("project"),
  failedRowsKeepName: z.boolean().default(true),
  nameCheckBlindSeconds: count.default(0),
  checkOrder: z.array(z.enum(CREATE_CHECKS)).default([...CREATE_CHECKS]),
  manualBackupQuota: count.default(0),
  // How long things take and how they end
  backupSeconds: range.default({ min: 120, max: 900 }),
  failEarlySeconds: range.default({ min: 2, max: 20 }),
  failureRate: z.number().min(0).max(1).default(0),
  deletingSeconds: range.default({ min: 10, max: 90 }),
  restoreSeconds: range.default({ min: 950, max: 1270 }),
  firstBackupSeconds: count.default(300),
  sizeJitterPercent: z.int().min(0).max(100).default(5),
  automatedBackups: z.boolean().default(false),
  // Identity
  tokenLifetimeHours: z.number().positive().default(24),
  tokenLength: z.int().min(32).max(30_000).default(3000),
  tokensDieMinutes: count.default(30),
  maxFailedLogins: z.int().min(1).default(5),
  failedLoginWindowMinutes: count.default(15),
  lockMinutes: count.default(15),
  akMaxFailures: count.default(5),
  akLockMinutes: count.default(5),
  signatureSkewMinutes: count.default(15),
  signatureClock: z.enum(["virtual", "real"]).default("virtual"),
  signatureVariants: z.array(z.enum(["A", "B"])).default(["A", "B"]),
  projectHeader: z.enum(["required", "optional"]).default("required"),
  // Errors and throttling
  errorForm: z.enum(BODY_FORMS).default("v3"),
  iamErrorForm: z.enum(BODY_FORMS).default("v3"),
  gatewayPrefix: z.enum(["APIGW", "APIG"]).default("APIGW"),
  refusals: z.partialRecord(z.enum(REFUSAL_NAMES), refusalChangeSchema).default({}),
  rateLimitPerSecond: z.number().min(0).default(0),
  rateLimitBurst: z.int().min(1).default(10),
  rateLimitClock: z.enum(["virtual", "real"]).default("virtual"),
  retryAfter: z.enum(["none", "seconds", "date"]).default("none"),
  retryAfterSeconds: z.int().nullable().default(null),
  latencyMs: count.default(0),
  clockSkewSeconds: z.int().min(-3_200_000_000).max(3_200_000_000).default(0),
  // Tasks, jobs and what instances do by themselves
  tasklistShowsBackups: z.boolean().default(true),
  failReasonShown: z.boolean().default(true),
  jobLagSeconds: count.default(0),
  maintenanceMinutes: count.default(0),
  stoppedForDays: count.default(7),
  recycleDays: count.default(7),
  instanceQuota: count.default(50_000),
};

const knobsSchema = z.strictObject(knobFields);
/** The fields without their defaults, so that a partial change touches only what it names. */
const knobsChangeSchema = z.strictObject(
  Object.fromEntries(Object.entries(knobFields).map(([name, field]) => [name, field.unwrap().optional()])),
);

export type Knobs = Omit<z.output<typeof knobsSchema>, "refusals"> & {
  refusals: Partial<Record<RefusalName, RefusalChange | undefined>>;
};

/** The knobs that someone names; the others stay as they are. */
export type KnobChange = Partial<Knobs>;

/** What someone wrote as a change; throws ZodError naming the knob when one is unknown or has a wrong value. */
export function parseKnobChange(input: unknown): KnobChange {
  const named = knobsChangeSchema.parse(input);
  const whole = parseKnobs(input);
  return Object.fromEntries(Object.entries(whole).filter(([name]) => Object.hasOwn(named, name)));
}

/** Two changes as one, the later over the earlier; `refusals` row by row. Throws ZodError when the later names a wrong knob. */
export function mergeKnobChange(earlier: KnobChange | undefined, later: KnobChange): KnobChange {
  return { ...earlier, ...parseKnobChange(later), refusals: { ...earlier?.refusals, ...later.refusals } };
}

/** Defaults overlaid with `change`; throws ZodError naming the knob when one is unknown or has a wrong value. */
export function parseKnobs(change: unknown, base?: Knobs): Knobs {
  const wanted = knobsChangeSchema.parse(change);
  const refusals = knobsSchema.pick({ refusals: true }).parse({ refusals: wanted.refusals }).refusals;
  return knobsSchema.parse({ ...base, ...wanted, refusals: { ...base?.refusals, ...refusals } });
}
