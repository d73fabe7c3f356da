// Which slots of a policy are due, and what becomes of each. Pure: the same facts give the same answer, so a tick that
// runs twice, late or after days of outage accounts for the same slots.

import type { Policy } from "../policy.ts";
import { slotsBetween } from "./slots.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** After an outage longer than this, older slots are not listed one by one any more. */
export const accountingHorizonMs = 31 * dayMs;

export interface DueFacts {
  readonly now: number;
  /** Every slot up to here has its run. Absent before the first tick ever. */
  readonly accountedThroughAt: number | undefined;
  /** When the ledger first met a valid version of this policy, as long as no accounting has passed that instant. */
  readonly newSinceAt?: number;
}

/** `start`: try to bring the backup about. `missed`: over before we came. `paused`: inside the policy's pause. */
export interface DueSlot {
  readonly slotAt: number;
  readonly fate: "start" | "missed" | "paused";
  readonly startByAt: number;
  readonly completeByAt: number;
}

/**
 * The slots that are due and not accounted for, oldest first.
 * A new policy owes every slot since the ledger met it, and takes the latest one from before while its start window is
 * open and no later one is due. After an outage the latest slot is
 * started if its window is open or the policy catches up (`catchUp: latest`, the windows then count from now); all older
 * ones are missed, so that an outage never ends in a stampede.
 */
export function dueSlots(policy: Policy, facts: DueFacts): DueSlot[] {
  if (!policy.enabled) return [];
  const { now } = facts;
  const slots = [...slotsBetween(policy.schedule, firstCandidateAt(policy, facts), now + 1)];
  const owedSinceAt = newSince(facts);
  const owed = owedSinceAt === undefined ? slots : slots.filter((slotAt) => slotAt > owedSinceAt);
  const due = owed.length > 0 ? owed : slots.slice(-1);
  return due.map((slotAt, index) => dueSlot(policy, { slotAt, isLatest: index === due.length - 1, now }));
}

function firstCandidateAt(policy: Policy, facts: DueFacts): number {
  const windowOpenSinceAt = facts.now - policy.startWindowMinutes * minuteMs;
  const owedSinceAt = newSince(facts);
  const sinceAt = owedSinceAt === undefined ? facts.accountedThroughAt : Math.min(owedSinceAt, windowOpenSinceAt - 1);
  return Math.max((sinceAt ?? windowOpenSinceAt) + 1, facts.now - accountingHorizonMs);
}

/** Before the first accounting ever, every policy is new. */
function newSince({ newSinceAt, accountedThroughAt, now }: DueFacts): number | undefined {
  return accountedThroughAt === undefined ? (newSinceAt ?? now) : newSinceAt;
}

function dueSlot(policy: Policy, facts: { slotAt: number; isLatest: boolean; now: number }): DueSlot {
  const { slotAt, isLatest, now } = facts;
  const windowMs = policy.startWindowMinutes * minuteMs;
  const isOpen = now <= slotAt + windowMs;
  const countFromAt = isOpen ? slotAt : now;
  const windows = {
    startByAt: countFromAt + windowMs,
    completeByAt: countFromAt + policy.completionWindowMinutes * minuteMs,
  };
  if (policy.pausedUntil !== undefined && slotAt < policy.pausedUntil) return { slotAt, fate: "paused", ...windows };
  const starts = isLatest && (isOpen || policy.catchUp === "latest");
  return { slotAt, fate: starts ? "start" : "missed", ...windows };
}
