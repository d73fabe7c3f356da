// OTC as it really is in a simulated world: instances, backups and what became of them. This is the ground truth the
// checker trusts; what a caller is told of it, and when, is otc-account.ts.

import type { BackupStatus } from "../../../shared/domain/remote.ts";
import type { SeededChance } from "../engine/chance.ts";
import type { BackupFate } from "../plan/fault.ts";

const minuteMs = 60_000;
const secondMs = 1000;

export interface OtcInstance {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly isReplica: boolean;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  /** When it was made and when it was deleted, where that happens in the scenario. */
  readonly fromAt?: number;
  readonly toAt?: number;
}

export function isThere({ fromAt, toAt }: OtcInstance, at: number): boolean {
  return at >= (fromAt ?? Number.NEGATIVE_INFINITY) && at < (toAt ?? Number.POSITIVE_INFINITY);
}

export interface OtcBackup {
  readonly id: string;
  readonly name: string;
  readonly instanceId: string;
  readonly createdAt: number;
  readonly fate: BackupFate | "completes";
  /** When it reaches its end, COMPLETED or FAILED; infinite for one that builds for ever. */
  readonly endsAt: number;
  readonly sizeKb: number | undefined;
  /** When its row goes away, if it does. */
  deletedAt: number;
}

export interface Deleted {
  readonly at: number;
  readonly backup: OtcBackup;
  /** Who asked for it, and since when that process was at work. */
  readonly by: string;
  readonly bySince: number;
}

export interface OtcWorldOptions {
  readonly now: () => number;
  readonly chance: SeededChance;
  readonly instances: readonly OtcInstance[];
  /** The fate of the next backup, decided as it is created. */
  readonly nextFate: () => BackupFate | undefined;
}

export class OtcWorld {
  readonly instances: readonly OtcInstance[];
  readonly backups: OtcBackup[] = [];
  /** Every POST that reached OTC, in the order in which they did. */
  readonly posts: { readonly sentAt: number; readonly name: string; readonly isThrottled: boolean }[] = [];
  /** Every backup that somebody deleted through the API. */
  readonly deletions: Deleted[] = [];
  readonly #options: OtcWorldOptions;

  constructor(options: OtcWorldOptions) {
    this.instances = options.instances;
    this.#options = options;
  }

  instance(id: string): OtcInstance | undefined {
    const now = this.#options.now();
    return this.instances.find((instance) => instance.id === id && isThere(instance, now));
  }

  backupsOf(instanceId: string): OtcBackup[] {
    return this.backups.filter((backup) => backup.instanceId === instanceId);
  }

  isBusy(instanceId: string): boolean {
    return this.backupsOf(instanceId).some((backup) => statusAt(backup, this.#options.now()) === "BUILDING");
  }

  isBuildingForEver(id: string | undefined): boolean {
    return this.backups.some((backup) => backup.id === id && !Number.isFinite(backup.endsAt));
  }

  /** The rows of that name that are still there, on any instance: one at most, unless OTC's checks are racy. */
  named(name: string): OtcBackup[] {
    return this.backups.filter((backup) => backup.name === name && this.#options.now() < backup.deletedAt);
  }

  /** A backup that stands there already. */
  add(backup: OtcBackup): void {
    this.backups.push(backup);
  }

  /** Creates without asking whether it may. */
  create(request: { instanceId: string; name: string }): OtcBackup {
    const { chance, now, nextFate } = this.#options;
    const fate = nextFate() ?? "completes";
    const buildsForMs = buildMs(fate, chance);
    const createdAt = now();
    const backup: OtcBackup = {
      id: `${(this.backups.length + 1).toString(16).padStart(8, "0")}c0ffee${chance.between(0, 0xffff).toString(16).padStart(4, "0")}br01`,
      name: request.name,
      instanceId: request.instanceId,
      createdAt,
      fate,
      endsAt: createdAt + buildsForMs,
      sizeKb: sizeOf(fate, chance),
      deletedAt: fate === "vanishes" ? createdAt + chance.between(1, 20) * minuteMs : Number.POSITIVE_INFINITY,
    };
    this.backups.push(backup);
    return backup;
  }
}

/** What OTC knows itself; nothing when the row is not there (not yet, or no more). */
export function statusAt(backup: OtcBackup, at: number): BackupStatus | undefined {
  if (at < backup.createdAt || at >= backup.deletedAt) return undefined;
  if (at < backup.endsAt) return "BUILDING";
  return endsFailed(backup) ? "FAILED" : "COMPLETED";
}

export function endsFailed(backup: OtcBackup): boolean {
  return backup.fate === "fails-early" || backup.fate === "fails-late";
}

function buildMs(fate: OtcBackup["fate"], chance: SeededChance): number {
  switch (fate) {
    case "fails-early":
      return chance.between(2, 40) * secondMs;
    case "fails-late":
      return chance.between(25, 120) * minuteMs;
    case "slow":
      return chance.between(90, 400) * minuteMs;
    case "stays-building":
      return Number.POSITIVE_INFINITY;
    case "vanishes":
      return 30 * minuteMs;
    case "completes":
    case "no-size":
    case "too-small":
      return chance.happens(0.85) ? chance.between(30, 400) * secondMs : chance.between(7, 45) * minuteMs;
  }
}

function sizeOf(fate: OtcBackup["fate"], chance: SeededChance): number | undefined {
  if (fate === "no-size") return undefined;
  return fate === "too-small" ? 0 : chance.between(1_000, 9_000_000);
}
