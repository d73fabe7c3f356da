// Every stage as a stack. All are made and checked on every synthesis; which one is deployed is said on the command line.

import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { BackupStack } from "./backup-stack.ts";
import { stages } from "./settings.ts";

const app = new App();
for (const [stage, settings] of Object.entries(stages)) new BackupStack(app, { stage, settings });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
