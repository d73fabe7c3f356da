/**
 * The simulator's clock: any source of milliseconds, shifted and sped up. Everything in the simulator that depends on time
 * asks this clock; nothing waits for it. It is deliberately not a scheduler: states are computed when they are read.
 */

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

  /** Jumps to an instant, forwards or backwards; the speed stays. */
  set(at: number): void {
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
