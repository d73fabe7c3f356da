// Alarms on what the system says about itself. Silence counts as failure wherever a tick must have spoken.

import { pageDays, ticketDays } from "../shared/domain/audit/credential-expiry.ts";
import { type AlarmRow, onAnyEvent } from "./alarm-row.ts";
import { resourceNames } from "./resource-names.ts";
import { type ScheduledFunction, scheduledFunctions } from "./scheduled-functions.ts";
import { scheduleId } from "./tick-schedules.ts";

/**
 * Five-minute periods, two of three: CloudWatch looks further back than it was asked to and lets old points count, so longer
 * periods would report a dead scheduler hours late.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data
 */
const orSilent = { periodSeconds: 300, points: [2, 3], missing: "breaching", recovers: true } as const;

/** With several shards each has its own: the heartbeats of the others would hide that one is dead. */
export function backupAlarms(stage: string, shards = 1): AlarmRow[] {
  return [
    ...scheduledFunctions.flatMap((row) =>
      row.hasShards && shards > 1
        ? Array.from({ length: shards }, (_, shard) => shardHeartbeatAlarm(stage, row, shard))
        : [heartbeatAlarm(stage, row)],
    ),
    ...accountingAlarms(stage),
    ...outcomeAlarms(stage),
    ...providerAlarms(stage),
    ...credentialAlarms(stage),
  ];
}

/** An hourly function has nothing that waits for it: a silent morning is a ticket. */
const silentForHours = { ...orSilent, periodSeconds: 3600, points: [3, 3], level: "ticket" } as const;

function heartbeatAlarm(stage: string, row: ScheduledFunction): AlarmRow {
  const names = resourceNames(stage);
  const isHourly = row.everyMinutesAtMost > 5;
  return {
    ...(isHourly ? silentForHours : { ...orSilent, level: "page" }),
    key: `${row.name}-heartbeat`,
    signal: { of: "stage", metric: row.heartbeat },
    statistic: "Maximum",
    trips: { when: "below", threshold: 1 },
    meaning: `No tick of ${row.name} has finished for at least ${isHourly ? "3 hours" : "10 minutes"}. ${row.does}: that is not happening now.`,
    first: [
      `aws logs tail ${names.logGroupOf(row.name)} --since 30m`,
      `aws scheduler get-schedule --group-name ${names.scheduleGroup} --name ${names.functionNamed(row.name)}`,
      `npx otc-backup doctor --stage ${stage}`,
    ],
    anchor: "heartbeat-missing",
  };
}

function shardHeartbeatAlarm(stage: string, row: ScheduledFunction, shard: number): AlarmRow {
  const names = resourceNames(stage);
  const whole = heartbeatAlarm(stage, row);
  const [log, , doctor] = whole.first;
  const schedule = names.functionNamed(scheduleId(row.name, shard));
  return {
    ...whole,
    key: `${whole.key}-shard-${shard}`,
    signal: { of: "stage", metric: row.heartbeat, shard },
    meaning: `No tick of shard ${shard} of ${row.name} has finished for at least 10 minutes. ${row.does}: for its accounts that is not happening now.`,
    first: [log, `aws scheduler get-schedule --group-name ${names.scheduleGroup} --name ${schedule}`, doctor],
  };
}

/** Is every due slot written down? */
function accountingAlarms(stage: string): AlarmRow[] {
  return [
    {
      ...orSilent,
      key: "tick-lag",
      signal: { of: "stage", metric: "TickLagSeconds" },
      statistic: "Maximum",
      trips: { when: "above", threshold: 600 },
      level: "page",
      meaning: "Slots due for more than 10 minutes are not yet written down as runs, or nobody says so.",
      first: [
        `npx otc-backup status --stage ${stage}`,
        `aws logs tail ${resourceNames(stage).logGroupOf("create-backups")} --since 30m`,
        `npx otc-backup doctor --stage ${stage}`,
      ],
      anchor: "tick-lag",
    },
    {
      ...orSilent,
      key: "no-policies",
      signal: { of: "stage", metric: "PolicyCount" },
      statistic: "Minimum",
      trips: { when: "below", threshold: 1 },
      points: [2, 2],
      level: "page",
      meaning: "There is no policy at all, so nothing is backed up. Expected only before the first policy is stored.",
      first: [
        `npx otc-backup policies list --stage ${stage}`,
        `aws dynamodb describe-table --table-name ${resourceNames(stage).policiesTable}`,
        `npx otc-backup doctor --stage ${stage}`,
      ],
      anchor: "no-policies",
    },
    {
      ...onAnyEvent,
      key: "invalid-policies",
      signal: { of: "stage", metric: "InvalidPolicies" },
      statistic: "Maximum",
      level: "ticket",
      recovers: true,
      meaning:
        "A policy row is invalid. Its last valid version stays in force; a row that was never valid backs up nothing.",
      first: [
        `npx otc-backup policies list --stage ${stage}`,
        `npx otc-backup policies show <policy> --stage ${stage}`,
        `npx otc-backup policies history <policy> --stage ${stage}`,
      ],
      anchor: "invalid-policies",
    },
  ];
}

/** The second, independent way to hear of what the functions alert themselves. */
function outcomeAlarms(stage: string): AlarmRow[] {
  const status = `npx otc-backup status --stage ${stage}`;
  const runs = `npx otc-backup runs list --stage ${stage}`;
  return [
    {
      ...onAnyEvent,
      key: "new-failures",
      signal: { of: "stage", metric: "NewFailures" },
      level: "page",
      meaning: "A run ended failed, missed or lost, or became overdue. The alert of that run has the details.",
      first: [status, runs, `npx otc-backup why <run> --stage ${stage}`],
      anchor: "new-failures",
    },
    {
      ...onAnyEvent,
      key: "alerts-not-sent",
      signal: { of: "stage", metric: "AlertDeliveryFailures" },
      level: "page",
      bothTopics: true,
      meaning:
        "A function could not publish an alert. It stays in the ledger and is tried again; until then nobody knows of it.",
      first: [
        status,
        `aws logs tail ${resourceNames(stage).logGroupOf("poll-backups")} --since 30m --filter-pattern notify-failed`,
        `aws kms describe-key --key-id ${resourceNames(stage).alertKeyAlias}`,
      ],
      anchor: "alerts-not-sent",
    },
  ];
}

/** What OTC answers. */
function providerAlarms(stage: string): AlarmRow[] {
  const status = `npx otc-backup status --stage ${stage}`;
  const doctor = `npx otc-backup doctor --stage ${stage}`;
  const runs = `npx otc-backup runs list --stage ${stage}`;
  const createLog = `aws logs tail ${resourceNames(stage).logGroupOf("create-backups")} --since 30m`;
  return [
    {
      ...onAnyEvent,
      key: "auth-failures",
      signal: { of: "stage", metric: "AuthFailures" },
      level: "page",
      meaning:
        "OTC refused a login or a signature. No backup of that account starts until its secret is right. Do not try passwords: five wrong ones lock the user.",
      first: [status, doctor, createLog],
      anchor: "auth-failures",
    },
    {
      ...onAnyEvent,
      key: "quota-rejected",
      signal: { of: "stage", metric: "QuotaRejected" },
      level: "page",
      meaning:
        "OTC accepts no more manual backups in an account. Runs wait until the end of their start window, then they are missed.",
      first: [status, runs, doctor],
      anchor: "quota-rejected",
    },
    {
      ...onAnyEvent,
      key: "ambiguous-creates",
      signal: { of: "stage", metric: "AmbiguousCreates" },
      // One is ordinary and settles itself by name within minutes; several in a quarter of an hour are a sign.
      trips: { when: "above", threshold: 3 },
      periodSeconds: 900,
      level: "ticket",
      meaning: "Several requests to OTC had no clear answer. Each is looked up by name before anything is sent again.",
      first: [status, runs, createLog],
      anchor: "ambiguous-creates",
    },
  ];
}

/**
 * A password that is going to end. Said by every survey, about once an hour, for the accounts it looked at; two hours, so that an
 * hour in which only other accounts spoke does not end the alarm. Days as in shared/domain/audit/credential-expiry.ts.
 */
function credentialAlarms(stage: string): AlarmRow[] {
  const endingWithin = (days: number) =>
    ({
      signal: { of: "stage", metric: "CredentialDaysLeft" },
      statistic: "Minimum",
      trips: { when: "below", threshold: days },
      periodSeconds: 3600,
      points: [1, 2],
      missing: "notBreaching",
      recovers: true,
      first: [
        `npx otc-backup status --stage ${stage}`,
        `npx otc-backup doctor --stage ${stage}`,
        `aws secretsmanager list-secrets --filters Key=name,Values=${resourceNames(stage).accountSecretPrefix}/`,
      ],
      anchor: "credential-ending",
    }) as const satisfies Partial<AlarmRow>;
  return [
    {
      ...endingWithin(ticketDays),
      key: "credential-ending",
      level: "ticket",
      meaning: `The password of an OTC user ends within ${ticketDays} days. The alert names the account. Backups still work.`,
    },
    {
      ...endingWithin(pageDays),
      key: "credential-ends-soon",
      level: "page",
      meaning: `The password of an OTC user ends within ${pageDays} days; from then on no backup of that account starts.`,
    },
  ];
}
