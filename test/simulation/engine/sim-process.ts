// One invocation of a function, as a process that can die or freeze at any of its effects. An effect is one await on the
// outside: a table command, a call to OTC, a publication. What a dead process awaits never settles, so nothing of it goes on.

import type { SeededChance } from "./chance.ts";
import type { Timeline } from "./timeline.ts";

/** What befalls a process at its n-th effect (from 1): before the effect has happened, or after it and before the answer. */
export interface Blow {
  readonly kind: "kill" | "freeze";
  readonly effect: number;
  readonly side: "before" | "after";
  readonly forMs?: number;
}

/** What does effects: a process, or the container it runs in. */
export interface Effects {
  effect<T>(label: string, act: () => T, waitMs?: number): Promise<T>;
}

export interface ProcessOptions {
  readonly name: string;
  readonly timeline: Timeline;
  readonly latency: SeededChance;
  readonly blows: readonly Blow[];
  /** How far this machine's clock is off, now. */
  readonly clockOffMs: () => number;
  /** Told of each effect as it happens, and of each blow. */
  readonly tell: (text: string) => void;
}

/** As infra/ sets it for the functions. */
export const functionTimeoutMs = 120_000;

/** A new one each time: whoever waits hangs from what it waits for, and a whole world from that. */
const never = () => new Promise<never>(() => {});

export class SimProcess implements Effects {
  readonly name: string;
  readonly startedAt: number;
  /** What its own clock said then. */
  readonly startedAtByItsClock: number;
  readonly #options: ProcessOptions;
  effects = 0;
  isDead = false;
  /** Set when the handler has returned or thrown. */
  endedAt: number | undefined;
  #frozenUntilAt = 0;
  #frozenForMs = 0;

  constructor(options: ProcessOptions) {
    this.name = options.name;
    this.startedAt = options.timeline.now();
    this.#options = options;
    this.startedAtByItsClock = this.now();
  }

  now(): number {
    return this.#options.timeline.now() + this.#options.clockOffMs();
  }

  remainingMs(): number {
    return this.startedAt + functionTimeoutMs + this.#frozenForMs - this.#options.timeline.now();
  }

  /** Does `act` on the outside after a while, and answers after another. `act` is one indivisible step of the world. */
  effect<T>(label: string, act: () => T, waitMs = 0): Promise<T> {
    if (this.isDead) return never();
    this.effects += 1;
    const blow = this.#options.blows.find((each) => each.effect === this.effects);
    if (blow?.side === "before" && this.#suffer(blow, label)) return never();
    const { timeline, latency } = this.#options;
    return new Promise((resolve, reject) => {
      const sentAt = Math.max(timeline.now(), this.#frozenUntilAt);
      timeline.schedule(sentAt + waitMs + latencyMs(latency), () => {
        if (this.isDead || this.#outOfTime(label)) return;
        const settle = attempt(act, resolve, reject);
        if (blow?.side === "after" && this.#suffer(blow, label)) return;
        this.#deliver(settle);
      });
    });
  }

  /** A frozen process learns nothing until it thaws. */
  #deliver(settle: () => void): void {
    const { timeline } = this.#options;
    if (this.#frozenUntilAt <= timeline.now()) settle();
    else
      timeline.schedule(this.#frozenUntilAt, () => {
        if (!this.isDead) this.#deliver(settle);
      });
  }

  /** True when the process is dead now. */
  #suffer(blow: Blow, label: string): boolean {
    const { timeline, tell } = this.#options;
    tell(`${this.name} ${blow.kind === "kill" ? "killed" : "frozen"} ${blow.side} ${label} (effect ${blow.effect})`);
    if (blow.kind === "kill") this.isDead = true;
    else {
      this.#frozenForMs += blow.forMs ?? 0;
      this.#frozenUntilAt = timeline.now() + (blow.forMs ?? 0);
    }
    return this.isDead;
  }

  #outOfTime(label: string): boolean {
    if (this.remainingMs() > 0) return false;
    this.isDead = true;
    this.#options.tell(`${this.name} timed out at ${label}`);
    return true;
  }
}

/** Mostly quick, now and then slow. */
function latencyMs(latency: SeededChance): number {
  return latency.happens(0.02) ? latency.between(500, 8_000) : latency.between(2, 90);
}

function attempt<T>(act: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): () => void {
  try {
    const value = act();
    return () => resolve(value);
  } catch (error) {
    return () => reject(error);
  }
}
