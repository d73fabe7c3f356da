/**
 * What the simulator keeps: projects, users, keys, tokens, instances, backups and jobs. The same schemas read the state file.
 * Deliberately facts and instants only; statuses are computed from them when read (see lifecycle.ts).
 */
import * as z from "zod";

export const ENGINES = ["MySQL", "PostgreSQL", "SQLServer"] as const;
export type Engine = (typeof ENGINES)[number];

const instant = z.number();
const rangeSchema = z.strictObject({ min: z.int().min(0), max: z.int().min(0) });
export const tagSchema = z.strictObject({ key: z.string().min(1).max(36), value: z.string().max(43) });

export const projectSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  domainName: z.string(),
  domainId: z.string(),
});
export type ProjectRecord = z.output<typeof projectSchema>;

export const userSchema = z.strictObject({
  key: z.string(),
  id: z.string(),
  name: z.string(),
  domainName: z.string(),
  domainId: z.string(),
  projectIds: z.array(z.string()),
  password: z.string(),
  actions: z.array(z.string()),
  enabled: z.boolean(),
  consoleOnly: z.boolean(),
  passwordExpiresAt: instant.nullable(),
  failedLoginAts: z.array(instant),
  lockedUntilAt: instant.nullable(),
  loginsTried: z.int(),
  loginsFailed: z.int(),
});
export type UserRecord = z.output<typeof userSchema>;

export const accessKeySchema = z.strictObject({
  accessKey: z.string(),
  secretKey: z.string(),
  userKey: z.string(),
  securityToken: z.string().nullable(),
  expiresAt: instant.nullable(),
  failures: z.int(),
  lockedUntilAt: instant.nullable(),
});
export type AccessKeyRecord = z.output<typeof accessKeySchema>;

export const tokenSchema = z.strictObject({
  token: z.string(),
  userKey: z.string(),
  projectId: z.string().nullable(),
  issuedAt: instant,
  expiresAt: instant,
});
export type TokenRecord = z.output<typeof tokenSchema>;

/** How every manual backup of an instance ends, unless a fault says otherwise. */
export const BACKUP_OUTCOMES = ["by-chance", "completes", "fails-early", "fails-late", "never-finishes"] as const;

/** An instance; each field but id and name has a believable default, so the input type is also what a fleet or a test writes. */
export const instanceSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "an instance id has 1 to 64 letters, digits or dashes"),
  name: z.string().min(1),
  projectId: z.string().default(""),
  engine: z.enum(ENGINES).default("MySQL"),
  version: z.string().default("8.0"),
  type: z.enum(["Single", "Ha", "Replica"]).default("Single"),
  /** ACTIVE lets operations decide; any other word is reported as it is and refuses backups. */
  status: z.string().default("ACTIVE"),
  tags: z.array(tagSchema).max(20).default([]),
  volumeGb: z.int().default(100),
  volumeType: z.string().default("CLOUDSSD"),
  flavor: z.string().default("rds.mysql.c2.large"),
  cpu: z.string().default("2"),
  mem: z.string().default("4"),
  zones: z.array(z.string()).default(["eu-de-01"]),
  replicaOfId: z.string().nullable().default(null),
  databases: z.array(z.string()).default([]),
  createdAt: instant.default(Date.UTC(2024, 2, 5, 9, 30)),
  backupStrategy: z
    .strictObject({
      startTime: z.string(),
      keepDays: z.int().min(0).max(732),
      period: z.string().default("1,2,3,4,5,6,7"),
    })
    .default({ startTime: "19:00-20:00", keepDays: 7, period: "1,2,3,4,5,6,7" }),
  maintenanceWindow: z.string().default("02:00-06:00"),
  backupSizeKb: z.int().min(0).default(1_048_576),
  backupSeconds: rangeSchema.nullable().default(null),
  backupOutcome: z.enum(BACKUP_OUTCOMES).default("by-chance"),
  /** A daily time in UTC during which the instance is busy, as "hh:mm". */
  busyDaily: z
    .strictObject({ startUtc: z.string().regex(/^\d\d:\d\d$/), minutes: z.int().min(1) })
    .nullable()
    .default(null),
  /** One-off occupations: the status to report until an instant. */
  occupied: z.array(z.strictObject({ status: z.string(), fromAt: instant, untilAt: instant })).default([]),
  /** Stopped by its user; OTC starts it again by itself after some days (knob `stoppedForDays`), in its maintenance window. */
  stoppedAt: instant.nullable().default(null),
  lastBackupId: z.string().nullable().default(null),
  removedAt: instant.nullable().default(null),
});
export type InstanceRecord = z.output<typeof instanceSchema>;
export type InstanceSeed = z.input<typeof instanceSchema>;

export const backupSchema = z.strictObject({
  id: z.string(),
  projectId: z.string(),
  instanceId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  databases: z.array(z.string()),
  type: z.enum(["manual", "auto", "incremental", "fragment"]),
  engine: z.enum(ENGINES),
  version: z.string(),
  beginAt: instant,
  visibleAt: instant,
  /** null: never ends by itself. */
  endAt: instant.nullable(),
  outcome: z.enum(["COMPLETED", "FAILED"]),
  failReason: z.string().nullable(),
  sizeKb: z.int().min(0),
  deleteRequestedAt: instant.nullable(),
  goneAt: instant.nullable(),
  goneBecause: z.enum(["deleted", "vanished", "expired", "instance-removed"]).nullable(),
  restoringUntilAt: instant.nullable(),
});
export type BackupRecord = z.output<typeof backupSchema>;

export const jobSchema = z.strictObject({
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  instanceId: z.string(),
  instanceName: z.string(),
  createdAt: instant,
  endAt: instant,
  outcome: z.enum(["Completed", "Failed"]),
  failReason: z.string().nullable(),
});
export type JobRecord = z.output<typeof jobSchema>;
