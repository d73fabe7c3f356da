// What the functions emit must be what the alarms watch: CloudWatch takes another dimension for another metric, and an alarm on the
// wrong one never sees a value.

import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { ofType } from "./synthesized-stage.ts";

const alarm = [...ofType("AWS::CloudWatch::Alarm").values()].find((a) => a.Properties.MetricName === "CreateHeartbeat");
const [lambda] = [...ofType("AWS::Lambda::Function").values()];

/** The log line of a tick, from a process that has the deployed function's variables. */
function emitted() {
  const adapter = new URL("../../shared/adapters/emf-telemetry.ts", import.meta.url).href;
  const variables = lambda?.Properties.Environment.Variables;
  const texts = Object.entries(variables).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const script = `
    const { EmfTelemetry } = await import(${JSON.stringify(adapter)});
    new EmfTelemetry(process.env.STAGE).emit({ CreateHeartbeat: 1, TickLagSeconds: 3 });`;
  const line = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    env: { ...process.env, ...Object.fromEntries(texts) },
    encoding: "utf8",
  });
  return JSON.parse(line);
}

test("a heartbeat as the functions emit it is the metric that its alarm watches", () => {
  const line = emitted();
  const [{ Namespace: namespace, Dimensions: dimensions, Metrics: metrics }] = line._aws.CloudWatchMetrics;
  expect(namespace).toBe(alarm?.Properties.Namespace);
  const [watched] = alarm?.Properties.Dimensions ?? [];
  expect(dimensions).toEqual([[watched.Name]]);
  expect(line[watched.Name]).toBe(watched.Value);
  expect(metrics.map((m: { Name: string }) => m.Name)).toContain(alarm?.Properties.MetricName);
});
