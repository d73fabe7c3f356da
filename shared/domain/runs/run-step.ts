// One step of a run and its trace in the run's history. Which steps there are, and what else they change, is run-machine.ts.

import type { Failure, FailureEvidence } from "../failure.ts";
import type { RunAlertKind } from "../messages/alert.ts";
import type { RunEvent, RunReason, RunState } from "./run.ts";

export interface Step {
  readonly to: RunState;
  readonly reason: RunReason;
  readonly at: number;
  readonly detail?: string;
  readonly evidence?: FailureEvidence;
  readonly alert?: RunAlertKind;
}

/** A step that follows from a failure carries its words and OTC's answer. */
export function because(why: Failure): Pick<Step, "reason" | "detail" | "evidence"> {
  const evidence = why.evidence === undefined ? {} : { evidence: why.evidence };
  return { reason: why.code, detail: why.message, ...evidence };
}

/** The step as the beginning of a history; `withEvent` continues one. */
export function eventOf(step: Step): RunEvent {
  return {
    from: "none",
    to: step.to,
    reason: step.reason,
    at: step.at,
    times: 1,
    lastAt: step.at,
    ...(step.detail === undefined ? {} : { detail: step.detail }),
    ...(step.evidence === undefined ? {} : { evidence: step.evidence }),
  };
}

/** The history with one more event. The same step once more, in the same state, is counted and not listed again. */
export function withEvent(events: readonly RunEvent[], event: RunEvent): readonly RunEvent[] {
  const last = events.at(-1);
  const repeats = last?.from === event.from && last.to === event.to && last.reason === event.reason;
  if (last === undefined || !repeats || event.from !== event.to) return [...events, event];
  return [...events.slice(0, -1), { ...event, at: last.at, times: last.times + 1 }];
}
