// Where messages end that could not be handed over: ticks that never reached a function, ticks a function failed on, and alerts
// that no pager took. Nothing reads them automatically; each has an alarm. AWS's own key encrypts them, so that no key policy
// can stand between a failure and its evidence.

import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { acceptEndOfTheLine } from "./nag-reasons.ts";
import type { ResourceNames } from "./resource-names.ts";

/** The longest that SQS keeps a message: a failure of a long weekend is still there on Tuesday. */
const kept = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) } as const;

export class DeadLetterQueues extends Construct {
  readonly undeliveredTicks: Queue;
  readonly failedTicks: Queue;
  readonly undeliveredAlerts: Queue;

  constructor(scope: Construct, id: string, names: ResourceNames) {
    super(scope, id);
    this.undeliveredTicks = new Queue(this, "UndeliveredTicks", { ...kept, queueName: names.undeliveredTicksQueue });
    this.failedTicks = new Queue(this, "FailedTicks", { ...kept, queueName: names.failedTicksQueue });
    this.undeliveredAlerts = new Queue(this, "UndeliveredAlerts", { ...kept, queueName: names.undeliveredAlertsQueue });
    acceptEndOfTheLine(this);
  }
}
