// What must be said of the fleet at a dawn: from the driver's own record of what it did, and from what OTC really holds.

import { type AccountName, type Database, dayMs, type ModelPolicy, projectOf, slotsOf } from "./fleet-model.ts";

/** A backup as the simulator's control shows it. */
export interface HeldBackup {
  readonly name: string;
  readonly projectId: string;
  readonly instanceId: string;
  readonly status: string;
  readonly goneAt: number | null;
  readonly goneBecause: string | null;
}

/** Who was meant by a policy at each of its slots, written down by the driver when the slot came. */
export interface OwedSlot {
  readonly policyId: string;
  readonly slotAt: number;
  readonly ids: readonly string[];
  readonly paused: boolean;
}

export interface Dawn {
  readonly covered: number;
  readonly uncovered: readonly string[];
  readonly optedOut: readonly string[];
  readonly gone: readonly string[];
  readonly unwell: readonly string[];
  readonly weakNative: readonly string[];
  readonly shared: readonly string[];
  readonly atRisk: readonly string[];
  /** Per policy: slots of the last 24 hours, and how many of them left a good backup. */
  readonly night: Readonly<Record<string, { planned: number; good: number; paused: number }>>;
  /** Backups that had been COMPLETED and that OTC has no longer had for a day, though nobody here deleted them. */
  readonly lost: readonly string[];
}

export interface TruthFacts {
  readonly account: AccountName;
  readonly now: number;
  readonly databases: readonly Database[];
  readonly policies: readonly ModelPolicy[];
  readonly owed: readonly OwedSlot[];
  readonly backups: readonly HeldBackup[];
  /** Databases that were there and meant when somebody looked, by the time of the last look. */
  readonly everMeant: ReadonlySet<string>;
}

const hopeless = new Set(["SHUTDOWN", "STORAGE FULL", "FROZEN", "FAILED"]);
const stamp = (slotAt: number) => new Date(slotAt).toISOString().slice(0, 16).replaceAll(/[-:]/g, "");
const sorted = (ids: Iterable<string>) => [...ids].toSorted();

export function truthAtDawn(facts: TruthFacts): Dawn {
  const { account, now, everMeant } = facts;
  const policies = facts.policies.filter((one) => one.account === account);
  const ofAccount = facts.databases.filter((one) => one.account === account && !one.isReplica);
  const here = ofAccount.filter((one) => one.removedAt === undefined);
  const enabled = policies.filter((one) => one.enabled);
  const meaning = (one: Database) => enabled.filter((policy) => isMeant(policy, one, now));
  const open = here.filter((one) => meaning(one).length === 0);
  const reason = (one: Database) => (one.tags["otc-backup-optout"] ?? "").trim();
  const ids = (list: readonly Database[]) => sorted(list.map((one) => one.id));
  const covered = here.filter((one) => meaning(one).length > 0);
  return {
    covered: covered.length,
    uncovered: ids(open.filter((one) => reason(one) === "" && now - one.addedAt >= 3_600_000)),
    optedOut: ids(open.filter((one) => reason(one) !== "")),
    gone: ids(ofAccount.filter((one) => one.removedAt !== undefined && everMeant.has(one.id))),
    unwell: ids(covered.filter((one) => hopeless.has(one.status))),
    weakNative: ids(covered.filter((one) => one.keepDays < 7)),
    shared: ids(covered.filter((one) => meaning(one).length > 1)),
    atRisk: sorted(policies.flatMap((policy) => atRisk(policy, facts))),
    night: Object.fromEntries(policies.map((policy) => [policy.policyId, nightOf(policy, facts)])),
    lost: lostOf(account, { ...facts, untilAt: now - dayMs }),
  };
}

export function isMeant(policy: ModelPolicy, one: Database, at: number): boolean {
  const inGrace = policy.policyId.endsWith("-tagged") && one.graceUntilAt !== undefined && at < one.graceUntilAt;
  return policy.means(one) || inGrace;
}

/** `policy/database` of which the newest slot that has ended left no backup. */
function atRisk(policy: ModelPolicy, facts: TruthFacts): string[] {
  const { now } = facts;
  if (!policy.enabled || (policy.pausedUntilAt ?? 0) > now) return [];
  const listed = policy.listed;
  const slots = facts.owed.filter((slot) => slot.policyId === policy.policyId && slot.slotAt < now);
  const members = listed ?? facts.databases.filter((one) => isListed(policy, one, facts)).map((one) => one.id);
  return members
    .filter((id) => {
      const newest = slots.findLast((slot) => slot.ids.includes(id) && !slot.paused);
      return newest !== undefined && outcome(policy, id, newest.slotAt, facts) === "none";
    })
    .map((id) => `${policy.policyId}/${id}`);
}

function isListed(policy: ModelPolicy, one: Database, { now }: TruthFacts): boolean {
  return one.account === policy.account && !one.isReplica && one.removedAt === undefined && isMeant(policy, one, now);
}

function outcome(policy: ModelPolicy, id: string, slotAt: number, facts: TruthFacts): "good" | "building" | "none" {
  const its = facts.backups.filter(
    (one) => one.instanceId === id && one.name.includes(`-${policy.policyId}-`) && one.name.includes(stamp(slotAt)),
  );
  // What retention deleted was good before.
  if (its.some((one) => one.status === "COMPLETED" || one.goneBecause === "deleted")) return "good";
  return its.some((one) => one.status === "BUILDING") ? "building" : "none";
}

function nightOf(policy: ModelPolicy, facts: TruthFacts): { planned: number; good: number; paused: number } {
  const slots = new Set(slotsOf(policy, facts.now - dayMs, facts.now));
  const owed = facts.owed.filter((slot) => slot.policyId === policy.policyId && slots.has(slot.slotAt));
  const keys = owed.flatMap(({ ids, slotAt }) => ids.map((id) => ({ id, slotAt })));
  return {
    planned: keys.length,
    good: keys.filter(({ id, slotAt }) => outcome(policy, id, slotAt, facts) === "good").length,
    paused: owed.filter((slot) => slot.paused).flatMap((slot) => slot.ids).length,
  };
}

/** Names of what vanished from OTC up to then. */
export function lostOf(account: AccountName, facts: { backups: readonly HeldBackup[]; untilAt: number }): string[] {
  const its = facts.backups.filter((one) => one.projectId === projectOf(account) && one.goneBecause === "vanished");
  return sorted(its.filter((one) => (one.goneAt ?? 0) <= facts.untilAt).map((one) => one.name));
}
