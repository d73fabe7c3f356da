/**
 * All records with the indexes that requests need, so that no request scans a fleet. Records are replaced, never changed in place;
 * every replacement is announced, so that a state file can follow. Deliberately without rules.
 */
import type {
  AccessKeyRecord,
  BackupRecord,
  InstanceRecord,
  JobRecord,
  ProjectRecord,
  TokenRecord,
  UserRecord,
} from "./records.ts";

export interface RecordKinds {
  project: ProjectRecord;
  user: UserRecord;
  key: AccessKeyRecord;
  token: TokenRecord;
  instance: InstanceRecord;
  backup: BackupRecord;
  job: JobRecord;
}

export type RecordKind = keyof RecordKinds;

function addTo(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

export class Store {
  readonly projects = new Map<string, ProjectRecord>();
  readonly users = new Map<string, UserRecord>();
  readonly keys = new Map<string, AccessKeyRecord>();
  readonly tokens = new Map<string, TokenRecord>();
  readonly instances = new Map<string, InstanceRecord>();
  readonly backups = new Map<string, BackupRecord>();
  readonly jobs = new Map<string, JobRecord>();
  private readonly instancesOfProject = new Map<string, Set<string>>();
  private readonly backupsOfInstance = new Map<string, Set<string>>();
  private readonly backupsOfName = new Map<string, Set<string>>();
  private readonly manualOfProject = new Map<string, Set<string>>();
  private readonly leavingOfProject = new Map<string, Set<string>>();
  private readonly tokensOfUser = new Map<string, Set<string>>();
  private readonly listeners: Array<(kind: RecordKind, record: RecordKinds[RecordKind]) => void> = [];

  /** Calls `listener` after every replacement of a record. */
  onChange(listener: (kind: RecordKind, record: RecordKinds[RecordKind]) => void): void {
    this.listeners.push(listener);
  }

  private announce(kind: RecordKind, record: RecordKinds[RecordKind]): void {
    for (const listener of this.listeners) listener(kind, record);
  }

  putProject(project: ProjectRecord): void {
    this.projects.set(project.id, project);
    this.announce("project", project);
  }

  putUser(user: UserRecord): void {
    this.users.set(user.key, user);
    this.announce("user", user);
  }

  putKey(key: AccessKeyRecord): void {
    this.keys.set(key.accessKey, key);
    this.announce("key", key);
  }

  putToken(token: TokenRecord): void {
    this.tokens.set(token.token, token);
    addTo(this.tokensOfUser, token.userKey, token.token);
    this.announce("token", token);
  }

  putInstance(instance: InstanceRecord): void {
    this.instances.set(instance.id, instance);
    if (instance.removedAt === null) addTo(this.instancesOfProject, instance.projectId, instance.id);
    else this.instancesOfProject.get(instance.projectId)?.delete(instance.id);
    this.announce("instance", instance);
  }

  putBackup(backup: BackupRecord): void {
    this.backups.set(backup.id, backup);
    addTo(this.backupsOfInstance, backup.instanceId, backup.id);
    addTo(this.backupsOfName, backup.name, backup.id);
    if (backup.type === "manual") {
      addTo(this.manualOfProject, backup.projectId, backup.id);
      if (backup.goneAt !== null) addTo(this.leavingOfProject, backup.projectId, backup.id);
    }
    this.announce("backup", backup);
  }

  putJob(job: JobRecord): void {
    this.jobs.set(job.id, job);
    this.announce("job", job);
  }

  /** Ids of the instances a project has now, oldest record first. */
  instanceIds(projectId: string): ReadonlySet<string> {
    return this.instancesOfProject.get(projectId) ?? new Set();
  }

  /** Every backup an instance ever had, gone ones included, in order of arrival. */
  backupsOf(instanceId: string): BackupRecord[] {
    return [...(this.backupsOfInstance.get(instanceId) ?? [])].flatMap((id) => this.backups.get(id) ?? []);
  }

  /** Every backup that ever had this name, in whatever project. */
  backupsNamed(name: string): BackupRecord[] {
    return [...(this.backupsOfName.get(name) ?? [])].flatMap((id) => this.backups.get(id) ?? []);
  }

  /** The manual backups of a project, those gone since the last count included, in order of arrival. */
  manualBackups(projectId: string): BackupRecord[] {
    return [...(this.manualOfProject.get(projectId) ?? [])].flatMap((id) => this.backups.get(id) ?? []);
  }

  /** How many manual backups of a project exist at `at`; those found gone are counted out once and not looked at again. */
  manualBackupCount(projectId: string, at: number): number {
    const manual = this.manualOfProject.get(projectId) ?? new Set<string>();
    const leaving = this.leavingOfProject.get(projectId) ?? new Set<string>();
    for (const id of leaving) {
      const goneAt = this.backups.get(id)?.goneAt ?? null;
      if (goneAt === null || goneAt > at) continue;
      manual.delete(id);
      leaving.delete(id);
    }
    return manual.size;
  }

  tokensFor(userKey: string): TokenRecord[] {
    return [...(this.tokensOfUser.get(userKey) ?? [])].flatMap((token) => this.tokens.get(token) ?? []);
  }

  /** Forgets everything; indexes included. */
  clear(): void {
    const maps = [this.projects, this.users, this.keys, this.tokens, this.instances, this.backups, this.jobs];
    for (const map of maps) map.clear();
    const indexes = [
      this.instancesOfProject,
      this.backupsOfInstance,
      this.backupsOfName,
      this.manualOfProject,
      this.leavingOfProject,
      this.tokensOfUser,
    ];
    for (const index of indexes) index.clear();
  }
}
