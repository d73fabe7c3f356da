// Questions about the alarms: does each reach a person, watch something that exists, notice silence, and say what to do?

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describeAlarm } from "../../infra/alarm-row.ts";
import { alarmTable } from "../../infra/alarms.ts";
import { auditComposite } from "../../infra/audit-alarms.ts";
import { functionTimeoutSeconds, scheduledFunctions } from "../../infra/scheduled-functions.ts";
import { runAlertKinds, standingAlertKinds } from "../../shared/domain/messages/alert.ts";
import { metrics } from "../../shared/domain/metric.ts";
import { exampleStage, ofType, referenceOf, scheduledLambdas, someSettings } from "./synthesized-stage.ts";

const rows = alarmTable(exampleStage);
const deployed = new Map(
  [...ofType("AWS::CloudWatch::Alarm").values()].map((a) => [a.Properties.AlarmName, a.Properties]),
);
const topics = new Map([...ofType("AWS::SNS::Topic")].map(([id, t]) => [id, t.Properties.TopicName]));
const topicsOf = (references: unknown[] = []) => references.map((r) => topics.get(referenceOf(r) ?? "")).sort();
const propertiesOf = (type: string, name: string) => [...ofType(type).values()].map((r) => r.Properties[name]);

/** Headings of the handbook's part on alarms as GitHub's anchors: lower case, hyphens for spaces. */
const handbook = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
const [, alarmPart = ""] = handbook.split(/^## Alarms$/m);
const sections = alarmPart.split(/^## /m)[0]?.split(/^### /m).slice(1) ?? [];
const anchors = sections.map((section) => section.slice(0, section.indexOf("\n")).toLowerCase().replaceAll(" ", "-"));

test("every row of the alarm table is deployed under its own name", () => {
  expect([...deployed.keys()].sort()).toEqual(rows.map((row) => `otc-backup-prod-${row.key}`).sort());
  expect(deployed.size).toBe(rows.length);
});

/** What speaks about once an hour, and announces rather than reports. */
const measuredHourly = ["prune-backups-heartbeat", "credential-ending", "credential-ends-soon", "databases-uncovered"];

describe.each(rows.map((row) => [row.key, row] as const))("alarm %s", (key, row) => {
  const alarm = deployed.get(`otc-backup-prod-${key}`);

  test("goes to the topic of its level, and to both when the way itself may be broken", () => {
    if (row.through !== undefined) {
      expect([alarm.AlarmActions, alarm.OKActions]).toEqual([undefined, undefined]);
      return;
    }
    const expected = row.bothTopics
      ? ["otc-backup-prod-page", "otc-backup-prod-ticket"]
      : [`otc-backup-prod-${row.level}`];
    expect(topicsOf(alarm.AlarmActions)).toEqual(expected);
    expect(topicsOf(alarm.OKActions)).toEqual(row.recovers ? expected : []);
    expect(alarm.ActionsEnabled).not.toBe(false);
  });

  test("says who owns it, what it means, what to run first and where to read on, in what CloudWatch keeps", () => {
    const text = alarm.AlarmDescription;
    expect(text).toContain(row.meaning);
    expect(text).toContain(someSettings().owner);
    for (const command of row.first) expect(text).toContain(command);
    expect(text).toContain(`docs/operations.md#${row.anchor}`);
    const longest = describeAlarm(row, { owner: "o".repeat(120), runbook: "r".repeat(160) });
    expect(longest.length).toBeLessThanOrEqual(1024);
  });

  test("has a section in the operations handbook", () => {
    expect(anchors).toContain(row.anchor);
    expect(sections[anchors.indexOf(row.anchor)]).toContain(
      `\`${key.replace(/^(create|poll|audit|prune)-backups-/, "<function>-")}\``,
    );
  });

  test("looks back no further than CloudWatch allows, and at least as often as every 15 minutes", () => {
    const [breaching, outOf] = row.points;
    expect(breaching).toBeLessThanOrEqual(outOf);
    expect(row.periodSeconds * outOf).toBeLessThanOrEqual(86_400);
    // Longer periods are noticed hours late, which is early enough only where nothing waits.
    expect(measuredHourly.includes(key) ? [3600] : [60, 300, 900]).toContain(row.periodSeconds);
  });
});

test("every section of that part belongs to an alarm or an alert", () => {
  const used = new Set([...rows, auditComposite(exampleStage)].map((row) => row.anchor));
  const kinds = new Set(Object.keys({ ...runAlertKinds, ...standingAlertKinds }));
  expect(anchors.filter((anchor) => !used.has(anchor) && !kinds.has(anchor))).toEqual([]);
});

test("silence is failure exactly where every tick must speak", () => {
  const breaching = [...deployed.values()].filter((a) => a.TreatMissingData === "breaching").map((a) => a.MetricName);
  expect(breaching.sort()).toEqual([
    "AuditHeartbeat",
    "CreateHeartbeat",
    "OverduePolicies",
    "PolicyCount",
    "PolicyCountDropPct",
    "PollHeartbeat",
    "PruneHeartbeat",
    "SilentShards",
    "StuckBackups",
    "TickLagSeconds",
    "UnaccountedSlots",
    "WorstFreshnessRatio",
  ]);
  const others = new Set([...deployed.values()].map((a) => a.TreatMissingData));
  expect([...others].sort()).toEqual(["breaching", "notBreaching"]);
});

test("prune-backups, which nothing waits for, may miss two hours", () => {
  expect(deployed.get("otc-backup-prod-prune-backups-heartbeat")).toMatchObject({
    MetricName: "PruneHeartbeat",
    Period: 3600,
    DatapointsToAlarm: 3,
    EvaluationPeriods: 3,
  });
});

test("a function whose ticks stop pages within a quarter of an hour", () => {
  for (const { name, heartbeat } of scheduledFunctions.filter((row) => row.everyMinutesAtMost <= 5)) {
    expect(deployed.get(`otc-backup-prod-${name}-heartbeat`)).toMatchObject({
      MetricName: heartbeat,
      Namespace: "OtcBackup",
      Statistic: "Maximum",
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      Period: 300,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
    });
  }
});

test("our own metrics are known to the code and have the stage as their only dimension", () => {
  const ours = [...deployed.values()].filter((a) => a.Namespace === "OtcBackup");
  expect(ours.length).toBeGreaterThanOrEqual(10);
  for (const alarm of ours) {
    expect(Object.keys(metrics)).toContain(alarm.MetricName);
    expect(alarm.Dimensions).toEqual([{ Name: "Stage", Value: "prod" }]);
  }
});

test("alarms on metrics of AWS name a part of this very stack", () => {
  const existing: Record<string, unknown[]> = {
    FunctionName: propertiesOf("AWS::Lambda::Function", "FunctionName"),
    QueueName: propertiesOf("AWS::SQS::Queue", "QueueName"),
    TopicName: [...topics.values()],
    ScheduleGroup: propertiesOf("AWS::Scheduler::ScheduleGroup", "Name"),
    LogGroupName: propertiesOf("AWS::Logs::LogGroup", "LogGroupName"),
  };
  for (const alarm of [...deployed.values()].filter((a) => a.Namespace.startsWith("AWS/"))) {
    expect(alarm.Dimensions).toHaveLength(1);
    const [{ Name: name, Value: value }] = alarm.Dimensions;
    expect(existing[name]).toContain(value);
  }
});

test("every function is watched for errors, timeouts, throttling, dropped and unstored ticks, and unreadable metrics", () => {
  for (const functionName of [...scheduledLambdas().values()].map((each) => each.Properties.FunctionName)) {
    const watched = [...deployed.values()]
      .filter((a) => a.Dimensions[0].Value === functionName)
      .map((a) => a.MetricName);
    expect(watched.sort()).toEqual([
      "AsyncEventsDropped",
      "DestinationDeliveryFailures",
      "Duration",
      "Errors",
      "Throttles",
    ]);
  }
  const ownMetrics = (name: string) => !name.endsWith("-status-widget");
  for (const logGroup of propertiesOf("AWS::Logs::LogGroup", "LogGroupName").map(String).filter(ownMetrics)) {
    const watched = [...deployed.values()].filter((a) => a.Dimensions[0].Value === logGroup).map((a) => a.MetricName);
    expect(watched.sort()).toEqual(["EMFParsingErrors", "EMFValidationErrors"]);
  }
});

test("an error alarm looks back far enough to see a tick that ran into its timeout", () => {
  for (const alarm of [...deployed.values()].filter((a) => ["Errors", "Duration"].includes(a.MetricName))) {
    expect(alarm.Period * alarm.EvaluationPeriods).toBeGreaterThanOrEqual(functionTimeoutSeconds + 300);
    expect(alarm.DatapointsToAlarm).toBe(1);
  }
});

test("every queue and both topics have an alarm", () => {
  const watched = (metric: string) =>
    [...deployed.values()].filter((a) => a.MetricName === metric).map((a) => a.Dimensions[0].Value);
  expect(watched("ApproximateNumberOfMessagesVisible").sort()).toEqual(
    propertiesOf("AWS::SQS::Queue", "QueueName").sort(),
  );
  expect(watched("NumberOfNotificationsFailed").sort()).toEqual([...topics.values()].sort());
});

test("what stops backups pages; what can wait for the morning does not", () => {
  expect(
    rows
      .filter((row) => row.level === "ticket")
      .map((row) => row.key)
      .sort(),
  ).toEqual([
    "ambiguous-creates",
    "audit-backups-slow",
    "audit-backups-throttled",
    "comparison-old",
    "create-backups-slow",
    "create-backups-throttled",
    "credential-ending",
    "databases-uncovered",
    "digest-missing",
    "failed-ticks",
    "invalid-policies",
    "odd-sizes",
    "orphan-backups",
    "ping-failures",
    "poll-backups-slow",
    "poll-backups-throttled",
    "prune-backups-heartbeat",
    "prune-backups-slow",
    "prune-backups-throttled",
  ]);
});

const [composite, ...furtherComposites] = [...ofType("AWS::CloudWatch::CompositeAlarm").values()].map(
  (c) => c.Properties,
);

test("the auditor's gauges page through one composite, and nothing else hides inside one", () => {
  expect(furtherComposites).toEqual([]);
  const inside = rows.filter((row) => row.through !== undefined);
  expect(inside.map((row) => row.key)).toEqual([
    ...["overdue-policies", "worst-freshness", "stuck-backups", "silent-shards"],
    ...["unaccounted-slots", "policies-dropped"],
  ]);
  const [separator, parts] = composite.AlarmRule["Fn::Join"];
  const rule: string = parts.map((part: unknown) => (typeof part === "string" ? part : ";")).join(separator);
  expect(rule.match(/ALARM/g)).toHaveLength(inside.length);
  expect(rule).not.toContain("AND");
  expect(topicsOf(composite.AlarmActions)).toEqual(["otc-backup-prod-page"]);
  expect(topicsOf(composite.OKActions)).toEqual(["otc-backup-prod-page"]);
});

test("a dead auditor is one page: its heartbeat's own, during which the composite keeps quiet", () => {
  const heartbeat = [...ofType("AWS::CloudWatch::Alarm")].find(
    ([, a]) => a.Properties.AlarmName === "otc-backup-prod-audit-backups-heartbeat",
  );
  expect(referenceOf(composite.ActionsSuppressor)).toBe(heartbeat?.[0]);
  expect(topicsOf(heartbeat?.[1].Properties.AlarmActions)).toEqual(["otc-backup-prod-page"]);
});

test("the composite says what an alarm must say, and has a section in the handbook", () => {
  const row = auditComposite(exampleStage);
  for (const text of [row.meaning, ...row.first, `docs/operations.md#${row.anchor}`])
    expect(composite.AlarmDescription).toContain(text);
  expect(composite.AlarmDescription.length).toBeLessThanOrEqual(1024);
  expect(sections[anchors.indexOf(row.anchor)]).toContain(`\`${row.key}\``);
});
