// Questions about the way out: is there a network only where a stage asks for one, and is it one-way?

import { Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { BackupStack } from "../../infra/backup-stack.ts";
import {
  appWithoutBundling,
  exampleStage,
  ofType,
  scheduledLambdas,
  someSettings,
  template,
} from "./synthesized-stage.ts";

const app = appWithoutBundling();
const settings = someSettings({ fixedEgressAddress: true });
const stack = new BackupStack(app, { stage: exampleStage, settings });
const withEgress = Template.fromStack(stack);

test("without the setting there is no network at all", () => {
  const all: Record<string, { Type: string }> = template().toJSON().Resources;
  expect(Object.values(all).filter(({ Type }) => Type.startsWith("AWS::EC2::"))).toEqual([]);
});

test("with it every function leaves through one NAT gateway with one address, which is an output", () => {
  expect(ofType("AWS::EC2::NatGateway", withEgress).size).toBe(1);
  expect(ofType("AWS::EC2::EIP", withEgress).size).toBe(1);
  expect(withEgress.toJSON().Outputs.EgressAddress).toBeDefined();
  for (const { Properties } of scheduledLambdas(withEgress).values())
    expect(Properties.VpcConfig.SubnetIds).toHaveLength(2);
});

test("nothing comes in, and only HTTPS goes out", () => {
  for (const { Properties } of ofType("AWS::EC2::SecurityGroup", withEgress).values()) {
    expect(Properties.SecurityGroupIngress).toBeUndefined();
    expect(Properties.SecurityGroupEgress).toMatchObject([{ IpProtocol: "tcp", FromPort: 443, ToPort: 443 }]);
  }
});

test("the AwsSolutions rules find nothing in it but what has been accepted with a reason", () => {
  const checked = appWithoutBundling();
  new BackupStack(checked, { stage: exampleStage, settings });
  Validations.of(checked).addPlugins(new AwsSolutionsChecks(checked));
  expect(() => checked.synth()).not.toThrow();
});
