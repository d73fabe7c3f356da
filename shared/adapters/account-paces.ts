// One pace per account for the life of the process, begun with what an earlier process has learned.

import { type AdaptivePacer, createPacer, type LearnedRate } from "../otc/pace.ts";
import type { Clock } from "../ports.ts";

/** Where learned rates outlive the process. */
export interface PaceMemory {
  read(account: string): Promise<LearnedRate | undefined>;
  keep(account: string, rate: LearnedRate): Promise<void>;
}

export interface AccountPacesOptions {
  readonly clock: Clock;
  /** Number in [0, 1). */
  readonly random: () => number;
  readonly memory: PaceMemory;
  /** Calls per second and account that this process may make at most. */
  readonly ceilingPerSecond: number;
}

interface Paced {
  readonly pacer: AdaptivePacer;
  kept: LearnedRate | undefined;
}

/** A change below this is not worth a write. */
const noteworthyChange = 0.02;
/** So old may the kept record of an unchanged rate grow before it is confirmed. */
const confirmAfterMs = 10 * 60_000;

export class AccountPaces {
  readonly #options: AccountPacesOptions;
  readonly #paced = new Map<string, Promise<Paced>>();

  constructor(options: AccountPacesOptions) {
    this.#options = options;
  }

  /** Throws FailureError `storage-unavailable` when the memory cannot be read; the next call tries again. */
  async of(account: string): Promise<AdaptivePacer> {
    const known = this.#paced.get(account) ?? this.#begin(account);
    this.#paced.set(account, known);
    try {
      return (await known).pacer;
    } catch (error) {
      this.#paced.delete(account);
      throw error;
    }
  }

  async #begin(account: string): Promise<Paced> {
    const { clock, random, ceilingPerSecond, memory } = this.#options;
    const initial = await memory.read(account);
    return { pacer: createPacer({ clock, random, ceilingPerSecond, initial }), kept: initial };
  }

  /** Writes down what has changed. Throws FailureError `storage-unavailable`. */
  async keep(): Promise<void> {
    for (const [account, begun] of this.#paced) {
      const paced = await begun;
      const learned = paced.pacer.snapshot();
      if (learned === undefined || !isNews(learned, paced.kept)) continue;
      await this.#options.memory.keep(account, learned);
      paced.kept = learned;
    }
  }
}

function isNews(learned: LearnedRate, kept: LearnedRate | undefined): boolean {
  if (kept === undefined) return true;
  if (learned.learnedAt <= kept.learnedAt) return false;
  const change = Math.abs(learned.ratePerSecond / kept.ratePerSecond - 1);
  return change > noteworthyChange || learned.learnedAt - kept.learnedAt > confirmAfterMs;
}
