// A clock for many sleepers at once: time stands still while anything runs, then jumps to whoever wakes next. Hours of
// pacing pass in milliseconds, and every run is the same.

import type { OtcClock } from "../../shared/otc/clock.ts";

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

export class EventClock implements OtcClock {
  #at: number;
  #sleepers: Sleeper[] = [];

  constructor(startAt = Date.UTC(2026, 10, 24, 2, 30)) {
    this.#at = startAt;
  }

  now(): number {
    return this.#at;
  }

  sleep(ms: number): Promise<void> {
    const wakesAt = this.#at + Math.max(0, ms);
    return new Promise((wake) => {
      const index = this.#sleepers.findLastIndex((other) => other.wakesAt <= wakesAt);
      this.#sleepers.splice(index + 1, 0, { wakesAt, wake });
    });
  }

  /** Lets time pass until `work` has ended. Throws when it waits for something that no passing of time brings. */
  async runUntil<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    work.then(end, end);
    for (;;) {
      await new Promise(setImmediate);
      if (ended) return work;
      const next = this.#sleepers.shift();
      if (next === undefined) throw new Error("nobody sleeps and the work has not ended");
      this.#at = Math.max(this.#at, next.wakesAt);
      next.wake();
    }
  }
}
