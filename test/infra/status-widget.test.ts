// Questions about the dashboard's first widget: can it do anything but read, and can anyone but the dashboard's viewers call it?

import { expect, test } from "vitest";
import { statusWidgetName } from "../../infra/status-widget.ts";
import { ofType } from "./synthesized-stage.ts";

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const [, policy] = [...ofType("AWS::IAM::Policy")].find(([id]) => id.startsWith("StatusWidget")) ?? [];
const statements: Statement[] = policy?.Properties.PolicyDocument.Statement ?? [];
const [lambdaId, lambda] =
  [...ofType("AWS::Lambda::Function")].find(([, { Properties }]) =>
    Properties.FunctionName.endsWith(statusWidgetName),
  ) ?? [];

test("its role reads the two tables and writes its own log, and that is all", () => {
  const allowed = statements.flatMap(({ Action, Resource, Effect }) =>
    [Action]
      .flat()
      .map((action) => [Effect, action, /Tables\w+|Logs/.exec(JSON.stringify(Resource))?.[0].slice(0, 12)]),
  );
  expect(allowed.toSorted()).toEqual(
    [
      ["Allow", "dynamodb:GetItem", "TablesLedger"],
      ["Allow", "dynamodb:Query", "TablesLedger"],
      ["Allow", "dynamodb:Scan", "TablesPolici"],
      ["Allow", "logs:CreateLogStream", "Logs"],
      ["Allow", "logs:PutLogEvents", "Logs"],
    ].toSorted(),
  );
});

test("it has no public address, no schedule and no permission for others to call it", () => {
  expect(ofType("AWS::Lambda::Url").size).toBe(0);
  expect(ofType("AWS::Lambda::Permission").size).toBe(0);
  const targets = [...ofType("AWS::Scheduler::Schedule").values()].map((each) =>
    JSON.stringify(each.Properties.Target),
  );
  expect(targets.filter((target) => target.includes(lambdaId ?? "no such function"))).toEqual([]);
});

test("it is the first thing on the dashboard and answers while somebody waits", () => {
  const [dashboard] = [...ofType("AWS::CloudWatch::Dashboard").values()];
  const body = JSON.stringify(dashboard?.Properties.DashboardBody);
  const first = body.indexOf('\\"type\\":\\"custom\\"');
  expect(first).toBeGreaterThan(0);
  expect(body.indexOf('\\"type\\":\\"alarm\\"')).toBeGreaterThan(first);
  expect(body).toContain(lambdaId);
  expect(lambda?.Properties).toMatchObject({ Timeout: 30, Runtime: "nodejs24.x" });
});
