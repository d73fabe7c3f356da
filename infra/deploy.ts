// `npm run deploy -- --stage <stage> [options of cdk deploy]`: runs the CDK command line on one stage and passes its exit code on.

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { planDeployment } from "./plan-deployment.ts";
import { stages } from "./settings.ts";

const plan = planDeployment(process.argv.slice(2), stages);
if (plan.kind === "refuse") {
  process.stderr.write(`error: ${plan.message}\n  hint: ${plan.hint}\n`);
  process.exitCode = 2;
} else {
  const cdk = createRequire(import.meta.url).resolve("aws-cdk/bin/cdk");
  const { status } = spawnSync(process.execPath, [cdk, ...plan.cdkArguments], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
