/**
 * A token bucket per key. Which clock refills it is the caller's choice: the virtual one by default, so that a client pacing itself by
 * the same accelerated clock meets the same limit, or the real one for clients that know nothing of it (knob `rateLimitClock`).
 */

interface Bucket {
  tokens: number;
  filledAt: number;
}

export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  /** 0 when the call is admitted, otherwise the milliseconds until the next one would be. A rate of 0 means no limit. */
  waitMs(key: string, at: number, limit: { perSecond: number; burst: number }): number {
    if (limit.perSecond === 0) return 0;
    const bucket = this.buckets.get(key) ?? { tokens: limit.burst, filledAt: at };
    const refill = (Math.max(0, at - bucket.filledAt) * limit.perSecond) / 1000;
    const tokens = Math.min(limit.burst, bucket.tokens + refill);
    const admitted = tokens >= 1;
    this.buckets.set(key, { tokens: admitted ? tokens - 1 : tokens, filledAt: at });
    return admitted ? 0 : Math.ceil(((1 - tokens) * 1000) / limit.perSecond);
  }

  clear(): void {
    this.buckets.clear();
  }
}
