// A clock that stands still while anything runs and goes on only when it is told to, for many sleepers at once: whoever waits
// for its turn at OTC delays nobody else, and a night of waiting passes in the time its calls take.

import type { Clock } from "../shared/ports.ts";
import { nothingUnderWay } from "./calls-under-way.ts";

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

export class StandingClock implements Clock {
  #at: number;
  #sleepers: Sleeper[] = [];

  constructor(startAt: number) {
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

  /** Wakes everyone whose time comes up to `at`, one after the other; then it is `at`, and what still runs sleeps beyond it. */
  async passTo(at: number): Promise<void> {
    for (;;) {
      await nothingUnderWay();
      const next = this.#sleepers[0];
      if (next === undefined || next.wakesAt > at) break;
      this.#sleepers.shift();
      this.#at = Math.max(this.#at, next.wakesAt);
      next.wake();
    }
    this.leapTo(at);
  }

  /** Forward only; nobody is woken. For hours in which nobody sleeps. */
  leapTo(at: number): void {
    this.#at = Math.max(this.#at, at);
  }
}
