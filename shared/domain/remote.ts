// What we know of the other side: databases and backups as OTC reports them, in our words.

export interface Instance {
  readonly id: string;
  readonly name: string;
  /** OTC's status word as it came, e.g. `ACTIVE`, `BACKING UP`. */
  readonly status: string;
  readonly isReplica: boolean;
  readonly engine: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** Everything below is absent when OTC does not say (an instance that is being made says little). */
  readonly engineVersion?: string;
  readonly createdAt?: number;
  /** A daily window in UTC, such as `02:00-06:00`. */
  readonly maintenanceWindow?: string;
  /** OTC's own daily backup: a window in UTC such as `19:00-20:00`, and days kept; 0 days is off. */
  readonly backupStrategy?: { readonly startTime: string; readonly keepDays: number };
  readonly volumeGb?: number;
  readonly storageUsedGb?: number;
}

/** OTC's own automated backup of one database. */
export interface AutomatedPolicy {
  /** 0 means off. */
  readonly keepDays: number;
  /** A window of one hour in UTC, such as `19:00-20:00`; empty when off. */
  readonly startTime: string;
  /** Days of the week, Monday is 1: `1,2,3`; empty when off. */
  readonly period: string;
}

/** A limit of the project. OTC publishes none for backups. */
export interface Quota {
  /** `instance`, and whatever OTC adds. */
  readonly type: string;
  readonly quota: number;
  readonly used: number;
}

/** A span of time to which a database can be restored from its automated backups. */
export interface RestoreSpan {
  readonly startAt: number;
  readonly endAt: number;
}

/** `auto` is OTC's daily one; `fragment` and `incremental` are parts between those. Only `manual` ones are ever ours. */
export type BackupType = "manual" | "auto" | "fragment" | "incremental";

/** `UNKNOWN` stands for a word OTC did not document: followed like BUILDING until the deadline. */
export type BackupStatus = "BUILDING" | "COMPLETED" | "FAILED" | "DELETING" | "UNKNOWN";

export interface RemoteBackup {
  readonly id: string;
  readonly name: string;
  readonly instanceId: string;
  /** As OTC says it; see BackupType for the documented words. */
  readonly type?: string;
  readonly status: BackupStatus;
  readonly sizeKb?: number;
  readonly beganAt?: number;
  readonly endedAt?: number;
}

/** What a POST needs. `name` decides identity, see naming.ts. */
export interface BackupRequest {
  readonly instanceId: string;
  readonly name: string;
  readonly description?: string;
  readonly databases?: readonly string[];
}
