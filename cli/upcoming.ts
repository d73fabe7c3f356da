// The next runs of a policy in words: when on the policy's own clock, how far away, and what a clock change does to them.

import type { Policy } from "../shared/domain/policy.ts";
import { clockChangeNote } from "../shared/domain/slots/slot-notes.ts";
import { nextSlots } from "../shared/domain/slots/slots.ts";
import { relativeText, wallText } from "./time-text.ts";

export interface Upcoming {
  readonly slotAt: number;
  readonly paused: boolean;
  readonly note?: string;
}

/** The next slots after `now`; none for a policy that is switched off. */
export function upcoming(policy: Policy, now: number, count: number): Upcoming[] {
  if (!policy.enabled) return [];
  return nextSlots(policy.schedule, now, count).map((slotAt) => toUpcoming(policy, slotAt));
}

export function toUpcoming(policy: Policy, slotAt: number): Upcoming {
  const note = clockChangeNote(policy.schedule, slotAt);
  const paused = policy.pausedUntil !== undefined && slotAt < policy.pausedUntil;
  return { slotAt, paused, ...(note === undefined ? {} : { note }) };
}

/** One line per run: `Wed 25 Nov 02:30 CET (in 16 h 3 m)`. */
export function upcomingLines(policy: Policy, now: number, count: number): string[] {
  if (!policy.enabled) return ["none: the policy is switched off (enabled: false)"];
  return upcoming(policy, now, count).map(({ slotAt, paused, note }) => {
    const pause = paused ? `; skipped: paused, ${policy.pauseReason ?? "no reason given"}` : "";
    return `${wallText(slotAt, now, policy.timeZone)} (${relativeText(slotAt, now)})${pause}${note === undefined ? "" : `; ${note}`}`;
  });
}
