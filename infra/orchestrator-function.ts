// One scheduled function with everything that belongs to it: bundle, log group, role, and the queue for ticks it failed on.
// What it may do comes from its row in scheduled-functions.ts; when it runs is tick-schedules.ts.

import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Function as Lambda, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { FunctionEnvironment } from "../shared/config.ts";
import { type FixedEgress, rightsToAttach } from "./fixed-egress.ts";
import { nodeOptions } from "./function-bundle.ts";
import { functionCode } from "./function-code.ts";
import { acceptNetworkInterfaces } from "./nag-reasons.ts";
import type { ResourceNames } from "./resource-names.ts";
import { functionTimeoutSeconds, type ScheduledFunction } from "./scheduled-functions.ts";
import type { StageSettings } from "./settings.ts";

export interface OrchestratorFunctionProps {
  readonly row: ScheduledFunction;
  readonly names: ResourceNames;
  readonly settings: Pick<StageSettings, "logRetentionDays" | "reservedConcurrency">;
  readonly environment: FunctionEnvironment;
  readonly rights: readonly PolicyStatement[];
  readonly failedTicks: IQueue;
  /** The network it runs in; absent: Lambda's own, without a fixed address. */
  readonly egress?: FixedEgress | undefined;
}

export class OrchestratorFunction extends Construct {
  readonly lambda: Lambda;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: OrchestratorFunctionProps) {
    super(scope, id);
    const { row, names, settings, egress } = props;
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: names.logGroupOf(row.name),
      retention: settings.logRetentionDays,
      // The ledger is the record of every backup; logs explain, and a log group left behind would block the next deployment.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    for (const statement of props.rights) this.role.addToPolicy(statement);
    // CDK's own destination would also let the role read the queue's attributes, which Lambda does not need.
    this.role.addToPolicy(
      new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [props.failedTicks.queueArn] }),
    );
    logGroup.grantWrite(this.role);
    if (egress !== undefined) {
      for (const statement of rightsToAttach(names.functionNamed(row.name))) this.role.addToPolicy(statement);
      acceptNetworkInterfaces(this.role);
    }
    this.lambda = new Lambda(this, "Function", {
      functionName: names.functionNamed(row.name),
      description: row.does,
      code: functionCode(row.name),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(functionTimeoutSeconds),
      role: this.role,
      logGroup,
      environment: { ...props.environment, NODE_OPTIONS: nodeOptions },
      // A tick is never repeated: the next one does what it left. One that has waited two minutes is stale.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(2),
      ...(egress === undefined ? {} : { vpc: egress.vpc, securityGroups: [egress.securityGroup] }),
      onFailure: { bind: () => ({ destination: props.failedTicks.queueArn }) },
      ...(settings.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: settings.reservedConcurrency }),
    });
  }
}
