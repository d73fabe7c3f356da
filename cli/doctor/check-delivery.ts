// The ways to a person and the ticks, as they are in AWS now: schedules enabled, topics with somebody who listens, alarms that
// do something. What the template says is another matter; people change things by hand.

import {
  type AlarmType,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  paginateDescribeAlarms,
} from "@aws-sdk/client-cloudwatch";
import { paginateListSchedules, type SchedulerClient, type ScheduleSummary } from "@aws-sdk/client-scheduler";
import {
  paginateListSubscriptionsByTopic,
  paginateListTopics,
  type SNSClient,
  type Subscription,
} from "@aws-sdk/client-sns";
import { doubtful, type Finding, failing, fine } from "./finding.ts";

const deploy = "deploy the stage again: npm run deploy -- --stage <name>";

export async function checkSchedules(client: SchedulerClient, group: string): Promise<Finding[]> {
  const schedules: ScheduleSummary[] = [];
  for await (const page of paginateListSchedules({ client }, { GroupName: group }))
    schedules.push(...(page.Schedules ?? []));
  return judgeSchedules(schedules);
}

/** Every function needs its tick; without these no backup is made, watched or missed by anybody. */
const needed = ["create-backups", "poll-backups", "audit-backups"];

export function judgeSchedules(schedules: readonly Pick<ScheduleSummary, "Name" | "State">[]): Finding[] {
  const missing = needed.filter((name) => !schedules.some((schedule) => schedule.Name?.endsWith(name)));
  return [
    ...schedules.map(({ Name = "without a name", State = "unknown" }) =>
      State === "ENABLED"
        ? fine(`schedule ${Name}`, "is enabled")
        : failing(`schedule ${Name}`, `is ${State}: the function is never woken`, "enable it in EventBridge Scheduler"),
    ),
    ...missing.map((name) => failing(`schedule of ${name}`, "is not there", deploy)),
  ];
}

export async function checkTopic(client: SNSClient, name: string): Promise<Finding[]> {
  for await (const page of paginateListTopics({ client }, {})) {
    const arn = page.Topics?.find((topic) => topic.TopicArn?.endsWith(`:${name}`))?.TopicArn;
    if (arn === undefined) continue;
    const subscriptions: Listener[] = [];
    for await (const listed of paginateListSubscriptionsByTopic({ client }, { TopicArn: arn }))
      subscriptions.push(...(listed.Subscriptions ?? []));
    return judgeSubscriptions(name, subscriptions);
  }
  return [failing(`topic ${name}`, "is not there", deploy)];
}

type Listener = Pick<Subscription, "SubscriptionArn" | "Endpoint">;

export function judgeSubscriptions(name: string, subscriptions: readonly Listener[]): Finding[] {
  const check = `topic ${name}`;
  const isConfirmed = (one: Listener) => one.SubscriptionArn?.startsWith("arn:") === true;
  const pending = subscriptions.filter((one) => !isConfirmed(one)).map((one) => one.Endpoint ?? "?");
  const confirmed = subscriptions.length - pending.length;
  const confirm = `open the confirmation mail of ${pending.join(", ")}`;
  if (confirmed === 0)
    return [
      failing(
        check,
        "nobody listens: no confirmed subscription",
        pending.length > 0 ? confirm : "name an endpoint in infra/settings.ts and deploy",
      ),
    ];
  return [
    fine(check, `${confirmed} confirmed ${confirmed === 1 ? "subscription" : "subscriptions"}`),
    ...(pending.length > 0 ? [doubtful(check, `${pending.length} not confirmed`, confirm)] : []),
  ];
}

export async function checkAlarms(client: CloudWatchClient, prefix: string): Promise<Finding[]> {
  const alarms: MetricAlarm[] = [];
  const composites: CompositeAlarm[] = [];
  // Without the types only alarms on metrics are told, and not those that speak for some of them.
  const AlarmTypes: AlarmType[] = ["MetricAlarm", "CompositeAlarm"];
  for await (const page of paginateDescribeAlarms({ client }, { AlarmNamePrefix: prefix, AlarmTypes })) {
    alarms.push(...(page.MetricAlarms ?? []));
    composites.push(...(page.CompositeAlarms ?? []));
  }
  return judgeAlarms(alarms, composites);
}

type Ringer = Pick<MetricAlarm, "AlarmName" | "ActionsEnabled" | "AlarmActions" | "StateValue">;
type Speaker = Ringer & Pick<CompositeAlarm, "AlarmRule">;

/** An alarm needs an action of its own, or a composite alarm with one that rings for it. */
export function judgeAlarms(alarms: readonly Ringer[], composites: readonly Speaker[]): Finding[] {
  if (alarms.length === 0) return [failing("alarms", "there are none: the second way to a person is missing", deploy)];
  const hasAction = (one: Ringer) => one.ActionsEnabled !== false && (one.AlarmActions ?? []).length > 0;
  const rules = composites.filter(hasAction).map((one) => one.AlarmRule ?? "");
  // A rule names its alarms or their ARNs, in quotes.
  const isSpokenFor = ({ AlarmName: name = "?", ActionsEnabled }: Ringer) =>
    ActionsEnabled !== false && rules.some((rule) => rule.includes(`"${name}"`) || rule.includes(`:${name}"`));
  const all = [...alarms, ...composites];
  const mute = all.filter((one) => !hasAction(one) && !isSpokenFor(one));
  const ringing = all.filter((one) => one.StateValue === "ALARM");
  const names = (list: readonly Ringer[]) => list.map((one) => one.AlarmName ?? "?").join(", ");
  return [
    mute.length === 0
      ? fine("alarms", `${all.length}, each with an action`)
      : failing("alarms", `without an action: ${names(mute)}`, `aws cloudwatch enable-alarm-actions, or ${deploy}`),
    ...(ringing.length > 0
      ? [doubtful("alarms", `ringing now: ${names(ringing)}`, "docs/operations.md has a section for each")]
      : []),
  ];
}
