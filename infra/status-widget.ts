// The function behind the dashboard's first widget: reads both tables and nothing else. CloudWatch calls it with the rights of
// whoever looks at the dashboard; it has no address of its own.

import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Function as Lambda, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { FunctionEnvironment } from "../shared/config.ts";
import { nodeOptions } from "./function-bundle.ts";
import { functionCode } from "./function-code.ts";
import type { ResourceNames } from "./resource-names.ts";
import type { StageSettings } from "./settings.ts";

export interface StatusWidgetProps {
  readonly names: ResourceNames;
  readonly settings: Pick<StageSettings, "logRetentionDays">;
  readonly environment: FunctionEnvironment;
  readonly rights: readonly PolicyStatement[];
}

/** The part of its name after the stage, and of its entry. */
export const statusWidgetName = "status-widget";

export class StatusWidget extends Construct {
  readonly functionArn: string;

  constructor(scope: Construct, id: string, { names, settings, environment, rights }: StatusWidgetProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: names.logGroupOf(statusWidgetName),
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    for (const statement of rights) role.addToPolicy(statement);
    logGroup.grantWrite(role);
    const lambda = new Lambda(this, "Function", {
      functionName: names.functionNamed(statusWidgetName),
      description: "Shows the status of all backups on the stage's dashboard; reads only",
      code: functionCode(statusWidgetName),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // Thirty nights of some hundred policies are tens of thousands of items, and somebody waits for them.
      memorySize: 1769,
      timeout: Duration.seconds(30),
      role,
      logGroup,
      environment: { ...environment, NODE_OPTIONS: nodeOptions },
    });
    this.functionArn = lambda.functionArn;
  }
}
