// What `npm run deploy -- --stage <stage> [options of cdk deploy]` is going to run, or why it does not. Running it is deploy.ts.

import { placeholdersIn, settingsProblems } from "./check-settings.ts";
import { resourceNames } from "./resource-names.ts";
import type { StageSettings } from "./settings.ts";

export type DeploymentPlan =
  | { readonly kind: "run"; readonly cdkArguments: readonly string[] }
  | { readonly kind: "refuse"; readonly message: string; readonly hint: string };

/**
 * There is no default stage: the wrong one is worse than none. A stage that still has example endpoints is refused, since it
 * would run and alert nobody. Everything but `--stage` goes to `cdk deploy` as it is.
 */
export function planDeployment(
  given: readonly string[],
  stages: Readonly<Record<string, StageSettings>>,
): DeploymentPlan {
  const { stage, rest } = splitStage(given);
  const known = Object.keys(stages).join(", ");
  if (stage === undefined) return refuse("no stage given", `npm run deploy -- --stage <one of: ${known}>`);
  const settings = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  if (settings === undefined)
    return refuse(`stage "${stage}" is not known`, `use one of ${known}, or add it to infra/settings.ts`);
  const problems = settingsProblems(stage, settings);
  if (problems.length > 0)
    return refuse(
      `settings of stage "${stage}" are not usable:\n  ${problems.join("\n  ")}`,
      "correct infra/settings.ts",
    );
  const placeholders = placeholdersIn(settings);
  if (placeholders.length > 0) {
    return refuse(
      `stage "${stage}" still has example values: ${placeholders.join(", ")}`,
      "put your own into infra/settings.ts; alerts to these addresses reach nobody",
    );
  }
  return { kind: "run", cdkArguments: ["deploy", resourceNames(stage).stack, ...rest] };
}

function splitStage(given: readonly string[]): { stage: string | undefined; rest: readonly string[] } {
  const joined = given.findIndex((argument) => argument.startsWith("--stage="));
  if (joined >= 0) return { stage: given[joined]?.slice("--stage=".length), rest: given.toSpliced(joined, 1) };
  const at = given.indexOf("--stage");
  return at < 0 ? { stage: undefined, rest: given } : { stage: given[at + 1], rest: given.toSpliced(at, 2) };
}

function refuse(message: string, hint: string): DeploymentPlan {
  return { kind: "refuse", message, hint };
}
