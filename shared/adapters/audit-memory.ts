// What a process remembers from audit to audit, in its own memory: gone with the process, and bounded, since a night in which
// everything fails is the one in which it grows.

import type { AuditMemory, OlderRuns } from "../ports.ts";

/** Some 50 MB. */
const mostRuns = 100_000;

export class ProcessAuditMemory implements AuditMemory {
  readonly #byPolicy = new Map<string, OlderRuns>();
  readonly #limit: number;
  #runs = 0;

  constructor(limit = mostRuns) {
    this.#limit = limit;
  }

  recall(policyId: string): OlderRuns | undefined {
    return this.#byPolicy.get(policyId);
  }

  /** What was remembered first goes first; what is larger than all the room is not remembered. */
  remember(policyId: string, older: OlderRuns): void {
    this.forget(policyId);
    if (older.runs.length > this.#limit) return;
    for (const oldest of this.#byPolicy.keys()) {
      if (this.#runs + older.runs.length <= this.#limit) break;
      this.forget(oldest);
    }
    this.#byPolicy.set(policyId, older);
    this.#runs += older.runs.length;
  }

  forget(policyId: string): void {
    this.#runs -= this.#byPolicy.get(policyId)?.runs.length ?? 0;
    this.#byPolicy.delete(policyId);
  }
}
