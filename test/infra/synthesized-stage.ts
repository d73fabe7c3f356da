// The template of one stage for the questions of the tests, synthesized once and without bundling.

import { readFileSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { BackupStack } from "../../infra/backup-stack.ts";
import { type StageSettings, stages } from "../../infra/settings.ts";

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is plain JSON whose form the questions themselves establish
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

export const exampleStage = "prod";

/** The settings of the example production stage, with some of them changed. */
export function someSettings(changed: Partial<StageSettings> = {}): StageSettings {
  const settings = stages[exampleStage];
  if (settings === undefined) throw new Error(`no stage ${exampleStage}`);
  return { ...settings, ...changed };
}

export function appWithoutBundling(): App {
  const cdkJson = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8"));
  return new App({ context: { ...cdkJson.context, "aws:cdk:bundling-stacks": [] } });
}

export function synthesize(changed: Partial<StageSettings> = {}): Template {
  const stack = new BackupStack(appWithoutBundling(), { stage: exampleStage, settings: someSettings(changed) });
  return Template.fromStack(stack);
}

let cached: Template | undefined;

/** The template of the example production stage. */
export function template(): Template {
  cached ??= synthesize();
  return cached;
}

/** Resources of one type by logical id. */
export function ofType(type: string, from: Template = template()): Map<string, Resource> {
  return new Map(Object.entries(from.findResources(type)) as [string, Resource][]);
}

/** The functions that run on a schedule: all but the one that answers whoever looks at the dashboard. */
export function scheduledLambdas(from: Template = template()): Map<string, Resource> {
  const all = [...ofType("AWS::Lambda::Function", from)];
  return new Map(all.filter(([, { Properties }]) => !String(Properties.FunctionName).endsWith("-status-widget")));
}

/** The logical id inside a `Ref` or `Fn::GetAtt`. */
export function referenceOf(value: unknown): string | undefined {
  const reference = value as { Ref?: string; "Fn::GetAtt"?: string[] } | undefined;
  return reference?.Ref ?? reference?.["Fn::GetAtt"]?.[0];
}
