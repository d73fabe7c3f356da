// Which databases of an account nobody backs up. What counts is what would be lost tonight, not which jobs ran: a database
// is covered when an enabled policy means it, and opting out needs a reason that stays in sight.

import type { Instance } from "../remote.ts";
import type { Member } from "./selection.ts";

/** A tag of this name on a database says why nobody need back it up. Within OTC's limit of 36 characters for a name. */
export const optOutTag = "otc-backup-optout";

/** A database may be this young before it has to be covered: whoever makes one tags it afterwards. */
export const coverageGraceMs = 3_600_000;

/** OTC's own daily backups are the second line; kept for less than this they hardly are. */
export const leastNativeDays = 7;

/** An enabled policy and the databases it means: as its row lists them, or as its selector matched them. */
export interface CoveringPolicy {
  readonly policyId: string;
  readonly instanceIds: readonly string[];
}

export interface Coverage {
  /** Databases that could be backed up; read replicas are not among them. */
  readonly databases: number;
  readonly replicas: number;
  readonly covered: number;
  /** No enabled policy means them, and nobody has said why not. */
  readonly uncovered: readonly UncoveredDatabase[];
  /** Too young to be judged. */
  readonly young: readonly Member[];
  readonly optedOut: readonly OptedOut[];
  /** OTC's own automated backup is off or kept too short. */
  readonly weakNative: readonly WeakNative[];
  /** Several policies mean the database: their runs take turns. */
  readonly shared: readonly SharedDatabase[];
}

export interface UncoveredDatabase extends Member {
  /** Why a tag that was meant to opt the database out does not. */
  readonly remark?: string;
}

export interface OptedOut extends Member {
  readonly reason: string;
}

export interface WeakNative extends Member {
  /** 0 is off. */
  readonly keepDays: number;
}

export interface SharedDatabase extends Member {
  readonly policyIds: readonly string[];
}

/** `instances` is the account's complete listing; `policies` are all enabled ones of the account, paused ones too. */
export function coverageOf(instances: readonly Instance[], policies: readonly CoveringPolicy[], now: number): Coverage {
  const databases = instances.filter((instance) => !instance.isReplica).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const meantBy = policiesByDatabase(policies);
  const open = databases.filter((database) => !meantBy.has(database.id));
  const without = open.filter((database) => optOutReason(database) === undefined);
  const isYoung = ({ createdAt }: Instance) => createdAt !== undefined && now - createdAt < coverageGraceMs;
  return {
    databases: databases.length,
    replicas: instances.length - databases.length,
    covered: databases.length - open.length,
    uncovered: without.filter((database) => !isYoung(database)).map(uncoveredDatabase),
    young: without.filter(isYoung).map(memberOf),
    optedOut: open.flatMap((database) => {
      const reason = optOutReason(database);
      return reason === undefined ? [] : [{ ...memberOf(database), reason }];
    }),
    weakNative: databases.filter((database) => meantBy.has(database.id)).flatMap(weakNative),
    shared: databases.flatMap((database) => {
      const policyIds = meantBy.get(database.id) ?? [];
      return policyIds.length < 2 ? [] : [{ ...memberOf(database), policyIds }];
    }),
  };
}

function policiesByDatabase(policies: readonly CoveringPolicy[]): Map<string, string[]> {
  const meantBy = new Map<string, string[]>();
  for (const { policyId, instanceIds } of policies)
    for (const id of new Set(instanceIds)) meantBy.set(id, [...(meantBy.get(id) ?? []), policyId].toSorted());
  return meantBy;
}

/** The reason somebody gave for not backing the database up; a tag without a text is none. */
function optOutReason({ tags }: Instance): string | undefined {
  const reason = tags.find((tag) => tag.key === optOutTag)?.value.trim();
  return reason === "" ? undefined : reason;
}

function uncoveredDatabase(database: Instance): UncoveredDatabase {
  const tag = database.tags.find(({ key }) => bare(key) === bare(optOutTag));
  if (tag === undefined) return memberOf(database);
  const remark =
    tag.key === optOutTag ? `its tag ${optOutTag} gives no reason` : `its tag is called ${tag.key}, not ${optOutTag}`;
  return { ...memberOf(database), remark };
}

/** Of a name typed in another way. */
function bare(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z]/g, "");
}

function weakNative(database: Instance): WeakNative[] {
  const keepDays = database.backupStrategy?.keepDays;
  return keepDays === undefined || keepDays >= leastNativeDays ? [] : [{ ...memberOf(database), keepDays }];
}

function memberOf({ id, name }: Instance): Member {
  return { id, name };
}
