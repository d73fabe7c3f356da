// The ticks: EventBridge Scheduler wakes each function at a fixed rate and decides nothing. A tick looks at what is due, so one
// that is lost or doubled changes nothing; hence few retries and a short age (docs/decisions/005-ticks.md).

import { Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import {
  ContextAttribute,
  type IScheduleTarget,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from "aws-cdk-lib/aws-scheduler";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { RemovalPolicy } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { ResourceNames } from "./resource-names.ts";

const retryPolicy = { maximumEventAgeInSeconds: 120, maximumRetryAttempts: 2 } as const;

export interface TickSchedulesProps {
  readonly names: ResourceNames;
  readonly undeliveredTicks: IQueue;
}

export interface TickTarget {
  readonly lambda: IFunction;
  readonly everyMinutes: number;
  readonly shards: number;
}

/** The first one has the function's own name, so that another number of shards leaves it as it is. */
export const scheduleId = (name: string, shard: number) => (shard === 0 ? name : `${name}-${shard}`);

export class TickSchedules extends Construct {
  private readonly names: ResourceNames;
  private readonly undeliveredTicks: IQueue;
  private readonly group: ScheduleGroup;
  private readonly role: Role;

  constructor(scope: Construct, id: string, props: TickSchedulesProps) {
    super(scope, id);
    this.names = props.names;
    this.undeliveredTicks = props.undeliveredTicks;
    this.group = new ScheduleGroup(this, "Group", {
      scheduleGroupName: props.names.scheduleGroup,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, "Role", { assumedBy: schedulerOf(Stack.of(this), props.names.scheduleGroup) });
    this.role.addToPolicy(
      new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [this.undeliveredTicks.queueArn] }),
    );
  }

  /** Wakes `lambda` every so many minutes and tells it which tick this is; with several shards one schedule wakes each. */
  add(name: string, tick: TickTarget): void {
    this.role.addToPolicy(
      new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [tick.lambda.functionArn] }),
    );
    for (let shard = 0; shard < tick.shards; shard += 1) this.addSchedule(name, tick, shard);
  }

  private addSchedule(name: string, tick: TickTarget, shard: number): void {
    const id = scheduleId(name, shard);
    const schedule = new Schedule(this, id, {
      scheduleName: this.names.functionNamed(id),
      description: shard === 0 ? `Wakes ${name}` : `Wakes ${name} for shard ${shard}`,
      scheduleGroup: this.group,
      schedule: ScheduleExpression.rate(Duration.minutes(tick.everyMinutes)),
      target: this.target(name, tick, shard),
    });
    // The template names the group in plain text, and Scheduler checks the role when the schedule is made.
    schedule.node.addDependency(this.group, this.role);
  }

  /** Our own instead of CDK's LambdaInvoke, which grants invoking every version and alias (`<function>:*`) as well. */
  private target(name: string, { lambda, shards }: TickTarget, shard: number): IScheduleTarget {
    const input = ScheduleTargetInput.fromObject({
      tick: ContextAttribute.scheduledTime,
      executionId: ContextAttribute.executionId,
      function: name,
      ...(shards === 1 ? {} : { shard }),
    });
    return {
      bind: () => ({
        arn: lambda.functionArn,
        role: this.role,
        input,
        retryPolicy,
        deadLetterConfig: { arn: this.undeliveredTicks.queueArn },
      }),
    };
  }
}

/**
 * Scheduler, but only on behalf of this group of this account. The group's ARN is spelled out: as a reference it would be one
 * that emulators without schedule groups cannot resolve.
 */
function schedulerOf(stack: Stack, scheduleGroup: string): ServicePrincipal {
  const groupArn = stack.formatArn({ service: "scheduler", resource: "schedule-group", resourceName: scheduleGroup });
  return new ServicePrincipal("scheduler.amazonaws.com", {
    conditions: { StringEquals: { "aws:SourceAccount": stack.account, "aws:SourceArn": groupArn } },
  });
}
