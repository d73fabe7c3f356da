// What became of the databases of an account since they were looked at last: gone, made anew under the same name, renamed,
// changed to another engine version, or in a state in which OTC backs nothing up. Each has its consequence and its remedy.

import { hopelessStatus } from "../runs/decide-start.ts";
import type { Instance } from "../remote.ts";
import type { Member } from "./selection.ts";

export interface KnownDatabase extends Member {
  readonly engineVersion: string;
  /** The policies that meant it. */
  readonly policyIds: readonly string[];
}

/** A database that policies meant and that the account does not have any more. */
export interface GoneDatabase extends Member {
  readonly goneSinceAt: number;
  /** The policies that meant it. */
  readonly policyIds: readonly string[];
  /** Another database of the same name. */
  readonly recreatedAs?: string;
}

export interface LifeChange {
  readonly kind: "renamed" | "engine-changed";
  readonly id: string;
  readonly name: string;
  /** The former name or version, and the one of now. */
  readonly from: string;
  readonly to: string;
}

/** Cannot be backed up as it is: its slots will be skipped. */
export interface UnwellDatabase extends Member {
  readonly status: string;
}

export interface Life {
  readonly known: readonly KnownDatabase[];
  readonly gone: readonly GoneDatabase[];
  readonly changes: readonly LifeChange[];
  readonly unwell: readonly UnwellDatabase[];
}

export interface LifeFacts {
  readonly now: number;
  /** The account's complete listing. */
  readonly instances: readonly Instance[];
  /** Of the last look; nothing at the first one. */
  readonly before: { readonly known: readonly KnownDatabase[]; readonly gone: readonly GoneDatabase[] } | undefined;
  /** Policies that mean a database now. */
  readonly policiesOf: (id: string) => readonly string[];
}

/**
 * A database that goes is remembered until a policy no longer lists it and a month has passed, or until it is back. Its
 * backups stay: retention removes nothing of a database that is gone.
 */
export function lifeOf({ now, instances, before, policiesOf }: LifeFacts): Life {
  const databases = instances.filter((instance) => !instance.isReplica);
  const here = new Map(databases.map((database) => [database.id, database]));
  const byName = new Map(databases.map((database) => [database.name, database.id]));
  const went = (before?.known ?? []).filter((known) => !here.has(known.id));
  const earlier = (before?.gone ?? []).filter((gone) => !here.has(gone.id));
  const gone = [
    ...earlier.filter((one) => policiesOf(one.id).length > 0 || now - one.goneSinceAt < rememberMs),
    ...went.flatMap(({ id, name, policyIds }) =>
      policyIds.length === 0 ? [] : [{ id, name, goneSinceAt: now, policyIds }],
    ),
  ];
  return {
    known: databases.map(({ id, name, engineVersion = "" }) => ({
      id,
      name,
      engineVersion,
      policyIds: policiesOf(id),
    })),
    gone: gone.map((one) => withNamesake(one, byName.get(one.name))),
    changes: (before?.known ?? []).flatMap((known) => changesOf(known, here.get(known.id), policiesOf)),
    unwell: databases.flatMap(({ id, name, status }) =>
      hopelessStatus(status) === undefined || policiesOf(id).length === 0 ? [] : [{ id, name, status }],
    ),
  };
}

const rememberMs = 30 * 86_400_000;

function withNamesake(gone: GoneDatabase, namesake: string | undefined): GoneDatabase {
  const { recreatedAs: _before, ...rest } = gone;
  return namesake === undefined ? rest : { ...rest, recreatedAs: namesake };
}

function changesOf(known: KnownDatabase, now: Instance | undefined, policiesOf: LifeFacts["policiesOf"]): LifeChange[] {
  if (now === undefined || policiesOf(known.id).length === 0) return [];
  const { id, name, engineVersion = "" } = now;
  return [
    ...(name === known.name ? [] : [{ kind: "renamed", id, name, from: known.name, to: name } as const]),
    ...(engineVersion === "" || known.engineVersion === "" || engineVersion === known.engineVersion
      ? []
      : [{ kind: "engine-changed", id, name, from: known.engineVersion, to: engineVersion } as const]),
  ];
}
