// A stage deployed into the emulator through CloudFormation: synthesized with bundles, its assets uploaded, its stack created.
// What the emulator does not know of the template is named, not hidden.

import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { App } from "aws-cdk-lib";
import { BackupStack } from "../../infra/backup-stack.ts";
import { type StageSettings, stages } from "../../infra/settings.ts";

export const region = "eu-central-1";
/** The emulator's. */
export const accountId = "123456789012";
const bootstrapVersion = "/cdk-bootstrap/hnb659fds/version";

// biome-ignore lint/suspicious/noExplicitAny: a template is plain JSON whose form the questions themselves establish
type Properties = any;
export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>;
}

export interface DeployedFunction {
  readonly name: string;
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface DeployedStage {
  readonly template: Template;
  readonly functions: readonly DeployedFunction[];
  /** Resource types of the template that the emulator left out, with their count. */
  readonly leftOut: ReadonlyMap<string, number>;
}

export const clientOptions = (emulatorUrl: string) => ({
  endpoint: emulatorUrl,
  region,
  credentials: { accessKeyId: "emulated", secretAccessKey: "emulated" },
});

/** The example development stage with other OTC endpoints, under a name of its own. */
export async function deployStage(
  emulatorUrl: string,
  stage: string,
  changed: Partial<StageSettings>,
): Promise<DeployedStage> {
  const settings = stages.dev;
  if (settings === undefined) throw new Error("no stage dev");
  const outdir = mkdtempSync(join(tmpdir(), "otc-backup-assembly-"));
  const cdkJson = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8"));
  const app = new App({ outdir, context: cdkJson.context });
  const stack = new BackupStack(app, { stage, settings: { ...settings, ...changed } });
  app.synth();
  const template: Template = JSON.parse(readFileSync(join(outdir, `${stack.stackName}.template.json`), "utf8"));
  await uploadAssets(emulatorUrl, outdir, template);
  await callJson(emulatorUrl, "AmazonSSM.PutParameter", { Name: bootstrapVersion, Value: "30", Type: "String" });
  const leftOut = await createStack(emulatorUrl, stack.stackName, template);
  return { template, leftOut, functions: await functionsOf(emulatorUrl, outdir, template) };
}

/** The emulator never opens the archives; the functions are run from the assembly's folders. */
async function uploadAssets(emulatorUrl: string, outdir: string, template: Template): Promise<void> {
  const bucket = `cdk-hnb659fds-assets-${accountId}-${region}`;
  const place = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  await fetch(`${emulatorUrl}/${bucket}`, { method: "PUT", headers: storageHeaders, body: place });
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== "AWS::Lambda::Function") continue;
    const key: string = Properties.Code.S3Key;
    const folder = join(outdir, `asset.${key.replace(/\.zip$/, "")}`);
    const put = await fetch(`${emulatorUrl}/${bucket}/${key}`, {
      method: "PUT",
      headers: storageHeaders,
      body: readFileSync(join(folder, bundleFile(folder))),
    });
    if (!put.ok) throw new Error(`the emulator refused asset ${key}: ${put.status}`);
  }
}

const storageHeaders = {
  authorization: `AWS4-HMAC-SHA256 Credential=emulated/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`,
};

function bundleFile(folder: string): string {
  const file = readdirSync(folder).find((name) => name === "index.mjs");
  if (file === undefined) throw new Error(`no bundle in ${folder}`);
  return file;
}

async function createStack(emulatorUrl: string, name: string, template: Template): Promise<Map<string, number>> {
  const client = new CloudFormationClient(clientOptions(emulatorUrl));
  await client.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: JSON.stringify(template),
      Capabilities: ["CAPABILITY_IAM"],
    }),
  );
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
  const status = Stacks?.[0]?.StackStatus;
  if (status !== "CREATE_COMPLETE") throw new Error(`the stack is ${status}: ${Stacks?.[0]?.StackStatusReason}`);
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: name }));
  const made = new Set(StackResources?.map((resource) => resource.LogicalResourceId));
  const leftOut = new Map<string, number>();
  for (const [id, { Type }] of Object.entries(template.Resources))
    if (!made.has(id)) leftOut.set(Type, (leftOut.get(Type) ?? 0) + 1);
  return leftOut;
}

async function functionsOf(emulatorUrl: string, outdir: string, template: Template): Promise<DeployedFunction[]> {
  const client = new LambdaClient(clientOptions(emulatorUrl));
  const rows = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
  return Promise.all(
    rows.map(async ({ Properties }) => {
      const name: string = Properties.FunctionName;
      const deployed = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      const key: string = Properties.Code.S3Key;
      const bundle = join(outdir, `asset.${key.replace(/\.zip$/, "")}`);
      return { name, bundle, environment: deployed.Environment?.Variables ?? {} };
    }),
  );
}

/** One call in the JSON protocol, for a service whose SDK client the project does not need. */
async function callJson(emulatorUrl: string, target: string, input: unknown): Promise<void> {
  const answer = await fetch(emulatorUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": target,
      authorization: storageHeaders.authorization.replace("/s3/", "/ssm/"),
    },
    body: JSON.stringify(input),
  });
  if (!answer.ok) throw new Error(`${target}: ${answer.status} ${await answer.text()}`);
}
