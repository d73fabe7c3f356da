/**
 * The simulator's clock: any source of milliseconds, shifted and sped up. Everything in the simulator that depends on time
 * asks this clock; nothing waits for it. It is deliberately not a scheduler: states are computed when they are read.
 */

const LATEST_AT = Date.UTC(2200, 0);

export class VirtualClock {
  private readonly source: () => number;
  private anchorSourceAt: number;
  private anchorVirtualAt: number;
  private rate = 1;

  constructor(source: () => number) {
    this.source = source;
    this.anchorSourceAt = source();
    this.anchorVirtualAt = this.anchorSourceAt;
  }

  /** The simulated instant, whole milliseconds since the epoch. */
  now(): number {
    return Math.floor(this.anchorVirtualAt + (this.source() - this.anchorSourceAt) * this.rate);
  }

  /** How many simulated milliseconds pass per millisecond of the source. */
  speed(): number {
    return this.rate;
  }

  /** Jumps to an instant, forwards or backwards; the speed stays. Throws Error for an instant no date can stand for. */
  set(at: number): void {
    if (!(at >= 0 && at <= LATEST_AT)) throw new Error(`the clock cannot be set to ${at}: it goes from 1970 to 2200`);
    this.anchorSourceAt = this.source();
    this.anchorVirtualAt = at;
  }

  advance(byMs: number): void {
    this.set(this.now() + byMs);
  }

  /** 1 follows the source, 60 makes a minute of every second, 0 stops the clock. */
  setSpeed(rate: number): void {
    this.set(this.now());
    this.rate = rate;
  }
}
