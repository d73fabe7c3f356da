// Questions about what would be lost: which resources hold state, do they survive, and do their names stand still?

import { expect, test } from "vitest";
import { ledgerTable, policiesTable } from "../../shared/tables.ts";
import { ofType, synthesize, template } from "./synthesized-stage.ts";

const tables = ofType("AWS::DynamoDB::Table");

test("the two tables keep their names and logical ids, because renaming one would lose its data", () => {
  expect([...tables].map(([id, table]) => [id, table.Properties.TableName])).toEqual([
    ["TablesPolicies6D41D1DF", "otc-backup-prod-policies"],
    ["TablesLedgerF9806C8B", "otc-backup-prod-ledger"],
  ]);
});

test("the tables survive a deleted stack, a deleted table and a bad write", () => {
  for (const table of tables.values()) {
    expect(table).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    expect(table.Properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      BillingMode: "PAY_PER_REQUEST",
    });
  }
});

test("the tables have the keys that the code reads and writes", () => {
  const [policies, ledger] = [...tables.values()].map((t) => t.Properties);
  expect(policies.KeySchema).toEqual([{ AttributeName: policiesTable.partitionKey, KeyType: "HASH" }]);
  expect(ledger.KeySchema).toEqual([
    { AttributeName: ledgerTable.partitionKey, KeyType: "HASH" },
    { AttributeName: ledgerTable.sortKey, KeyType: "RANGE" },
  ]);
  expect(ledger.GlobalSecondaryIndexes).toEqual([
    {
      IndexName: "due",
      KeySchema: [
        { AttributeName: "lane", KeyType: "HASH" },
        { AttributeName: "dueAt", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ]);
});

test("a policy on each table denies deleting it, and everything to other AWS accounts", () => {
  for (const table of tables.values()) {
    const statements = table.Properties.ResourcePolicy.PolicyDocument.Statement;
    expect(statements).toMatchObject([
      { Effect: "Deny", Action: "dynamodb:DeleteTable", Principal: { AWS: "*" } },
      {
        Effect: "Deny",
        Action: "dynamodb:*",
        Condition: {
          StringNotEquals: { "aws:PrincipalAccount": { Ref: "AWS::AccountId" } },
          Bool: { "aws:PrincipalIsAWSService": "false" },
        },
      },
    ]);
  }
});

test("nothing but the tables is retained, so a deleted stack can be deployed again", () => {
  const all: Record<string, { Type: string; DeletionPolicy?: string }> = template().toJSON().Resources;
  const retained = Object.entries(all).filter(([, r]) => (r.DeletionPolicy ?? "Delete") !== "Delete");
  expect(retained.map(([id]) => id).sort()).toEqual([...tables.keys()].sort());
});

test("only kinds of resources are used that CloudFormation makes itself", () => {
  const all: Record<string, { Type: string }> = template().toJSON().Resources;
  const types = new Set(Object.values(all).map((r) => r.Type));
  expect(
    [...types].filter((type) => !type.startsWith("AWS::") || type === "AWS::CloudFormation::CustomResource"),
  ).toEqual([]);
  expect([...types].sort()).toEqual([
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::DynamoDB::Table",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
    "AWS::Scheduler::ScheduleGroup",
  ]);
});

test("the template stays well below what CloudFormation accepts", () => {
  const json = synthesize().toJSON();
  expect(Object.keys(json.Resources).length).toBeLessThan(250);
  // 1 MB through S3, as the CDK deploys; headroom for twice the functions.
  expect(JSON.stringify(json).length).toBeLessThan(400_000);
});
