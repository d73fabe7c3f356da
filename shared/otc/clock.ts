/** The time this client lives by. Injected, so that tests and simulations decide how long waiting takes. */
export interface OtcClock {
  /** Now, in epoch milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
}
