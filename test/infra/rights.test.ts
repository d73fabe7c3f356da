// Questions about rights: does any statement give more than it says, and can a function reach what it must not?

import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, test } from "vitest";
import { BackupStack } from "../../infra/backup-stack.ts";
import { stages } from "../../infra/settings.ts";
import { appWithoutBundling, ofType, scheduledLambdas } from "./synthesized-stage.ts";

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, string[]>>;
}

const many = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
const policies = [...ofType("AWS::IAM::Policy")];
const statementsOf = (part: string): Statement[] =>
  policies.filter(([id]) => id.startsWith(part)).flatMap(([, p]) => p.Properties.PolicyDocument.Statement);
const allowing = (part: string, action: string) =>
  statementsOf(part).filter((s) => s.Effect === "Allow" && many(s.Action).includes(action));
const secret = (rest: string) =>
  `arn:aws:secretsmanager:eu-central-1:111122223333:secret:otc-backup/prod/accounts/${rest}`;

const literally = (text: string) => text.replaceAll(/[^A-Za-z0-9]/g, "\\$&");

/** How IAM matches a resource: `*` is any text, slashes included. */
const matches = (pattern: unknown, arn: string) =>
  typeof pattern === "string" && new RegExp(`^${pattern.split("*").map(literally).join(".*")}$`).test(arn);

test("no role has wildcard actions, managed policies or the resource *", () => {
  expect(policies).toHaveLength(6);
  for (const statement of policies.flatMap(([, p]): Statement[] => p.Properties.PolicyDocument.Statement)) {
    expect(many(statement.Action).filter((action) => action.includes("*"))).toEqual([]);
    expect(many(statement.Resource)).not.toContain("*");
  }
  for (const role of ofType("AWS::IAM::Role").values()) {
    expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    expect(role.Properties.Policies).toBeUndefined();
  }
});

test("the only resources with a wildcard are the account secrets", () => {
  const resources = policies.flatMap(([, p]) =>
    (p.Properties.PolicyDocument.Statement as Statement[]).flatMap((s) => many(s.Resource)),
  );
  const wild = resources.map((r) => JSON.stringify(r)).filter((r) => r.includes("*"));
  const accounts = ["*", "*/*", "*/prune", "*/prune-*"].map((rest) => JSON.stringify(secret(rest)));
  expect([...new Set(wild)].sort()).toEqual(accounts.sort());
});

describe.each(["createbackups", "pollbackups"])("the role of %s", (part) => {
  test("may read an account's secret, but not the one that can delete backups", () => {
    const reading = statementsOf(part).filter((s) => many(s.Action).includes("secretsmanager:GetSecretValue"));
    const verdict = (arn: string) => {
      const hits = reading.filter((s) => many(s.Resource).some((r) => matches(r, arn)));
      return hits.length > 0 && hits.every((s) => s.Effect === "Allow");
    };
    expect(verdict(secret("main-AbCdEf"))).toBe(true);
    expect(verdict(secret("main/prune-AbCdEf"))).toBe(false);
    expect(verdict(secret("main-AbCdEf").replace("/prod/", "/dev/"))).toBe(false);
  });

  test("may write nothing of a policy row but `observed`", () => {
    const writing = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"].flatMap((action) =>
      allowing(part, action).filter((s) => JSON.stringify(s.Resource).includes("TablesPolicies")),
    );
    expect(writing.map((s) => [s.Action, s.Condition])).toEqual([
      ["dynamodb:UpdateItem", { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["policyId", "observed"] } }],
    ]);
  });

  test("may delete nothing of the ledger but alerts that are over", () => {
    expect(allowing(part, "dynamodb:DeleteItem").map((s) => s.Condition)).toEqual([
      { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["alert#*"] } },
    ]);
  });

  test("may query the index by name, and publish to both topics under their key", () => {
    expect(JSON.stringify(allowing(part, "dynamodb:Query")[0]?.Resource)).toContain("/index/due");
    expect(many(allowing(part, "sns:Publish")[0]?.Resource)).toHaveLength(2);
    expect(allowing(part, "kms:GenerateDataKey")).toHaveLength(1);
  });
});

describe("the role of prune-backups", () => {
  const reading = allowing("prunebackups", "secretsmanager:GetSecretValue").flatMap((s) => many(s.Resource));
  const mayRead = (arn: string) => reading.some((r) => matches(r, arn));

  test("may read the secrets of users that may delete, and no other", () => {
    expect(mayRead(secret("main/prune-AbCdEf"))).toBe(true);
    expect(mayRead(secret("main-AbCdEf"))).toBe(false);
    expect(mayRead(secret("main/prune-AbCdEf").replace("/prod/", "/dev/"))).toBe(false);
  });

  test("writes no policy row, deletes no run, cannot turn its own switch, sets no hold", () => {
    const writing = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"].flatMap((action) =>
      allowing("prunebackups", action),
    );
    expect(writing.filter((s) => !JSON.stringify(s.Resource).includes("TablesLedger"))).toEqual([]);
    expect(writing.map((s) => [s.Action, s.Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"]])).toEqual([
      ["dynamodb:PutItem", ["run#*", "plan#*", "account#*", "alert#open"]],
      ["dynamodb:UpdateItem", ["deletions#*", "account#*"]],
      ["dynamodb:DeleteItem", ["alert#*"]],
    ]);
  });
});

test("only create-backups, audit-backups and prune-backups may read all policy rows", () => {
  expect(allowing("prunebackups", "dynamodb:Scan")).toHaveLength(1);
  expect(allowing("createbackups", "dynamodb:Scan")).toHaveLength(1);
  expect(allowing("auditbackups", "dynamodb:Scan")).toHaveLength(1);
  expect(allowing("pollbackups", "dynamodb:Scan")).toHaveLength(0);
});

test("audit-backups writes no policy, no version of one and no accounting of its own making", () => {
  const writing = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"].flatMap(
    (action) => allowing("auditbackups", action),
  );
  expect(writing.filter((s) => !JSON.stringify(s.Resource).includes("TablesLedger"))).toEqual([]);
  expect(writing.map((s) => [s.Action, s.Condition?.["ForAllValues:StringLike"]])).toEqual([
    ["dynamodb:PutItem", { "dynamodb:LeadingKeys": ["site", "alert#open", "run#*", "account#*"] }],
    ["dynamodb:UpdateItem", { "dynamodb:LeadingKeys": ["account#*"] }],
    ["dynamodb:DeleteItem", { "dynamodb:LeadingKeys": ["alert#*"] }],
  ]);
});

test("Scheduler may take its role for this stage's schedules only, and invoke exactly the functions", () => {
  const [, role] = [...ofType("AWS::IAM::Role")].find(([id]) => id.startsWith("Ticks")) ?? [];
  const [trust] = role?.Properties.AssumeRolePolicyDocument.Statement ?? [];
  expect(trust.Principal).toEqual({ Service: "scheduler.amazonaws.com" });
  expect(trust.Condition.StringEquals).toEqual({
    "aws:SourceAccount": "111122223333",
    "aws:SourceArn": "arn:aws:scheduler:eu-central-1:111122223333:schedule-group/otc-backup-prod",
  });
  const invoking = allowing("Ticks", "lambda:InvokeFunction").flatMap((s) => many(s.Resource));
  expect(invoking.map((r) => JSON.stringify(r)).filter((r) => !r.includes('"Arn"'))).toEqual([]);
  expect(invoking).toHaveLength(scheduledLambdas().size);
});

test("the AwsSolutions rules find nothing in any stage but what has been accepted with a reason", () => {
  const app = appWithoutBundling();
  for (const [stage, settings] of Object.entries(stages)) new BackupStack(app, { stage, settings });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});
