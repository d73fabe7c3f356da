// What the workflows ask of OTC: an account, and what can be done in it.

import type { Result } from "./domain/failure.ts";
import type {
  AutomatedPolicy,
  BackupRequest,
  BackupType,
  Instance,
  Quota,
  RemoteBackup,
  RestoreSpan,
} from "./domain/remote.ts";

/** One OTC account, ready to be called. Failures are values; only defects throw. */
export interface AccountProvider {
  /** The complete list of databases, or why not. With `having`, a young one of this process will do that has all of these. */
  listInstances(query?: { having: readonly string[] }): Promise<Result<readonly Instance[]>>;
  createBackup(request: BackupRequest): Promise<Result<RemoteBackup>>;
  /** All backups of one database, complete, or why not; manual ones unless another type is asked for. */
  listBackups(instanceId: string, query?: ListBackupsQuery): Promise<Result<readonly RemoteBackup[]>>;
  /** Irrevocable. Success means that OTC has accepted (the row says DELETING for a while), or that there is no such backup. */
  deleteBackup(backupId: string): Promise<Result<Deletion>>;
  automatedPolicy(instanceId: string): Promise<Result<AutomatedPolicy>>;
  restoreSpans(instanceId: string): Promise<Result<readonly RestoreSpan[]>>;
  quotas(): Promise<Result<readonly Quota[]>>;
  /**
   * How far our clock is ahead of OTC's (negative: behind), in milliseconds, by the Date header of the latest answer. 0 when
   * they agree as far as a header in whole seconds can tell; nothing before the first answer.
   */
  clockSkewMs(): number | undefined;
  /** So many calls this tick is going to need, whether it will get to them or not: the account's pace makes room for the next one. */
  foresee(calls: number): void;
  /** So many calls are left to be made in this tick: others get what they do not need. Rejects with FailureError `storage-unavailable`. */
  makeRoom(calls: number): Promise<void>;
  /** When the password in use ends, by the latest login; nothing for one without an end and for access keys. */
  passwordExpiresAt(): number | undefined;
}

export interface ListBackupsQuery {
  readonly type?: BackupType | "any";
}

export interface Deletion {
  /** OTC's id of the call, for its support. Absent when the backup was gone already. */
  readonly requestId?: string;
}

export interface AccountUse {
  /** A call that cannot be made by then is refused with `held-by-pace` instead of waiting for its turn. Epoch milliseconds. */
  readonly stopAt?: number;
  /** The OTC user that may delete: its secret is `<account>/prune`. It shares the account's pace. */
  readonly as?: "prune";
}

export interface BackupProvider {
  account(name: string, use?: AccountUse): Promise<Result<AccountProvider>>;
  /** Keeps what was learned of the accounts' pace for later processes. Called when a tick ends. */
  keepPace(): Promise<void>;
}
