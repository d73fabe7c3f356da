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

test("every queue keeps its messages for 14 days, encrypted", () => {
  const queues = [...ofType("AWS::SQS::Queue").values()].map((q) => q.Properties);
  expect(queues).toHaveLength(3);
  for (const queue of queues)
    expect(queue).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
});
