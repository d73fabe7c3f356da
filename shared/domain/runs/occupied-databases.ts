// One run of ours at a time on one database, whichever policies it belongs to: the second waits without a call. OTC's own
// refusal of a busy database is the second lock.

import { type Failure, failure } from "../failure.ts";
import { type RunKey, runId } from "./naming.ts";

const retryMs = 60_000;

/**
 * A run whose look is overdue by more than this is followed by nobody just now, and holds nobody up: were poll-backups dead,
 * its runs would otherwise cost others their slots. Whether the database is busy, OTC says.
 */
const unfollowedMs = 5 * 60_000;

/** A run that is requested or building, and when it is looked at next. */
export interface RunAtOtc extends RunKey {
  readonly lookAt: number;
}

export class OccupiedDatabases {
  readonly #holders = new Map<string, string>();

  constructor(atOtc: readonly RunAtOtc[], now: number) {
    for (const run of atOtc) if (now - run.lookAt <= unfollowedMs) this.#holders.set(run.instanceId, runId(run));
  }

  /** Takes the run's database, or says which other run has it. */
  occupy(run: RunKey): string | undefined {
    const holder = this.#holders.get(run.instanceId);
    if (holder !== undefined && holder !== runId(run)) return holder;
    this.#holders.set(run.instanceId, runId(run));
    return undefined;
  }

  /** Gives the database back: nothing of this run is under way at OTC. */
  release(run: RunKey): void {
    if (this.#holders.get(run.instanceId) === runId(run)) this.#holders.delete(run.instanceId);
  }
}

/** Why and until when a run waits behind another one of its database. */
export function behind(holder: string, now: number): [Failure, { now: number; retryAt: number }] {
  return [failure("instance-busy", `its database has a run under way: ${holder}`), { now, retryAt: now + retryMs }];
}
