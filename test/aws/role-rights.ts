// The actions that a function's role allows, as the template says.

import type { Template } from "./deployed-stage.ts";

/** As `call-recorder.ts` writes them: the action, and for tables which table or index it is allowed on. */
export function rightsOf(template: Template, functionName: string): Set<string> {
  const resources = Object.entries(template.Resources);
  const lambda = resources.find(
    ([, r]) => r.Type === "AWS::Lambda::Function" && r.Properties.FunctionName === functionName,
  );
  const roleId: string | undefined = lambda?.[1].Properties.Role["Fn::GetAtt"][0];
  if (roleId === undefined) throw new Error(`the template has no function ${functionName}`);
  const rights = new Set<string>();
  for (const [, { Type, Properties }] of resources) {
    if (Type !== "AWS::IAM::Policy" || !Properties.Roles.some((role: { Ref: string }) => role.Ref === roleId)) continue;
    for (const { Effect, Action, Resource } of Properties.PolicyDocument.Statement)
      if (Effect === "Allow")
        for (const action of [Action].flat())
          for (const place of placesOf(template, action, [Resource].flat())) rights.add(place);
  }
  return rights;
}

function placesOf(template: Template, action: string, targets: readonly unknown[]): string[] {
  if (!action.startsWith("dynamodb:")) return [action];
  return targets.map((target) => {
    const text = JSON.stringify(target);
    const id = /"Fn::GetAtt":\["([^"]+)"/.exec(text)?.[1] ?? "";
    const index = /(\/index\/[a-z]+)/.exec(text)?.[1] ?? "";
    return `${action} ${template.Resources[id]?.Properties.TableName}${index}`;
  });
}
