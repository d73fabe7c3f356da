// From a policy row to the policy in force. A valid edit becomes the next version; an invalid one changes nothing but
// what people are told: the last valid version stays in force.

import { isSharedLine } from "../domain/coverage/shared-databases.ts";
import type { Observed } from "../domain/observed.ts";
import { type Policy, type Problem, problemLine } from "../domain/policy.ts";
import { nextSlots } from "../domain/slots/slots.ts";
import { parsePolicy } from "../policies/parse-policy.ts";
import type { EffectivePolicy, PolicyRow, PolicyVersionStore } from "../ports.ts";
import type { Accounted } from "../ports-for-accounting.ts";

/** The policy in force, the version it is, and since when the ledger knows it if that was after the last accounting. */
export interface InForce {
  readonly policy: Policy;
  readonly version: number;
  readonly contentHash: string;
  readonly newSinceAt?: number;
}

export interface Understood {
  readonly inForce: InForce | undefined;
  /** What is wrong with the row as it stands; empty when it is valid. */
  readonly problems: readonly Problem[];
  /** What is doubtful about a valid row: said on the row, so that a misspelt field is seen. */
  readonly warnings?: readonly Problem[];
}

interface Facts {
  readonly now: number;
  readonly accounted: Accounted;
}

/** Reads the ledger only for rows that changed since they were last observed, for invalid ones, and for all after it was restored. */
export async function understandRow(row: PolicyRow, versions: PolicyVersionStore, facts: Facts): Promise<Understood> {
  const parse = row.parse;
  if (!parse.ok) return { inForce: await lastValid(row.policyId, versions, facts), problems: parse.problems };
  const { policy, contentHash } = parse;
  const throughAt = facts.accounted.of(policy.account);
  const seen = row.observed;
  if (seen?.contentHash === contentHash && seen.effectiveVersion !== undefined) {
    const version = isOlder(throughAt, seen)
      ? (await recorded(row, contentHash, { versions, now: seen.checkedAt })).version
      : seen.effectiveVersion;
    return { inForce: { policy, version, contentHash }, problems: [], warnings: parse.warnings };
  }
  const effective = await recorded(row, contentHash, { versions, now: facts.now });
  return {
    inForce: { policy, version: effective.version, contentHash, ...newness(effective, throughAt) },
    problems: [],
    warnings: parse.warnings,
  };
}

/**
 * A ledger whose accounting lies before what stands on the row is an older copy, put back: the version that the row speaks of may
 * be missing in it, and then nothing would stay in force at the next wrong edit.
 */
function isOlder(accountedThroughAt: number | undefined, seen: Observed): boolean {
  return accountedThroughAt === undefined || seen.checkedAt > accountedThroughAt;
}

/** The version of the row as it stands, in force in the ledger. */
async function recorded(
  row: PolicyRow,
  contentHash: string,
  { versions, now }: { versions: PolicyVersionStore; now: number },
): Promise<EffectivePolicy> {
  const before = await versions.effective(row.policyId ?? "");
  if (before?.contentHash === contentHash) return before;
  return recordVersion(row, contentHash, { before, versions, now });
}

async function recordVersion(
  row: PolicyRow,
  contentHash: string,
  facts: { before: EffectivePolicy | undefined; versions: PolicyVersionStore; now: number },
): Promise<EffectivePolicy> {
  const policyId = row.policyId ?? "";
  const next = { policyId, version: (facts.before?.version ?? 0) + 1, contentHash, since: facts.now, raw: row.raw() };
  if ((await facts.versions.record(next, facts.before)) === "written") return next;
  return (await facts.versions.effective(policyId)) ?? next;
}

async function lastValid(
  policyId: string | undefined,
  versions: PolicyVersionStore,
  facts: Facts,
): Promise<InForce | undefined> {
  if (policyId === undefined) return undefined;
  const effective = await versions.effective(policyId);
  if (effective === undefined) return undefined;
  const parse = parsePolicy(effective.raw, facts.now);
  if (!parse.ok) return undefined;
  return {
    policy: parse.policy,
    version: effective.version,
    contentHash: effective.contentHash,
    ...newness(effective, facts.accounted.of(parse.policy.account)),
  };
}

function newness({ version, since }: EffectivePolicy, accountedThroughAt: number | undefined): { newSinceAt?: number } {
  const isNew = accountedThroughAt === undefined || (version === 1 && since > accountedThroughAt);
  return isNew ? { newSinceAt: since } : {};
}

/**
 * What belongs onto the row now. `shared` is the line about databases that other policies mean too, as far as somebody has
 * looked; unless somebody has, the one that stands there stays.
 */
export function nextObserved(
  row: PolicyRow,
  understood: Understood,
  at: { now: number; shared: readonly string[] | undefined },
): Observed {
  const { now } = at;
  const { inForce, problems } = understood;
  const shared = at.shared ?? row.observed?.warnings?.filter(isSharedLine) ?? [];
  const warnings = [...(understood.warnings ?? []).map(problemLine), ...shared];
  const seen = row.observed;
  const knownSinceAt = seen === undefined ? now : seen.knownSinceAt;
  const selection = seen?.selection?.version === inForce?.version ? seen?.selection : undefined;
  const next: Observed = {
    status: statusOf(understood, now),
    problems: problems.map(problemLine),
    ...(warnings.length === 0 ? {} : { warnings }),
    nextSlots: inForce === undefined ? [] : upcoming(inForce, seen, now),
    ...(inForce === undefined ? {} : { effectiveVersion: inForce.version }),
    ...(inForce === undefined || problems.length > 0 ? {} : { contentHash: inForce.contentHash }),
    ...(seen?.lastGoodAt === undefined ? {} : { lastGoodAt: seen.lastGoodAt }),
    ...(knownSinceAt === undefined ? {} : { knownSinceAt }),
    checkedAt: now,
  };
  return selection === undefined ? next : withSelection(next, selection);
}

/** The row's map with what its selector matched; a selector that matches nothing is a problem of a row that is else valid. */
export function withSelection(observed: Observed, selection: NonNullable<Observed["selection"]>): Observed {
  const problems = observed.problems.filter((line) => line !== emptySelectorLine);
  const isEmpty = selection.matched === 0 && observed.status !== "INVALID";
  return { ...observed, selection, problems: isEmpty ? [...problems, emptySelectorLine] : problems };
}

const emptySelectorLine =
  "selector: matches nothing: no database of the account has these tags, this name and this engine; correct it, or tag the databases";

function statusOf({ inForce, problems }: Understood, now: number): Observed["status"] {
  if (problems.length > 0 || inForce === undefined) return "INVALID";
  if (!inForce.policy.enabled) return "DISABLED";
  return inForce.policy.pausedUntil !== undefined && now < inForce.policy.pausedUntil ? "PAUSED" : "OK";
}

/** The three slots on the row still hold while the version is the same and the first of them lies ahead. */
function upcoming(inForce: InForce, seen: Observed | undefined, now: number): readonly number[] {
  if (!inForce.policy.enabled) return [];
  const first = seen?.nextSlots[0];
  if (seen !== undefined && seen.effectiveVersion === inForce.version && first !== undefined && first > now)
    return seen.nextSlots;
  return nextSlots(inForce.policy.schedule, now, 3);
}
