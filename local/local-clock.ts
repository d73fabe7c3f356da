// Clocks of a local site: one that runs, as fast as one likes and able to leap over idle hours, and one that only moves
// when it is told to.

import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../shared/ports.ts";

/** Time that runs `speed` times as fast as the machine's, from `startAt`. */
export class RunningClock implements Clock {
  readonly speed: number;
  #anchorAt: number;
  #anchorRealAt: number;

  constructor(startAt: number, speed: number) {
    this.speed = speed;
    this.#anchorAt = startAt;
    this.#anchorRealAt = Date.now();
  }

  now(): number {
    return Math.floor(this.#anchorAt + (Date.now() - this.#anchorRealAt) * this.speed);
  }

  /** Forward only. */
  leapTo(at: number): void {
    if (at <= this.now()) return;
    this.#anchorAt = at;
    this.#anchorRealAt = Date.now();
  }

  async sleep(ms: number): Promise<void> {
    await delay(ms / this.speed);
  }
}

/** Time that stands still until it is set; sleeping moves it. */
export class SteppedClock implements Clock {
  #at: number;

  constructor(startAt: number) {
    this.#at = startAt;
  }

  now(): number {
    return this.#at;
  }

  set(at: number): void {
    this.#at = at;
  }

  async sleep(ms: number): Promise<void> {
    this.#at += ms;
  }
}
