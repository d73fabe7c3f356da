// A clock that stands still while anything runs and goes on only when it is told to, for many sleepers at once: whoever waits
// for its turn at OTC delays nobody else, and a night of waiting passes in the time its calls take.

import { setTimeout as delay } from "node:timers/promises";
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

  /** When the next sleeper wakes. */
  get nextWakeAt(): number | undefined {
    return this.#sleepers[0]?.wakesAt;
  }

  sleep(ms: number): Promise<void> {
    const wakesAt = this.#at + Math.max(0, ms);
    return new Promise((wake) => {
      const index = this.#sleepers.findLastIndex((other) => other.wakesAt <= wakesAt);
      this.#sleepers.splice(index + 1, 0, { wakesAt, wake });
    });
  }

  /**
   * Wakes everyone whose time comes up to `at`, one after the other; then it is `at`, and what still runs sleeps beyond it. Work
   * that is not asleep, by `isWorking`, is waited for: a module that is loaded takes no simulated time either.
   */
  async passTo(at: number, isWorking: () => boolean = () => false): Promise<void> {
    for (;;) {
      await nothingUnderWay();
      const next = this.#sleepers[0];
      if (next === undefined && isWorking()) {
        await delay(1);
        continue;
      }
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
