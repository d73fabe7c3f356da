// Whether a run's name may stand at OTC although nobody has seen it there: an answer to a POST was lost, two listings did not show
// the name, and listings may lag by more than the time between them. Read from the run's own history.

import type { Run } from "./run.ts";

const minuteMs = 60_000;

/** Once the same name is to be sent again, its first sending stays a possibility until OTC answers for the name. */
export function isInDoubt(run: Run): boolean {
  return timesResent(run) > 0;
}

/** How long such a run waits for its next look by name: a minute more each time it was not found, five at most. */
export function lookAgainAfterMs(run: Run): number {
  return Math.min(5, timesResent(run)) * minuteMs;
}

/** Another attempt has another name, and doubts about an earlier one do not concern it. */
function timesResent({ events, name }: Run): number {
  const first = events.findIndex((event) => event.reason === "claimed" && event.detail === name);
  return first < 0 ? 0 : events.slice(first).filter((event) => event.reason === "resend").length;
}
