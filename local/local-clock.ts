// Clocks of a local site: one that runs, as fast as one likes and able to leap over idle hours, and one that only moves
// when it is told to.

import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../shared/ports.ts";

/** Time that runs `speed` times as fast as the machine's, from `startAt`, and as fast as the machine's while work goes on. */
export class RunningClock implements Clock {
  readonly #idleSpeed: number;
  #isAtWork = false;
  #anchorAt: number;
  #anchorRealAt: number;

  constructor(startAt: number, speed: number) {
    this.#idleSpeed = speed;
    this.#anchorAt = startAt;
    this.#anchorRealAt = Date.now();
  }

  get speed(): number {
    return this.#isAtWork ? 1 : this.#idleSpeed;
  }

  now(): number {
    return Math.floor(this.#anchorAt + (Date.now() - this.#anchorRealAt) * this.speed);
  }

  /** From here on time passes as on the machine: the seconds that a tick takes are seconds, not hours of its budget. */
  startWork(): void {
    this.#turn(true);
  }

  endWork(): void {
    this.#turn(false);
  }

  /** Forward only. */
  leapTo(at: number): void {
    if (at <= this.now()) return;
    this.#anchorAt = at;
    this.#anchorRealAt = Date.now();
  }

  /** Work that waits need not keep a person waiting too. */
  async sleep(ms: number): Promise<void> {
    const untilAt = this.now() + ms;
    await delay(ms / this.#idleSpeed);
    if (this.#isAtWork) this.leapTo(untilAt);
  }

  #turn(isAtWork: boolean): void {
    this.#anchorAt = this.now();
    this.#anchorRealAt = Date.now();
    this.#isAtWork = isAtWork;
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
