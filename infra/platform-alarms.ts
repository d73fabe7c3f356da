// Alarms on what AWS says about the parts we use: functions, scheduler, queues, topics. Metrics of idle parts are absent, so
// silence is no failure here; the heartbeats in backup-alarms.ts watch for silence.

import { type AlarmRow, onAnyEvent, type Signal } from "./alarm-row.ts";
import { resourceNames } from "./resource-names.ts";
import { functionTimeoutSeconds, scheduledFunctions } from "./scheduled-functions.ts";

/**
 * Lambda dates an invocation by its start and publishes at its end: to see one that ran into its timeout, an alarm has to look
 * back over timeout + 5 minutes.
 */
const lookBack = { ...onAnyEvent, points: [1, Math.ceil((functionTimeoutSeconds + 300) / 300)] } as const;

export function platformAlarms(stage: string): AlarmRow[] {
  return [
    ...scheduledFunctions.flatMap((row) => [...functionAlarms(stage, row.name), ...logAlarms(stage, row.name)]),
    ...schedulerAlarms(stage),
    ...queueAlarms(stage),
    ...topicAlarms(stage),
  ];
}

function functionAlarms(stage: string, name: string): AlarmRow[] {
  const names = resourceNames(stage);
  const signal = (metric: string): Signal => ({
    of: "aws",
    namespace: "AWS/Lambda",
    metric,
    dimensions: { FunctionName: names.functionNamed(name) },
  });
  const first: AlarmRow["first"] = [
    `aws logs tail ${names.logGroupOf(name)} --since 30m`,
    `npx otc-backup status --stage ${stage}`,
    `aws lambda get-function-configuration --function-name ${names.functionNamed(name)}`,
  ];
  return [
    {
      ...lookBack,
      key: `${name}-errors`,
      signal: signal("Errors"),
      level: "page",
      meaning: `A tick of ${name} ended in an error or in its timeout. The next tick does what was left, unless the cause lasts.`,
      first,
      anchor: "function-errors",
    },
    {
      ...onAnyEvent,
      key: `${name}-dropped`,
      signal: signal("AsyncEventsDropped"),
      level: "page",
      meaning: `Lambda threw a tick of ${name} away without running it.`,
      first,
      anchor: "ticks-dropped",
    },
    {
      ...onAnyEvent,
      key: `${name}-destination`,
      signal: signal("DestinationDeliveryFailures"),
      level: "page",
      meaning: `Lambda could not store a failed tick of ${name}, so the evidence of a failure is being lost.`,
      first,
      anchor: "destination-failures",
    },
    {
      ...onAnyEvent,
      key: `${name}-throttled`,
      signal: signal("Throttles"),
      points: [2, 3],
      level: "ticket",
      meaning: `The account has no Lambda concurrency left for ${name}. Ticks come late.`,
      first,
      anchor: "function-throttled",
    },
    {
      ...lookBack,
      key: `${name}-slow`,
      signal: signal("Duration"),
      statistic: "Maximum",
      trips: { when: "above", threshold: functionTimeoutSeconds * 1000 * 0.8 },
      level: "ticket",
      meaning: `A tick of ${name} used more than 80 % of its time. It should stop by itself after less than half of it.`,
      first,
      anchor: "function-slow",
    },
  ];
}

/** Our metrics travel in the log; a line that CloudWatch cannot read takes its metrics, and the alarms on them, with it. */
function logAlarms(stage: string, name: string): AlarmRow[] {
  const logGroup = resourceNames(stage).logGroupOf(name);
  return (["EMFValidationErrors", "EMFParsingErrors"] as const).map((metric) => ({
    ...onAnyEvent,
    key: `${name}-${metric === "EMFValidationErrors" ? "metrics-invalid" : "metrics-unreadable"}`,
    signal: { of: "aws", namespace: "AWS/Logs", metric, dimensions: { LogGroupName: logGroup } },
    level: "page",
    meaning: `CloudWatch cannot read metrics in the log of ${name}. Alarms on them are blind.`,
    first: [
      `aws logs tail ${logGroup} --since 30m --filter-pattern CloudWatchMetrics`,
      `npx otc-backup status --stage ${stage}`,
      "git log -5 -- shared functions",
    ],
    anchor: "metrics-unreadable",
  }));
}

function schedulerAlarms(stage: string): AlarmRow[] {
  const names = resourceNames(stage);
  const signal = (metric: string): Signal => ({
    of: "aws",
    namespace: "AWS/Scheduler",
    metric,
    dimensions: { ScheduleGroup: names.scheduleGroup },
  });
  const first: AlarmRow["first"] = [
    `aws scheduler list-schedules --group-name ${names.scheduleGroup}`,
    `npx otc-backup status --stage ${stage}`,
    `aws sqs receive-message --queue-url $(aws sqs get-queue-url --queue-name ${names.undeliveredTicksQueue} --output text)`,
  ];
  return [
    {
      ...onAnyEvent,
      key: "scheduler-dropped",
      signal: signal("InvocationDroppedCount"),
      level: "page",
      meaning: "EventBridge Scheduler gave up delivering a tick to its function.",
      first,
      anchor: "ticks-undelivered",
    },
    {
      ...onAnyEvent,
      key: "scheduler-evidence-lost",
      signal: signal("InvocationsFailedToBeSentToDeadLetterCount"),
      level: "page",
      meaning: "EventBridge Scheduler could neither deliver a tick nor put it into the queue for undelivered ones.",
      first,
      anchor: "ticks-undelivered",
    },
  ];
}

function queueAlarms(stage: string): AlarmRow[] {
  const names = resourceNames(stage);
  const filled = (queue: string) => ({
    ...onAnyEvent,
    statistic: "Maximum" as const,
    recovers: true,
    signal: {
      of: "aws" as const,
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: queue },
    },
    first: [
      `aws sqs receive-message --queue-url $(aws sqs get-queue-url --queue-name ${queue} --output text)`,
      `npx otc-backup status --stage ${stage}`,
      `aws sqs purge-queue --queue-url $(aws sqs get-queue-url --queue-name ${queue} --output text) (only when understood)`,
    ] as const,
  });
  return [
    {
      ...filled(names.undeliveredTicksQueue),
      key: "undelivered-ticks",
      level: "page",
      meaning: "Ticks that never reached a function wait in their queue.",
      anchor: "ticks-undelivered",
    },
    {
      // A ticket: whatever fills this queue has paged already (errors, dropped events). What is left is reading the evidence.
      ...filled(names.failedTicksQueue),
      key: "failed-ticks",
      level: "ticket",
      meaning: "Ticks on which a function failed wait in their queue, with the error.",
      anchor: "failed-ticks",
    },
    {
      ...filled(names.undeliveredAlertsQueue),
      key: "undelivered-alerts",
      level: "page",
      bothTopics: true,
      meaning:
        "An alert was published but a pager's web address did not take it. Read it here: somebody should have got it.",
      anchor: "undelivered-alerts",
    },
  ];
}

function topicAlarms(stage: string): AlarmRow[] {
  const names = resourceNames(stage);
  return ([names.pageTopic, names.ticketTopic] as const).map((topic) => ({
    ...onAnyEvent,
    key: topic === names.pageTopic ? "page-not-delivered" : "ticket-not-delivered",
    signal: {
      of: "aws",
      namespace: "AWS/SNS",
      metric: "NumberOfNotificationsFailed",
      dimensions: { TopicName: topic },
    },
    level: "page",
    bothTopics: true,
    meaning: `Topic ${topic} could not deliver to one of its subscribers. Alerts may be lost on that way.`,
    first: [
      `npx otc-backup status --stage ${stage}`,
      `aws sns list-subscriptions --query "Subscriptions[?contains(TopicArn,'${topic}')]"`,
      `aws sqs receive-message --queue-url $(aws sqs get-queue-url --queue-name ${names.undeliveredAlertsQueue} --output text)`,
    ],
    anchor: "notifications-failed",
  }));
}
