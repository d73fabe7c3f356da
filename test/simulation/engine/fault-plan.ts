// The faults of one scenario as the world asks for them: which lasts now, and which waits for just this opportunity.
// Remembers what was used, since the checker grants time only for faults that happened.

import type { Fault, FaultKind, FaultOf } from "../plan/fault.ts";

export class FaultPlan {
  readonly #byKind: ReadonlyMap<FaultKind, readonly Fault[]>;
  readonly #uses = new Map<Fault, number>();
  readonly #now: () => number;
  readonly #endAt: number;

  /** From `endAt` on the world behaves, whatever is left. */
  constructor(faults: readonly Fault[], times: { now: () => number; endAt: number }) {
    this.#byKind = Map.groupBy(faults, (fault) => fault.kind);
    this.#now = times.now;
    this.#endAt = times.endAt;
  }

  /** The fault of this kind that lasts now, if any. */
  lasting<K extends FaultKind>(kind: K, applies: (fault: FaultOf<K>) => boolean = () => true): FaultOf<K> | undefined {
    const faults = this.#byKind.get(kind);
    if (faults === undefined) return undefined;
    const now = this.#now();
    if (now >= this.#endAt) return undefined;
    const found = faults.find(
      (fault): fault is FaultOf<K> =>
        isKind(fault, kind) && "forMs" in fault && fault.at <= now && now < fault.at + fault.forMs && applies(fault),
    );
    if (found !== undefined) this.#uses.set(found, 1);
    return found;
  }

  /** Takes the first fault of this kind that waits for an opportunity like this one. */
  take<K extends FaultKind>(kind: K, applies: (fault: FaultOf<K>) => boolean = () => true): FaultOf<K> | undefined {
    const faults = this.#byKind.get(kind);
    if (faults === undefined) return undefined;
    const now = this.#now();
    if (now >= this.#endAt) return undefined;
    const found = faults.find(
      (fault): fault is FaultOf<K> =>
        isKind(fault, kind) && fault.at <= now && this.#uses.get(fault) !== timesOf(fault) && applies(fault),
    );
    if (found !== undefined) this.#uses.set(found, (this.#uses.get(found) ?? 0) + 1);
    return found;
  }

  /** Every fault that had an effect, or lasted while something happened. */
  used(): Fault[] {
    return [...this.#uses.keys()];
  }
}

function isKind<K extends FaultKind>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

function timesOf(fault: Fault): number {
  return "times" in fault ? fault.times : 1;
}
