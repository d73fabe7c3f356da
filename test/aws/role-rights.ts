// What a function's role allows, as the template says, compared with the calls the function made: what it lacks, and what of it
// nothing uses. Conditions on items and attributes count, which no emulator enforces.

import type { RecordedCall } from "./call-recorder.ts";
import type { Template } from "./deployed-stage.ts";

/** The smallest part of a statement that can be used or not: one action on one resource, for one pattern of keys. */
interface Right {
  readonly effect: "Allow" | "Deny";
  readonly action: string;
  readonly resource: string;
  readonly keys?: string;
  readonly attributes?: readonly string[];
}

/** Rights that are used on a function's behalf and so never appear among its own calls. */
const usedOnItsBehalf = new Set([
  "kms:Decrypt",
  "kms:GenerateDataKey",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "sqs:SendMessage",
]);

/** Calls that the function made and its role does not allow. */
export function callsNotAllowed(template: Template, name: string, calls: readonly RecordedCall[]): string[] {
  const rights = rightsOf(template, name);
  const allowed = (call: RecordedCall) =>
    rights.some((right) => right.effect === "Allow" && covers(right, call)) &&
    !rights.some((right) => right.effect === "Deny" && covers(right, call));
  return calls.filter((call) => !allowed(call)).map((call) => `${name} lacks ${JSON.stringify(call)}`);
}

/** Parts of what the role allows that none of the calls needed. */
export function rightsNotUsed(template: Template, name: string, calls: readonly RecordedCall[]): string[] {
  return rightsOf(template, name)
    .filter(({ effect, action }) => effect === "Allow" && !usedOnItsBehalf.has(action))
    .filter((right) => !calls.some((call) => covers(right, call)))
    .map(({ action, resource, keys }) => `${name} does not use ${action} ${resource}${keys ? ` ${keys}` : ""}`);
}

function covers({ action, resource, keys, attributes }: Right, call: RecordedCall): boolean {
  // The last letters of a secret's ARN are random; a name stands for both a secret that exists and one that does not.
  const places = action.startsWith("secretsmanager:") ? [call.place, `${call.place}-AbCdEf`] : [call.place];
  return (
    call.action === action &&
    places.some((place) => matches(resource, place)) &&
    (keys === undefined || matches(keys, call.key ?? "")) &&
    (attributes === undefined || (call.attributes ?? []).every((name) => attributes.includes(name)))
  );
}

/** As IAM matches: `*` is any text, slashes included. */
function matches(pattern: string, text: string): boolean {
  const literally = (part: string) => part.replaceAll(/[^A-Za-z0-9]/g, "\\$&");
  return new RegExp(`^${pattern.split("*").map(literally).join(".*")}$`).test(text);
}

function rightsOf(template: Template, functionName: string): Right[] {
  const resources = Object.values(template.Resources);
  const lambda = resources.find(
    (r) => r.Type === "AWS::Lambda::Function" && r.Properties.FunctionName === functionName,
  );
  const roleId: string | undefined = lambda?.Properties.Role["Fn::GetAtt"][0];
  if (roleId === undefined) throw new Error(`the template has no function ${functionName}`);
  return resources
    .filter(({ Type, Properties }) => Type === "AWS::IAM::Policy" && Properties.Roles[0].Ref === roleId)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Effect, Action, Resource, Condition = {} }) => {
      const keys = Condition["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"];
      const attributes = Condition["ForAllValues:StringEquals"]?.["dynamodb:Attributes"];
      return [Action].flat().flatMap((action: string) =>
        [Resource].flat().flatMap((resource: unknown) =>
          (keys === undefined ? [undefined] : [keys].flat()).map((pattern: string | undefined) => ({
            ...{ effect: Effect, action, resource: placeOf(template, resource) },
            ...(pattern === undefined ? {} : { keys: pattern }),
            ...(attributes === undefined ? {} : { attributes }),
          })),
        ),
      );
    });
}

/** A resource of a statement by the name its calls know it by. */
function placeOf(template: Template, resource: unknown): string {
  const text = JSON.stringify(resource);
  const id = /"(?:Fn::GetAtt":\["|Ref":")(?!AWS::)([^"]+)"/.exec(text)?.[1] ?? "";
  const { TableName, TopicName } = template.Resources[id]?.Properties ?? {};
  const index = /(\/index\/[a-z]+)/.exec(text)?.[1] ?? "";
  if (TableName !== undefined) return `${TableName}${index}`;
  return TopicName ?? /:secret:([^"]+)"/.exec(text)?.[1] ?? text;
}
