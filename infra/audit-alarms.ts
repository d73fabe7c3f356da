// Alarms on what the auditor finds. They page together, as one composite alarm: one audit is one look, and its gauges leave in
// one line of the log, so they live and die together. That the auditor itself is silent pages apart, and then this one waits.

import type { AlarmRow } from "./alarm-row.ts";
import { resourceNames } from "./resource-names.ts";

/** Two audits of three, and silence counts: a gauge that is no longer emitted is found by its own alarm. */
const gauge = {
  ...{ statistic: "Maximum", periodSeconds: 300, points: [2, 3], missing: "breaching" },
  ...{ recovers: true, level: "page", through: "audit-findings" },
} as const satisfies Partial<AlarmRow>;

/** Speaks for itself, and can wait for the morning if not said otherwise; silence is the heartbeat's affair. */
const service = {
  ...{ statistic: "Maximum", periodSeconds: 300, points: [2, 3], missing: "notBreaching" },
  ...{ recovers: true, level: "ticket" },
} as const satisfies Partial<AlarmRow>;

const anyAtAll = { when: "above", threshold: 0 } as const;

export function auditAlarms(stage: string): AlarmRow[] {
  return [...gaugeAlarms(stage), ...serviceAlarms(stage)];
}

function serviceAlarms(stage: string): AlarmRow[] {
  const log = `aws logs tail ${resourceNames(stage).logGroupOf("audit-backups")} --since 2h`;
  const status = `npx otc-backup status --stage ${stage}`;
  return [
    {
      ...service,
      key: "digest-missing",
      signal: { of: "stage", metric: "DigestAgeHours" },
      // A day has up to 25 hours, and one audit may be late.
      trips: { when: "above", threshold: 26 },
      meaning:
        "No morning digest has been delivered for more than 26 hours. That it did not come says nothing about the backups.",
      first: [
        status,
        log,
        `aws sns list-subscriptions-by-topic --topic-arn <arn of ${resourceNames(stage).ticketTopic}>`,
      ],
      anchor: "digest-missing",
    },
    {
      ...service,
      level: "page",
      key: "phantom-records",
      signal: { of: "stage", metric: "PhantomRecords" },
      trips: anyAtAll,
      meaning:
        "Backups that were COMPLETED are no longer listed by OTC, and nobody here deleted them. Rings for a day after they were missed.",
      first: [`npx otc-backup runs list --stage ${stage}`, `npx otc-backup why <policy> --stage ${stage}`, log],
      anchor: "backups-vanished",
    },
    {
      ...service,
      key: "orphan-backups",
      signal: { of: "stage", metric: "OrphanBackups" },
      trips: anyAtAll,
      meaning: "OTC lists backups with our prefix that no record and no name explains. They are never touched.",
      first: [log, `npx otc-backup runs list --stage ${stage}`, status],
      anchor: "backups-orphaned",
    },
    {
      ...service,
      key: "odd-sizes",
      signal: { of: "stage", metric: "SizeAnomalies" },
      trips: anyAtAll,
      meaning: "The newest backup of a database is less than half or more than twice its usual size.",
      first: [`npx otc-backup runs list --stage ${stage}`, status, log],
      anchor: "sizes-odd",
    },
    {
      ...service,
      key: "databases-uncovered",
      signal: { of: "stage", metric: "UncoveredDatabases" },
      trips: anyAtAll,
      // Said by surveys only, about once an hour.
      ...{ periodSeconds: 3600, points: [1, 2] },
      meaning: "Databases that no enabled policy means: nobody backs them up, and nobody has said that this is right.",
      first: [`npx otc-backup coverage --stage ${stage}`, status, log],
      anchor: "databases-uncovered",
    },
    {
      ...service,
      key: "comparison-old",
      signal: { of: "stage", metric: "ReconcileAgeHours" },
      // A round begins every 23 hours.
      trips: { when: "above", threshold: 30 },
      meaning: "The ledger and what OTC lists have not been compared completely for more than 30 hours.",
      first: [log, `npx otc-backup doctor --stage ${stage}`, status],
      anchor: "comparison-old",
    },
    {
      ...service,
      key: "ping-failures",
      signal: { of: "stage", metric: "PingFailures" },
      trips: anyAtAll,
      meaning: "The outside dead-man switch does not take our pings. It will ring there although all may be well here.",
      first: [
        log,
        status,
        `aws lambda get-function-configuration --function-name ${resourceNames(stage).functionNamed("audit-backups")}`,
      ],
      anchor: "ping-failures",
    },
  ];
}

function gaugeAlarms(stage: string): AlarmRow[] {
  const status = `npx otc-backup status --stage ${stage}`;
  const runs = `npx otc-backup runs list --stage ${stage}`;
  const log = (name: string) => `aws logs tail ${resourceNames(stage).logGroupOf(name)} --since 30m`;
  return [
    {
      ...gauge,
      key: "overdue-policies",
      signal: { of: "stage", metric: "OverduePolicies" },
      trips: anyAtAll,
      meaning: "The newest good backup of some database is older than its policy allows. The alert has the list.",
      first: [status, `npx otc-backup why <policy> --stage ${stage}`, runs],
      anchor: "backups-overdue",
    },
    {
      ...gauge,
      key: "worst-freshness",
      signal: { of: "stage", metric: "WorstFreshnessRatio" },
      trips: { when: "above", threshold: 1 },
      meaning:
        "The oldest newest-good backup has passed its target. The same fact as overdue-policies, measured as a ratio.",
      first: [status, `npx otc-backup why <policy> --stage ${stage}`, runs],
      anchor: "backups-overdue",
    },
    {
      ...gauge,
      key: "stuck-backups",
      signal: { of: "stage", metric: "StuckBackups" },
      trips: anyAtAll,
      meaning: "Runs are open for longer than their state allows and nobody moves them on.",
      first: [runs, log("poll-backups"), log("create-backups")],
      anchor: "runs-stuck",
    },
    {
      ...gauge,
      key: "silent-shards",
      signal: { of: "stage", metric: "SilentShards" },
      trips: anyAtAll,
      meaning:
        "A shard of create-backups or poll-backups has not finished a tick for 10 minutes: its accounts stand still.",
      first: [status, log("create-backups"), log("poll-backups")],
      anchor: "shard-silent",
    },
    {
      ...gauge,
      key: "unaccounted-slots",
      signal: { of: "stage", metric: "UnaccountedSlots" },
      trips: anyAtAll,
      meaning: "Slots were due and were never written down: nothing was tried for them and nothing else will tell.",
      first: [status, log("create-backups"), `npx otc-backup run-now <policy> --stage ${stage}`],
      anchor: "slots-unaccounted",
    },
    {
      ...gauge,
      key: "policies-dropped",
      signal: { of: "stage", metric: "PolicyCountDropPct" },
      trips: { when: "above", threshold: 20 },
      meaning: "More than 20 % of the policies disappeared or were disabled within a day. Write nothing yet.",
      first: [
        `npx otc-backup policies list --stage ${stage}`,
        `npx otc-backup policies history <policy> --stage ${stage}`,
        `aws dynamodb describe-continuous-backups --table-name ${resourceNames(stage).policiesTable}`,
      ],
      anchor: "policies-dropped",
    },
  ];
}

/** The alarm through which the rows above page. */
export function auditComposite(stage: string): CompositeRow {
  return {
    key: "audit-findings",
    level: "page",
    recovers: true,
    /** Rings by itself when no audit is heard of, and then the gauges' silence adds nothing. */
    quietDuring: "audit-backups-heartbeat",
    meaning:
      "The auditor found backups missing, too old or stuck. Its own alert has the list; which gauge rings says what.",
    first: [
      `npx otc-backup status --stage ${stage}`,
      `aws cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix ${resourceNames(stage).alarmNamed("")}`,
      `aws logs tail ${resourceNames(stage).logGroupOf("audit-backups")} --since 30m`,
    ],
    anchor: "audit-findings",
  };
}

export type CompositeRow = Pick<AlarmRow, "key" | "level" | "recovers" | "meaning" | "first" | "anchor"> & {
  readonly quietDuring: string;
};
