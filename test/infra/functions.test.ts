// Questions about the functions of the deployed stack: are they watched, bounded and told everything they need?

import { describe, expect, test } from "vitest";
import { functionEnvironment } from "../../infra/function-environment.ts";
import { scheduledFunctions } from "../../infra/scheduled-functions.ts";
import { parseConfig } from "../../shared/config.ts";
import { exampleStage, ofType, referenceOf, scheduledLambdas, someSettings, synthesize } from "./synthesized-stage.ts";

const functions = scheduledLambdas();
const named = new Map([...functions.values()].map((f) => [f.Properties.FunctionName, f.Properties]));

test("every row of the function table is deployed, and nothing else", () => {
  expect([...named.keys()].sort()).toEqual(scheduledFunctions.map((row) => `otc-backup-prod-${row.name}`).sort());
});

describe.each([...functions])("function %s", (id, { Properties: properties }) => {
  test("runs Node 24 on arm64 with 512 MB and ends after two minutes at most", () => {
    expect(properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      MemorySize: 512,
      Handler: "index.handler",
    });
    expect(properties.Timeout).toBeGreaterThan(60);
    expect(properties.Timeout).toBeLessThanOrEqual(120);
  });

  test("writes to a log group of its own that keeps what the settings say", () => {
    const logs = ofType("AWS::Logs::LogGroup").get(referenceOf(properties.LoggingConfig.LogGroup) ?? "");
    expect(logs?.Properties).toEqual({
      LogGroupName: `/aws/lambda/${properties.FunctionName}`,
      RetentionInDays: someSettings().logRetentionDays,
    });
  });

  test("is never retried, forgets stale ticks and stores failed ones in a queue", () => {
    const invoke = [...ofType("AWS::Lambda::EventInvokeConfig").values()].find(
      (config) => referenceOf(config.Properties.FunctionName) === id,
    );
    expect(invoke?.Properties).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 120 });
    const queue = ofType("AWS::SQS::Queue").get(
      referenceOf(invoke?.Properties.DestinationConfig.OnFailure.Destination) ?? "",
    );
    expect(queue?.Properties.QueueName).toBe("otc-backup-prod-failed-ticks");
  });

  test("gets every variable that the functions' settings name", () => {
    const variables = properties.Environment.Variables;
    const expected = functionEnvironment(exampleStage, someSettings(), {
      ...{ policiesTable: "p", ledgerTable: "l", accountSecretPrefix: "s", pageTopicArn: "a", ticketTopicArn: "b" },
    });
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(Object.keys(expected)));
    expect(referenceOf(variables.POLICIES_TABLE)).toBe("TablesPolicies6D41D1DF");
    expect(referenceOf(variables.LEDGER_TABLE)).toBe("TablesLedgerF9806C8B");
    expect(referenceOf(variables.PAGE_TOPIC_ARN)).not.toBe(referenceOf(variables.TICKET_TOPIC_ARN));
    expect(variables.ACCOUNT_SECRET_PREFIX).toBe("otc-backup/prod/accounts");
  });

  test("gets values that its own parser accepts", () => {
    const texts = Object.entries<unknown>(properties.Environment.Variables).map(([k, v]) => [
      k,
      typeof v === "string" ? v : "a reference",
    ]);
    expect(parseConfig(Object.fromEntries(texts))).toMatchObject({ stage: "prod", pollBoundMs: 120_000 });
  });

  test("shows stack traces by source", () => {
    expect(properties.Environment.Variables.NODE_OPTIONS).toBe("--enable-source-maps");
  });
});

test("no concurrency is reserved unless the settings ask for it, since a new account has none to give", () => {
  const reserved = (from: ReturnType<typeof synthesize>) =>
    [...scheduledLambdas(from).values()].map((f) => f.Properties.ReservedConcurrentExecutions);
  expect(new Set(reserved(synthesize()))).toEqual(new Set([undefined]));
  expect(new Set(reserved(synthesize({ reservedConcurrency: 2 })))).toEqual(new Set([2]));
});
