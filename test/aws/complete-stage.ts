// Makes by the services' own calls what the emulator's CloudFormation leaves out of a stage and an operator's command looks at:
// subscriptions, alarms on metrics, schedules, and the tables' recovery. As the template says it, references resolved. Composite
// alarms the emulator does not know at all.

import { CloudWatchClient, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { CreateScheduleCommand, CreateScheduleGroupCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { accountId, clientOptions, region, type Template } from "./deployed-stage.ts";

// biome-ignore lint/suspicious/noExplicitAny: parts of a template are plain JSON
type Json = any;

export async function completeStage(emulatorUrl: string, template: Template): Promise<void> {
  const options = clientOptions(emulatorUrl);
  const resolved = (type: string): Json[] =>
    Object.values(template.Resources)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => resolve(template, Properties));
  await protectTables(new DynamoDBClient(options), resolved("AWS::DynamoDB::Table"));
  const sns = new SNSClient(options);
  for (const { TopicArn, Protocol, Endpoint } of resolved("AWS::SNS::Subscription"))
    await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
  const cloudWatch = new CloudWatchClient(options);
  for (const alarm of resolved("AWS::CloudWatch::Alarm")) await cloudWatch.send(new PutMetricAlarmCommand(alarm));
  const scheduler = new SchedulerClient(options);
  for (const { Name } of resolved("AWS::Scheduler::ScheduleGroup"))
    await scheduler.send(new CreateScheduleGroupCommand({ Name }));
  for (const schedule of resolved("AWS::Scheduler::Schedule"))
    await scheduler.send(new CreateScheduleCommand(schedule));
}

/** The template asks for both; the emulator's CloudFormation makes the tables without. */
async function protectTables(client: DynamoDBClient, tables: readonly Json[]): Promise<void> {
  for (const { TableName, PointInTimeRecoverySpecification, DeletionProtectionEnabled } of tables) {
    await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled }));
  }
}

function resolve(template: Template, value: Json): Json {
  if (Array.isArray(value)) return value.map((one) => resolve(template, one));
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.Ref === "string") return referenced(template, value.Ref);
  if (value["Fn::GetAtt"] !== undefined) return referenced(template, value["Fn::GetAtt"][0]);
  if (value["Fn::Join"] !== undefined) {
    const [separator, parts] = value["Fn::Join"];
    return resolve(template, parts).join(separator);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(template, one)]));
}

const pseudo: Readonly<Record<string, string>> = {
  "AWS::AccountId": accountId,
  "AWS::Region": region,
  "AWS::Partition": "aws",
};

/** The ARN of a resource with a name of its own; all that is referred to by the parts above has one. */
function referenced(template: Template, id: string): string {
  const { Type = "", Properties = {} } = template.Resources[id] ?? {};
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${accountId}:${rest}`;
  switch (Type) {
    case "AWS::SNS::Topic":
      return arn("sns", Properties.TopicName);
    case "AWS::SQS::Queue":
      return arn("sqs", Properties.QueueName);
    case "AWS::Lambda::Function":
      return arn("lambda", `function:${Properties.FunctionName}`);
    case "AWS::IAM::Role":
      return `arn:aws:iam::${accountId}:role/${id}`;
    default:
      return pseudo[id] ?? id;
  }
}
