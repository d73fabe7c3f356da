// One pace per account for the life of the process, begun with what an earlier process has learned, and brought in line with
// what the account's other function claims once a tick.

import {
  claimedAt,
  claimedBetween,
  claimFor,
  type PollClaim,
  sharedPart,
  unclaimedPerSecond,
} from "../domain/poll-claim.ts";
import { tickBudgetMs } from "../domain/tick-budget.ts";
import { type AdaptivePacer, createPacer, type LearnedRate } from "../otc/pace.ts";
import type { Clock } from "../ports.ts";

/** What is kept of an account's pace between processes. */
export interface KeptPace {
  /** What this function has learned. */
  readonly learned: LearnedRate | undefined;
  readonly claims: readonly PollClaim[];
  /** Calls per second that creating was found to get beside the claims, claims included: what the account takes in all. */
  readonly totalPerSecond: number | undefined;
}

/** Where it is kept. */
export interface PaceMemory {
  read(account: string): Promise<KeptPace>;
  /** `besidePerSecond`: what poll-backups had claimed meanwhile. */
  keep(account: string, rate: LearnedRate & { readonly besidePerSecond?: number }): Promise<void>;
  claim(account: string, claims: readonly PollClaim[]): Promise<void>;
}

/**
 * create: has what is not claimed. poll: has what it has claimed, or the little that needs no claim. part: a fixed share of the
 * ceiling. whole: one process does everything.
 */
export type PaceRole = "create" | "poll" | "part" | "whole";

export interface AccountPacesOptions {
  readonly clock: Clock;
  /** Number in [0, 1). */
  readonly random: () => number;
  readonly memory: PaceMemory;
  /** Calls per second and account that this process may make at most; those that divide an account have the same one. */
  readonly ceilingPerSecond: number;
  readonly role: PaceRole;
}

interface Paced {
  readonly pacer: AdaptivePacer;
  kept: LearnedRate | undefined;
  /** When the claims were last read; they are read once a tick. */
  readAt: number;
  claims: readonly PollClaim[];
  totalPerSecond: number | undefined;
  /** What the pace of creating leaves to looks. */
  besidePerSecond: number;
  /** What the pace of looking was last held to. */
  withinPerSecond: number | undefined;
  /** Whether this tick has worked the account: of others this process knows nothing, another one may have them now. */
  isInUse: boolean;
}

/** A change below this is not worth a write. */
const noteworthyChange = 0.02;
/** So old may the kept record of an unchanged rate grow before it is confirmed. */
const confirmAfterMs = 10 * 60_000;
/** Ticks are a minute apart, and a process makes one at a time. */
const oneTickMs = 50_000;

export class AccountPaces {
  readonly #options: AccountPacesOptions;
  readonly #paced = new Map<string, Promise<Paced>>();

  constructor(options: AccountPacesOptions) {
    this.#options = options;
  }

  /** `stopAt`: until when this tick makes calls. Throws FailureError `storage-unavailable` when the memory cannot be read; the next call tries again. */
  async of(account: string, stopAt?: number): Promise<AdaptivePacer> {
    const known = this.#paced.get(account) ?? this.#begin(account);
    this.#paced.set(account, known);
    try {
      const paced = await known;
      paced.isInUse = true;
      await this.#align(account, paced, stopAt);
      return this.#options.role === "poll" ? this.#followingClaims(paced) : paced.pacer;
    } catch (error) {
      this.#paced.delete(account);
      throw error;
    }
  }

  async #begin(account: string): Promise<Paced> {
    const { clock, random, ceilingPerSecond, memory } = this.#options;
    const { learned: initial } = await memory.read(account);
    const pacer = createPacer({ clock, random, ceilingPerSecond, initial });
    const nothing = { claims: [], totalPerSecond: undefined, besidePerSecond: initial?.besidePerSecond ?? 0 };
    const within = { withinPerSecond: undefined, isInUse: false };
    return { pacer, kept: initial, readAt: Number.NEGATIVE_INFINITY, ...nothing, ...within };
  }

  /** Once a tick: what is claimed now decides how fast this process may be. */
  async #align(account: string, paced: Paced, stopAt: number | undefined): Promise<void> {
    const { role, clock, memory } = this.#options;
    const now = clock.now();
    if ((role !== "create" && role !== "poll") || now - paced.readAt < oneTickMs) return;
    const { claims, totalPerSecond } = await memory.read(account);
    Object.assign(paced, { readAt: now, claims, totalPerSecond });
    if (role === "create") this.#besideClaims(paced, claimedBetween(claims, now, stopAt ?? now + tickBudgetMs));
    // Also where nothing has changed: a pace that 429s have slowed down begins the tick with what is claimed for it.
    else paced.withinPerSecond = undefined;
  }

  /** A claim may begin in the middle of a tick. */
  #followingClaims(paced: Paced): AdaptivePacer {
    const acquire: AdaptivePacer["acquire"] = (request) => {
      this.#withinClaim(paced, claimedAt(paced.claims, this.#options.clock.now()));
      return paced.pacer.acquire(request);
    };
    return { ...paced.pacer, acquire };
  }

  #besideClaims(paced: Paced, claimed: number): void {
    const { ceilingPerSecond } = this.#options;
    const beside = Math.max(claimed, unclaimedPerSecond(ceilingPerSecond));
    // What is learned is what is left beside the looks: when they claim more or less, it moves with them.
    paced.pacer.retune(sharedPart * ceilingPerSecond - beside, { shiftPerSecond: paced.besidePerSecond - claimed });
    paced.besidePerSecond = claimed;
  }

  #withinClaim(paced: Paced, claimed: number): void {
    const ceiling = Math.max(claimed, unclaimedPerSecond(this.#options.ceilingPerSecond));
    // Room has been made for it: no need to search for what was claimed.
    if (ceiling !== paced.withinPerSecond) paced.pacer.retune(ceiling, { leastPerSecond: claimed });
    paced.withinPerSecond = ceiling;
  }

  /** Writes down what has changed. Throws FailureError `storage-unavailable`. */
  async keep(): Promise<void> {
    for (const [account, begun] of this.#paced) {
      const paced = await begun;
      if (paced.isInUse) await this.#claim(account, paced);
      paced.isInUse = false;
      const learned = paced.pacer.snapshot();
      if (learned === undefined || !isNews(learned, paced.kept)) continue;
      const beside = this.#options.role === "create" ? { besidePerSecond: paced.besidePerSecond } : {};
      await this.#options.memory.keep(account, { ...learned, ...beside });
      paced.kept = learned;
    }
  }

  async #claim(account: string, paced: Paced): Promise<void> {
    const { role, clock, ceilingPerSecond, memory } = this.#options;
    if (role !== "poll") return;
    const whole = Math.min(ceilingPerSecond, paced.totalPerSecond ?? ceilingPerSecond);
    const demand = { calls: paced.pacer.takeWanted(), ceilingPerSecond: whole, now: clock.now() };
    const claims = claimFor(paced.claims, demand);
    if (claims === undefined) return;
    await memory.claim(account, claims);
    paced.claims = claims;
  }
}

function isNews(learned: LearnedRate, kept: LearnedRate | undefined): boolean {
  if (kept === undefined) return true;
  if (learned.learnedAt <= kept.learnedAt) return false;
  const change = Math.abs(learned.ratePerSecond / kept.ratePerSecond - 1);
  return change > noteworthyChange || learned.learnedAt - kept.learnedAt > confirmAfterMs;
}
