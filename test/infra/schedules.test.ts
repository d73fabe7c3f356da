// Questions about the ticks: does each reach an existing function, and is a lost one noticed?

import { describe, expect, test } from "vitest";
import { scheduledFunctions } from "../../infra/scheduled-functions.ts";
import { ofType, referenceOf, scheduledLambdas, someSettings, synthesize } from "./synthesized-stage.ts";

const functions = scheduledLambdas();
const schedules = ofType("AWS::Scheduler::Schedule");

test("every function has exactly one schedule", () => {
  const targets = [...schedules.values()].map((s) => referenceOf(s.Properties.Target.Arn));
  expect(targets.sort()).toEqual([...functions.keys()].sort());
  expect(targets).toHaveLength(scheduledFunctions.length);
});

describe.each([...schedules])("schedule %s", (_, { Properties: properties, DependsOn: dependsOn }) => {
  const lambda = functions.get(referenceOf(properties.Target.Arn) ?? "")?.Properties;

  test("is enabled, ticks as often as the settings say and belongs to the stage's group", () => {
    const name = scheduledFunctions.find((row) => lambda?.FunctionName.endsWith(row.name))?.name ?? "create-backups";
    const minutes = someSettings().tickEveryMinutes[name];
    const plural = minutes === 60 ? "rate(1 hour)" : `rate(${minutes} minutes)`;
    const rate = minutes === 1 ? "rate(1 minute)" : plural;
    const [groupId, group] = [...ofType("AWS::Scheduler::ScheduleGroup")][0] ?? [];
    expect(properties).toMatchObject({ State: "ENABLED", ScheduleExpression: rate });
    expect(properties.FlexibleTimeWindow).toEqual({ Mode: "OFF" });
    expect(properties.GroupName).toBe(group?.Properties.Name);
    expect(dependsOn).toContain(groupId);
  });

  test("tells the function which tick this is", () => {
    expect(JSON.parse(properties.Target.Input)).toEqual({
      tick: "<aws.scheduler.scheduled-time>",
      executionId: "<aws.scheduler.execution-id>",
      function: lambda?.FunctionName.replace("otc-backup-prod-", ""),
    });
  });

  test("gives up soon and stores what it could not deliver", () => {
    expect(properties.Target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 120, MaximumRetryAttempts: 2 });
    const queue = ofType("AWS::SQS::Queue").get(referenceOf(properties.Target.DeadLetterConfig.Arn) ?? "");
    expect(queue?.Properties.QueueName).toBe("otc-backup-prod-undelivered-ticks");
  });
});

test("the tick rate is a setting", () => {
  const slower = synthesize({
    tickEveryMinutes: { "create-backups": 3, "poll-backups": 2, "audit-backups": 4, "prune-backups": 50 },
  });
  const rates = [...ofType("AWS::Scheduler::Schedule", slower).values()].map((s) => s.Properties.ScheduleExpression);
  expect(rates.sort()).toEqual(["rate(2 minutes)", "rate(3 minutes)", "rate(4 minutes)", "rate(50 minutes)"]);
});

describe("with three shards", () => {
  const sharded = synthesize({ shards: 3 });

  test("create-backups and poll-backups have one schedule per shard, each with its number in the event", () => {
    const events = [...ofType("AWS::Scheduler::Schedule", sharded).values()].map(({ Properties: { Name, Target } }) => [
      Name.replace("otc-backup-prod-", ""),
      JSON.parse(Target.Input).function,
      JSON.parse(Target.Input).shard,
    ]);
    expect(events.toSorted()).toEqual([
      ["audit-backups", "audit-backups", undefined],
      ["create-backups", "create-backups", 0],
      ["create-backups-1", "create-backups", 1],
      ["create-backups-2", "create-backups", 2],
      ["poll-backups", "poll-backups", 0],
      ["poll-backups-1", "poll-backups", 1],
      ["poll-backups-2", "poll-backups", 2],
      ["prune-backups", "prune-backups", undefined],
    ]);
    expect(scheduledLambdas(sharded).size).toBe(scheduledFunctions.length);
  });

  test("every shard is watched by itself, and its silence pages", () => {
    const watched = [...ofType("AWS::CloudWatch::Alarm", sharded).values()]
      .map((alarm) => alarm.Properties)
      .filter((alarm) => ["CreateHeartbeat", "PollHeartbeat"].includes(alarm.MetricName));
    const shardOf = (alarm: { Dimensions: { Name: string; Value: string }[] }) =>
      alarm.Dimensions.find(({ Name }) => Name === "Shard")?.Value;
    expect(watched.map((alarm) => `${alarm.MetricName} ${shardOf(alarm)}`).toSorted()).toEqual([
      ...["CreateHeartbeat 0", "CreateHeartbeat 1", "CreateHeartbeat 2"],
      ...["PollHeartbeat 0", "PollHeartbeat 1", "PollHeartbeat 2"],
    ]);
    for (const alarm of watched) {
      expect(alarm).toMatchObject({ TreatMissingData: "breaching", Threshold: 1, DatapointsToAlarm: 2 });
      expect(JSON.stringify(alarm.AlarmActions)).toContain("Page");
    }
  });
});

test("every queue keeps its messages for 14 days, encrypted", () => {
  const queues = [...ofType("AWS::SQS::Queue").values()].map((q) => q.Properties);
  expect(queues).toHaveLength(3);
  for (const queue of queues)
    expect(queue).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
});
