// Counts what a tick's calls to OTC came to, and adds it to the tick's own metrics when they leave.

import type { MetricValues } from "./domain/metric.ts";
import type { Telemetry } from "./ports.ts";

interface CountedCall {
  readonly operation: string;
  readonly status: number | undefined;
  readonly errorClass: string | undefined;
}

const authClasses: ReadonlySet<string> = new Set(["authentication", "account-locked"]);

export class CountingTelemetry implements Telemetry {
  readonly #inner: Telemetry;
  #counts = { OtcCalls: 0, ApiThrottles: 0, AuthFailures: 0, QuotaRejected: 0 };

  constructor(inner: Telemetry) {
    this.#inner = inner;
  }

  count(call: CountedCall): void {
    this.#counts.OtcCalls += 1;
    if (call.status === 429) this.#counts.ApiThrottles += 1;
    if (call.errorClass === "quota") this.#counts.QuotaRejected += 1;
    if (call.errorClass !== undefined && authClasses.has(call.errorClass)) this.#counts.AuthFailures += 1;
  }

  /** The counts belong to the tick; what is kept apart for a shard goes out as it is. */
  emit(values: MetricValues, shard?: number): void {
    if (shard !== undefined) {
      this.#inner.emit(values, shard);
      return;
    }
    this.#inner.emit({ ...values, ...this.#counts });
    this.#counts = { OtcCalls: 0, ApiThrottles: 0, AuthFailures: 0, QuotaRejected: 0 };
  }
}
