// The two ways to a person: `page` wakes somebody, `ticket` is read on the next working day. Functions and CloudWatch alarms
// publish to both topics; who listens stands in the settings.

import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { SubscriptionProtocol, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, UrlSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { ResourceNames } from "./resource-names.ts";
import type { Endpoints, StageSettings } from "./settings.ts";

const cloudWatch = new ServicePrincipal("cloudwatch.amazonaws.com");

export interface AlertTopicsProps {
  readonly names: ResourceNames;
  readonly settings: Pick<StageSettings, "page" | "ticket">;
  readonly undeliveredAlerts: IQueue;
}

export class AlertTopics extends Construct {
  readonly key: Key;
  readonly page: Topic;
  readonly ticket: Topic;

  constructor(scope: Construct, id: string, props: AlertTopicsProps) {
    super(scope, id);
    this.key = this.alertKey(props.names.alertKeyAlias);
    this.page = this.topic("Page", props.names.pageTopic);
    this.ticket = this.topic("Ticket", props.names.ticketTopic);
    subscribe(this.page, props.settings.page, props.undeliveredAlerts);
    subscribe(this.ticket, props.settings.ticket, props.undeliveredAlerts);
  }

  /**
   * A key of our own, because alarms cannot publish to a topic under the AWS managed key. The statement for CloudWatch carries no
   * condition: a wrong one would silence every alarm without an error anywhere but in the alarm's history; who may publish is
   * limited by the topic's policy.
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   */
  private alertKey(alias: string): Key {
    const key = new Key(this, "Key", {
      alias,
      description: "Encrypts alerts on their way to people",
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: "AlarmsMayPublish",
        principals: [cloudWatch],
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: ["*"],
      }),
    );
    return key;
  }

  private topic(id: string, topicName: string): Topic {
    const topic = new Topic(this, id, { topicName, displayName: topicName, masterKey: this.key, enforceSSL: true });
    const { account } = Stack.of(this);
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "AlarmsMayPublish",
        principals: [cloudWatch],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": account } },
      }),
    );
    return topic;
  }
}

function subscribe(topic: Topic, endpoints: Endpoints, undeliveredAlerts: IQueue): void {
  for (const address of endpoints.emails) topic.addSubscription(new EmailSubscription(address));
  for (const url of endpoints.httpsUrls) {
    topic.addSubscription(
      new UrlSubscription(url, { protocol: SubscriptionProtocol.HTTPS, deadLetterQueue: undeliveredAlerts }),
    );
  }
}
