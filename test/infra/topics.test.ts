// Questions about the way of an alert to a person.

import { expect, test } from "vitest";
import { ofType, referenceOf, synthesize } from "./synthesized-stage.ts";

const topics = ofType("AWS::SNS::Topic");
const topicNamed = (reference: unknown) => topics.get(referenceOf(reference) ?? "")?.Properties.TopicName;
const subscriptions = [...ofType("AWS::SNS::Subscription").values()].map((s) => s.Properties);

test("the endpoints of the settings are subscribed to the topic of their level", () => {
  expect(subscriptions.map((s) => [topicNamed(s.TopicArn), s.Protocol, s.Endpoint])).toEqual([
    ["otc-backup-prod-page", "email", "dbops@example.com"],
    ["otc-backup-prod-page", "https", "https://events.pager.example.com/integration/replace-me/enqueue"],
    ["otc-backup-prod-ticket", "email", "dbops-tickets@example.com"],
  ]);
});

test("what a pager's web address does not take is kept", () => {
  const queueId = referenceOf(subscriptions.find((s) => s.Protocol === "https")?.RedrivePolicy.deadLetterTargetArn);
  expect(ofType("AWS::SQS::Queue").get(queueId ?? "")?.Properties.QueueName).toBe("otc-backup-prod-undelivered-alerts");
  const policy = [...ofType("AWS::SQS::QueuePolicy").values()].find(
    (p) => referenceOf(p.Properties.Queues[0]) === queueId,
  );
  const letIn = policy?.Properties.PolicyDocument.Statement.find((s: { Effect: string }) => s.Effect === "Allow");
  expect(letIn).toMatchObject({ Action: "sqs:SendMessage", Principal: { Service: "sns.amazonaws.com" } });
});

test("both topics are encrypted with a key of ours that CloudWatch alarms may use", () => {
  const keys = ofType("AWS::KMS::Key");
  for (const topic of topics.values()) expect(keys.has(referenceOf(topic.Properties.KmsMasterKeyId) ?? "")).toBe(true);
  const [key] = [...keys.values()];
  expect(key?.Properties.EnableKeyRotation).toBe(true);
  const forAlarms = key?.Properties.KeyPolicy.Statement.find(
    (s: { Principal: { Service?: string } }) => s.Principal.Service === "cloudwatch.amazonaws.com",
  );
  expect(forAlarms.Action).toEqual(["kms:Decrypt", "kms:GenerateDataKey"]);
  expect(forAlarms.Condition).toBeUndefined();
});

test("both topics take messages from this account's alarms and refuse unencrypted connections", () => {
  const policies = [...ofType("AWS::SNS::TopicPolicy").values()].map((p) => p.Properties);
  expect(policies.map((p) => topicNamed(p.Topics[0])).sort()).toEqual([
    "otc-backup-prod-page",
    "otc-backup-prod-ticket",
  ]);
  for (const { PolicyDocument: document } of policies) {
    expect(document.Statement).toEqual([
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      expect.objectContaining({
        Effect: "Allow",
        Action: "sns:Publish",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
      }),
    ]);
  }
});

test("a stage with e-mail alone subscribes e-mail alone", () => {
  const from = synthesize({ page: { emails: ["one@dbops.test"], httpsUrls: [] } });
  const protocols = [...ofType("AWS::SNS::Subscription", from).values()].map((s) => s.Properties.Protocol);
  expect(protocols).toEqual(["email", "email"]);
});
