// Findings of the AwsSolutions rules that we accept, each with its reason. Anything else that the rules find fails the synthesis.

import { type Stack, Token, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Queues that are themselves the last place a message goes. */
export function acceptEndOfTheLine(queues: IConstruct): void {
  Validations.of(queues).acknowledge({
    id: "AwsSolutions-SQS3",
    reason: "these are dead-letter queues; a queue behind them would only hide their messages from the alarms",
  });
}

/** Attaching a function to a network: the interface does not exist yet, so it cannot be named. */
export function acceptNetworkInterfaces(role: IConstruct): void {
  Validations.of(role).acknowledge({
    id: "AwsSolutions-IAM5[Resource::*]",
    reason: "Lambda makes the network interface itself; the function's own code is denied the same actions",
  });
}

/** Reading account secrets, which are made after the stack and whose ARNs end in random letters. */
export function acceptAccountSecrets(role: IConstruct, stack: Stack, accountSecretsArn: string): void {
  const readable = Token.isUnresolved(stack.account)
    ? accountSecretsArn.replace(stack.account, "<AWS::AccountId>")
    : accountSecretsArn;
  const reason =
    "operators add account secrets after the deployment; each function reads those of its own OTC users only";
  for (const pattern of ["*", "*/prune", "*/prune-*"])
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${readable}${pattern}]`, reason });
}
