// How much later than promised something may happen because of the faults around it. Without faults: not at all. Each
// fault that was used around that time buys what it costs and no more, so a promise stays checkable under any plan.

import type { Fault } from "../plan/fault.ts";

const minuteMs = 60_000;
/** A refused version of a secret rests for an hour, also when a lock was all that was wrong. */
const restMs = 70 * minuteMs;
/** No scenario lasts longer. */
const longestWaitMs = 48 * 60 * minuteMs;

/** The promised instant, put off by the faults that were used from shortly before `fromAt` until then. */
export function graced(used: readonly Fault[], fromAt: number, promisedAt: number): number {
  let untilAt = promisedAt;
  // What is put off by a clock that is ahead comes, here, when the world has come so far: ticks between are left out.
  const leapMs = Math.max(0, ...used.map((fault) => (fault.kind === "clock-off" ? fault.byMs : 0)));
  for (const fault of used.toSorted((a, b) => a.at - b.at)) {
    const isOver = endOf(fault) < fromAt - 30 * minuteMs;
    if (!isOver && startOf(fault) <= untilAt) untilAt += costOf(fault) + (isRepeated(fault) ? fault.times * leapMs : 0);
  }
  return untilAt;
}

function isRepeated(fault: Fault): fault is Fault & { times: number } {
  return "times" in fault;
}

/** A clock that is behind stamps what it sees with instants from before the fault; a secret may be stored before it is valid. */
function startOf(fault: Fault): number {
  if (fault.kind === "clock-off") return fault.at + Math.min(0, fault.byMs);
  return fault.kind === "password-changed" ? fault.at + Math.min(0, fault.storedAfterMs) : fault.at;
}

function endOf(fault: Fault): number {
  if (fault.kind === "deployment") return fault.at + fault.forMs + (fault.backForMs ?? 0);
  if ("forMs" in fault) return fault.at + fault.forMs;
  // A fault that waits for its opportunity may strike long after its instant.
  return fault.at + longestWaitMs + ("frozenMs" in fault ? fault.frozenMs : 0);
}

function costOf(fault: Fault): number {
  switch (fault.kind) {
    case "kill":
    case "freeze":
    case "table-hides-write":
      return 5 * minuteMs;
    case "ticks-lost":
    case "table-outage":
    case "notice-outage":
      return fault.forMs + 5 * minuteMs;
    case "ticks-late":
      return fault.byMs + 3 * minuteMs;
    case "ticks-doubled":
    case "small-pages":
      return minuteMs;
    case "clock-off":
      return 2 * Math.abs(fault.byMs) + 3 * minuteMs;
    case "table-refuses":
    case "notice-refused":
    case "notice-answer-lost":
      return 4 * minuteMs * fault.times;
    case "index-lag":
      return 5 * fault.lagMs + 3 * minuteMs;
    case "ledger-restored":
      return fault.backMs + 15 * minuteMs;
    case "post-answer-lost":
      return 6 * minuteMs + fault.lateMs;
    case "otc-refuses":
      return (6 * minuteMs + (fault.afterMs ?? 0)) * fault.times;
    case "otc-outage":
      return fault.forMs + 8 * minuteMs;
    case "list-lag":
      return 2 * fault.lagMs + 6 * minuteMs;
    case "instance-busy":
      return hiddenMs(fault.forMs);
    case "password-changed":
      // The old password is not tried again, and the new one is read within minutes of its being stored. One that is stored
      // before OTC knows it may be tried too early, and rests.
      return fault.storedAfterMs < 0 ? restMs : fault.storedAfterMs + 12 * minuteMs;
    case "user-locked":
      return fault.forMs + restMs;
    case "rate-limit":
      return fault.forMs + 10 * minuteMs;
    case "deployment":
      // Older code leaves newer records alone: they wait for the next tick of newer code.
      return fault.forMs + (fault.backForMs ?? 0) + 5 * minuteMs;
    case "tokens-die":
      return 3 * minuteMs;
    case "names-racy":
    case "answers-echo":
    case "instance-status":
    case "list-hides":
    case "instance-hidden":
    case "delete-answer-lost":
    case "backup-removed":
    case "backup-fate":
      return 0;
  }
}

/** BACKING UP for another backup, for so long, hides the end of ours until the closer look that is owed once an hour. */
export function hiddenMs(forMs = Number.POSITIVE_INFINITY): number {
  return Math.min(forMs, 60 * minuteMs) + 3 * minuteMs;
}
