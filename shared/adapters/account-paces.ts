// One pace per account for the life of the process, begun with what an earlier process has learned, and brought in line with
// what poll-backups claims again and again while calls are made.

import {
  type BackgroundFunction,
  backgroundClaimFor,
  backgroundPerSecond,
  keptForBackground,
} from "../domain/runs/background-claim.ts";
import {
  type CallClaim,
  claimedAt,
  claimedSoon,
  claimFor,
  lookingMs,
  mostPart,
  rereadMs,
  unclaimedPerSecond,
} from "../domain/runs/poll-claim.ts";
import { type AdaptivePacer, createPacer, type LearnedRate } from "../otc/pace.ts";
import type { Clock } from "../ports.ts";

/** What is kept of an account's pace between processes. */
export interface KeptPace {
  /** What this function has learned. */
  readonly learned: LearnedRate | undefined;
  /** Of looks. */
  readonly claims: readonly CallClaim[];
  readonly background: Readonly<Record<BackgroundFunction, readonly CallClaim[]>>;
  /** What creating has learned: what the account takes in all, looks included. */
  readonly created: LearnedRate | undefined;
}

/** Where it is kept. */
export interface PaceMemory {
  read(account: string): Promise<KeptPace>;
  keep(account: string, rate: LearnedRate): Promise<void>;
  claim(account: string, claims: readonly CallClaim[]): Promise<void>;
  claimInBackground(account: string, name: BackgroundFunction, claims: readonly CallClaim[]): Promise<void>;
}

/**
 * create: has what is not claimed. poll, and those in the background: have what they have claimed, or the little that needs no claim.
 * fixed: keeps to the ceiling it is given. whole: one process does everything.
 */
export type PaceRole = "create" | "poll" | BackgroundFunction | "fixed" | "whole";

export interface AccountPacesOptions {
  readonly clock: Clock;
  /** Number in [0, 1). */
  readonly random: () => number;
  readonly memory: PaceMemory;
  /** Calls per second and account that this process may make at most; those that divide an account have the same one. */
  readonly ceilingPerSecond: number;
  readonly role: PaceRole;
}

/** The pace of one account as its caller sees it. */
export interface AccountPace extends AdaptivePacer {
  /** Claims what so many calls need that are left to be made by an instant. Throws FailureError `storage-unavailable`. */
  makeRoom(calls: number, untilAt: number): Promise<void>;
}

interface Paced {
  readonly pacer: AdaptivePacer;
  kept: LearnedRate | undefined;
  /** When the claims were last read. */
  readAt: number;
  claims: readonly CallClaim[];
  background: KeptPace["background"];
  created: LearnedRate | undefined;
  /** What the pace of creating leaves to looks, or what the pace of looking, or in the background, is held to. */
  heldToPerSecond: number | undefined;
  /** What the pace of creating leaves to those in the background. */
  keptPerSecond: number | undefined;
  /** What creating had found the account to take when nothing was claimed, looks included that need no claim. */
  alonePerSecond: number | undefined;
  /** Whether this tick has worked the account: of others this process knows nothing, another one may have them now. */
  isInUse: boolean;
}

/** A change below this is not worth a write. */
const noteworthyChange = 0.02;
/** So old may the kept record of an unchanged rate grow before it is confirmed. */
const confirmAfterMs = 10 * 60_000;
/** Whatever creating has found: looks are never slower than this for its sake. Their own 429s slow them down. */
const leastLooksPerSecond = 0.5;
/** Where creating begins beside looks and knows nothing, it takes as much as they do. */
const unknownPart = 0.5;
/** What was claimed in the background need not be searched for up to this: as much as everybody begins with. */
const unknownPerSecond = 2;
const slack = 1.05;

export class AccountPaces {
  readonly #options: AccountPacesOptions;
  readonly #paced = new Map<string, Promise<Paced>>();

  constructor(options: AccountPacesOptions) {
    this.#options = options;
  }

  /** At the begin of a tick, and again for each part of its work. Throws FailureError `storage-unavailable` when the memory cannot be read; the next call tries again. */
  async of(account: string): Promise<AccountPace> {
    const known = this.#paced.get(account) ?? this.#begin(account);
    this.#paced.set(account, known);
    try {
      const paced = await known;
      paced.isInUse = true;
      if (this.#followsClaims && this.#isOld(paced)) await this.#reread(account, paced);
      return this.#followingClaims(account, paced);
    } catch (error) {
      this.#paced.delete(account);
      throw error;
    }
  }

  get #followsClaims(): boolean {
    return this.#options.role !== "fixed" && this.#options.role !== "whole";
  }

  #isOld({ readAt }: Paced): boolean {
    return this.#options.clock.now() - readAt >= rereadMs;
  }

  async #begin(account: string): Promise<Paced> {
    const { clock, random, ceilingPerSecond, memory } = this.#options;
    const { learned: initial } = await memory.read(account);
    const pacer = createPacer({ clock, random, ceilingPerSecond, initial });
    const nothing = {
      claims: [],
      background: { "prune-backups": [], "audit-backups": [] },
      created: undefined,
      heldToPerSecond: undefined,
      keptPerSecond: undefined,
      alonePerSecond: undefined,
      isInUse: false,
    };
    return { pacer, kept: initial, readAt: Number.NEGATIVE_INFINITY, ...nothing };
  }

  #followingClaims(account: string, paced: Paced): AccountPace {
    const acquire: AdaptivePacer["acquire"] = async (request) => {
      if (this.#followsClaims) await this.#align(account, paced);
      return paced.pacer.acquire(request);
    };
    const makeRoom = (calls: number, untilAt: number) =>
      this.#claim(account, paced, { calls, withinMs: untilAt - this.#options.clock.now() });
    return { ...paced.pacer, acquire, makeRoom };
  }

  async #align(account: string, paced: Paced): Promise<void> {
    const { role, clock } = this.#options;
    // What cannot be read may be the worst: then everybody is as slow as any claim could make them, until it can be.
    const isKnown =
      !this.#isOld(paced) ||
      (await this.#reread(account, paced).then(
        () => true,
        () => false,
      ));
    if (role === "poll") this.#withinClaim(paced, isKnown ? claimedAt(paced.claims, clock.now()) : 0);
    else if (role === "create")
      this.#besideClaims(paced, isKnown ? claimedSoon(paced.claims, clock.now()) : mostPart * this.#whole(paced));
    else if (role !== "fixed" && role !== "whole") this.#inBackground(paced, role, isKnown);
  }

  #inBackground(paced: Paced, role: BackgroundFunction, isKnown: boolean): void {
    const facts = { ceilingPerSecond: this.#options.ceilingPerSecond, now: this.#options.clock.now() };
    const { "prune-backups": ofPrune, "audit-backups": ofAudit } = paced.background;
    const [own, ofTheOther] = role === "prune-backups" ? [ofPrune, ofAudit] : [ofAudit, ofPrune];
    const claims = { own: isKnown ? own : [], ofTheOther, ofLooks: paced.claims };
    const most = backgroundPerSecond(claims, facts);
    if (most !== paced.heldToPerSecond) paced.pacer.retune(most, { leastPerSecond: Math.min(most, unknownPerSecond) });
    paced.heldToPerSecond = most;
  }

  async #reread(account: string, paced: Paced): Promise<void> {
    const now = this.#options.clock.now();
    const { claims, background, created } = await this.#options.memory.read(account);
    Object.assign(paced, { readAt: now, claims, background, created });
    // Also where nothing has changed: looks that 429s have slowed down go on with what is claimed for them, and creating gives way.
    if (this.#options.role === "poll") paced.heldToPerSecond = undefined;
  }

  #besideClaims(paced: Paced, claimed: number): void {
    const { ceilingPerSecond, clock } = this.#options;
    const kept = keptForBackground(paced.background, { ceilingPerSecond, now: clock.now() });
    if (claimed === paced.heldToPerSecond && kept === paced.keptPerSecond) return;
    // What was found alone is the measure: beside looks that do not use all they claimed, creating would find more and more, and crowd them out.
    if (!((paced.heldToPerSecond ?? 0) > 0)) paced.alonePerSecond = paced.pacer.snapshot()?.ratePerSecond;
    const found = (paced.alonePerSecond ?? claimed / unknownPart) * slack;
    // Where little is claimed, looks still have the little that needs no claim.
    const unclaimed = Math.max(0, unclaimedPerSecond(ceilingPerSecond) - claimed);
    const most = Math.min(ceilingPerSecond - kept - unclaimed, claimed > 0 ? found : Number.POSITIVE_INFINITY);
    const leastPerSecond = Math.min(claimed / mostPart, this.#whole(paced));
    paced.pacer.retune(most, { besidePerSecond: claimed, leastPerSecond });
    paced.heldToPerSecond = claimed;
    paced.keptPerSecond = kept;
  }

  #withinClaim(paced: Paced, claimed: number): void {
    const { ceilingPerSecond } = this.#options;
    // Beside a creator at work only what is claimed, or the little that needs no claim; alone as fast as it is found to go.
    const whole = this.#isCreating(paced) ? this.#whole(paced) : ceilingPerSecond;
    // Where the ceiling does not bind, a little may be over quickly.
    const little = claimed === 0 && whole < ceilingPerSecond / 2 ? whole / 2 : unclaimedPerSecond(whole);
    const least = Math.min(unclaimedPerSecond(ceilingPerSecond), leastLooksPerSecond);
    const most = Math.max(claimed, little, least);
    // Room has been made for it: no need to search for what was claimed.
    if (most !== paced.heldToPerSecond) paced.pacer.retune(most, { leastPerSecond: claimed });
    paced.heldToPerSecond = most;
  }

  /** Writes down what has changed. Throws FailureError `storage-unavailable`. */
  async keep(): Promise<void> {
    for (const [account, begun] of this.#paced) {
      const paced = await begun;
      const calls = paced.pacer.takeWanted();
      // What looks will need in the next minute is much what they needed in this one.
      if (paced.isInUse && this.#options.role === "poll")
        await this.#claim(account, paced, { calls, withinMs: lookingMs });
      paced.isInUse = false;
      const learned = paced.pacer.snapshot();
      if (learned === undefined || !isNews(learned, paced.kept)) continue;
      await this.#options.memory.keep(account, learned);
      paced.kept = learned;
    }
  }

  async #claim(account: string, paced: Paced, demand: { calls: number; withinMs: number }): Promise<void> {
    const { role, clock, memory } = this.#options;
    if (role === "prune-backups" || role === "audit-backups")
      return this.#claimInBackground(account, paced, { ...demand, role });
    if (role !== "poll") return;
    const claims = claimFor(paced.claims, { ...demand, ceilingPerSecond: this.#whole(paced), now: clock.now() });
    if (claims === undefined) return;
    await memory.claim(account, claims);
    paced.claims = claims;
  }

  async #claimInBackground(
    account: string,
    paced: Paced,
    { role, calls, withinMs }: { role: BackgroundFunction; calls: number; withinMs: number },
  ): Promise<void> {
    const now = this.#options.clock.now();
    const isQuiet = !this.#isCreating(paced) && claimedSoon(paced.claims, now) === 0;
    // Beside creating, part of what it has found; what a small site found long ago says nothing of what the account takes.
    const claims = backgroundClaimFor({ calls, withinMs, isQuiet, now, ceilingPerSecond: this.#whole(paced) });
    if (claims.length === 0) return;
    await this.#options.memory.claimInBackground(account, role, claims);
    paced.background = { ...paced.background, [role]: claims };
  }

  /** A creator whose calls wait for turns confirms what it has learned. */
  #isCreating({ created }: Paced): boolean {
    return created !== undefined && this.#options.clock.now() - created.learnedAt < 1.5 * confirmAfterMs;
  }

  /** What the account takes in all, as far as it is known. What a creator learned long ago holds back no looks. */
  #whole(paced: Paced): number {
    const { role, ceilingPerSecond } = this.#options;
    const isKnown = role === "create" || this.#isCreating(paced);
    return Math.min(ceilingPerSecond, (isKnown ? paced.created?.ratePerSecond : undefined) ?? ceilingPerSecond);
  }
}

function isNews(learned: LearnedRate, kept: LearnedRate | undefined): boolean {
  if (kept === undefined) return true;
  if (learned.learnedAt <= kept.learnedAt) return false;
  const change = Math.abs(learned.ratePerSecond / kept.ratePerSecond - 1);
  return change > noteworthyChange || learned.learnedAt - kept.learnedAt > confirmAfterMs;
}
