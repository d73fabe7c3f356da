// A fixed address for the calls to OTC, for accounts whose IAM limits API access to addresses (ACL): the functions run inside a
// network whose only way out is one NAT gateway with one address. Off unless a stage asks for it, since it costs about $35 a month.

import { Aws, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import {
  CfnEIP,
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  type IVpc,
  NatProvider,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

const interfaceActions = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

export class FixedEgress extends Construct {
  readonly vpc: IVpc;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const address = new CfnEIP(this, "Address");
    const network: unknown = new Vpc(this, "Network", {
      maxAzs: 2,
      natGateways: 1,
      natGatewayProvider: NatProvider.gateway({ eipAllocationIds: [address.attrAllocationId] }),
      subnetConfiguration: [
        { name: "public", subnetType: SubnetType.PUBLIC, cidrMask: 27, mapPublicIpOnLaunch: false },
        { name: "functions", subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 },
      ],
      // The tables are reached without the gateway: cheaper, and free of its limits.
      gatewayEndpoints: { tables: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
      restrictDefaultSecurityGroup: false,
    });
    if (!isVpc(network)) throw new Error("the network is not a Vpc");
    this.vpc = network;
    const logGroup = new LogGroup(this, "Flows", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.vpc.addFlowLog("FlowLog", { destination: FlowLogDestination.toCloudWatchLogs(logGroup) });
    this.securityGroup = new SecurityGroup(this, "OnlyHttpsOut", {
      vpc: this.vpc,
      description: "Functions call out over HTTPS and take no calls",
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "OTC and AWS");
    new CfnOutput(Stack.of(this), "EgressAddress", { value: address.ref });
  }
}

/** CDK's class does not fit CDK's interface where an absent property and an undefined one are told apart. */
function isVpc(value: unknown): value is IVpc {
  return value instanceof Vpc;
}

/**
 * What Lambda needs to attach a function to the network, and a denial so that the function's own code cannot use it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export function rightsToAttach(functionName: string): PolicyStatement[] {
  const functionArn = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${functionName}`;
  return [
    new PolicyStatement({ actions: interfaceActions, resources: ["*"] }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: interfaceActions,
      resources: ["*"],
      conditions: { ArnEquals: { "lambda:SourceFunctionArn": [functionArn] } },
    }),
  ];
}
