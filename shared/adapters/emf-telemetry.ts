// Metrics as CloudWatch's embedded metric format on standard output, one blob per tick, one dimension.

import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { type MetricValues, metricNamespace } from "../domain/metric.ts";
import type { Telemetry } from "../ports.ts";

export class EmfTelemetry implements Telemetry {
  readonly #metrics: Metrics;

  constructor(stage: string) {
    this.#metrics = new Metrics({ namespace: metricNamespace });
    // The library adds a dimension `service` of its own; with it CloudWatch would keep other metrics than the alarms watch.
    this.#metrics.clearDefaultDimensions();
    this.#metrics.setDefaultDimensions({ Stage: stage });
  }

  emit(values: MetricValues, shard?: number): void {
    // The dimension goes with the line: the next one is without it.
    if (shard !== undefined) this.#metrics.addDimension("Shard", String(shard));
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue;
      this.#metrics.addMetric(name, name.endsWith("Seconds") ? MetricUnit.Seconds : MetricUnit.Count, value);
    }
    this.#metrics.publishStoredMetrics();
  }
}
