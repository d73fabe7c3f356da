// What we know of the other side: databases and backups as OTC reports them, in our words.

export interface Instance {
  readonly id: string;
  readonly name: string;
  /** OTC's status word as it came, e.g. `ACTIVE`, `BACKING UP`. */
  readonly status: string;
  readonly isReplica: boolean;
  readonly engine: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** `UNKNOWN` stands for a word OTC did not document: followed like BUILDING until the deadline. */
export type BackupStatus = "BUILDING" | "COMPLETED" | "FAILED" | "DELETING" | "UNKNOWN";

export interface RemoteBackup {
  readonly id: string;
  readonly name: string;
  readonly instanceId: string;
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
