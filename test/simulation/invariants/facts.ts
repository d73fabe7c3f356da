// What the checker knows of a finished world: what should have been, what OTC really holds, what people were really told,
// and the ledger as plain data. Gathered once; the invariants only read it.

import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { World } from "../engine/world.ts";
import type { OtcBackup } from "../otc/otc-world.ts";
import type { Fault } from "../plan/fault.ts";
import type { StoredItem } from "../tables/expression.ts";
import { type ExpectedRun, expectedRuns } from "./expected-runs.ts";
import { graced } from "./grace.ts";
import { type NameParts, type RunName, readName, readNotice, runName, type Told } from "./names.ts";

export interface LedgerRun {
  readonly name: RunName;
  readonly account: string;
  readonly state: string;
  readonly version: number;
  readonly backupId: string | undefined;
  readonly earlierIds: readonly string[];
  readonly startByAt: number;
  readonly completeByAt: number;
  readonly finishedAt: number | undefined;
  readonly reason: string;
  readonly alertKinds: readonly string[];
}

export interface OwnBackup {
  readonly backup: OtcBackup;
  readonly parts: NameParts;
  readonly run: RunName;
}

export interface Facts {
  readonly world: World;
  readonly endAt: number;
  readonly expected: readonly ExpectedRun[];
  readonly told: readonly (Told & { readonly at: number; readonly dedupeKey: string; readonly body: string })[];
  readonly runs: ReadonlyMap<RunName, LedgerRun>;
  /** Backups at OTC under our names, by run. */
  readonly ours: readonly OwnBackup[];
  /** Backups at OTC that carry our prefix and are not to be understood. */
  readonly strange: readonly OtcBackup[];
  readonly used: readonly Fault[];
  /** A promised instant, put off by the faults used since `fromAt`. */
  readonly graced: (fromAt: number, promisedAt: number) => number;
}

export function gatherFacts(world: World): Facts {
  const used = world.faults.used();
  const ours: OwnBackup[] = [];
  const strange: OtcBackup[] = [];
  for (const backup of world.otc.backups) {
    const parts = readName(backup.name);
    if (parts === undefined || !backup.instanceId.startsWith(parts.instanceStart)) strange.push(backup);
    else ours.push({ backup, parts, run: runName(parts.policyId, backup.instanceId, parts.slotAt) });
  }
  const items = [...world.ledger.items.values()].flatMap(readRun);
  return {
    world,
    endAt: world.timeline.now(),
    expected: expectedRuns(world),
    told: world.inbox.delivered.map(({ at, notice }) => {
      const { dedupeKey, body } = notice;
      return { at, dedupeKey, body, ...readNotice(notice) };
    }),
    runs: new Map(items.map((run) => [run.name, run])),
    ours,
    strange,
    used,
    graced: (fromAt, promisedAt) => graced(used, fromAt, promisedAt),
  };
}

/** Whether OTC let the name of this backup in twice. */
export function isTwin({ world }: Facts, { id, name }: OtcBackup): boolean {
  return world.otc.backups.some((other) => other.name === name && other.id !== id);
}

const instant = (value: unknown) => Date.parse(String(value));

/** A run of the ledger, read without our parser; an item that is none gives nothing. */
export function readRun(item: StoredItem): LedgerRun[] {
  if (item.pk?.S?.startsWith("run#") !== true) return [];
  const run = unmarshall(item);
  if (typeof run.state !== "string") return [];
  return [
    {
      name: `${run.policyId} ${run.instanceId} ${String(run.slotAt).slice(0, 16)}Z`,
      state: run.state,
      version: Number(run.version),
      backupId: run.backupId,
      earlierIds: (run.earlierBackups ?? []).map((backup: { id: string }) => backup.id),
      startByAt: instant(run.terms?.startByAt),
      completeByAt: instant(run.terms?.completeByAt),
      finishedAt: run.finishedAt === undefined ? undefined : instant(run.finishedAt),
      reason: String(run.reason),
      account: run.account,
      alertKinds: (run.alerts ?? []).map((alert: { kind: string }) => alert.kind),
    },
  ];
}
