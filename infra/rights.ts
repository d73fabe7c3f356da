// What each function may do in AWS, as statements: named actions on named resources, and where IAM can say it, on named
// items and attributes. Written by hand because the generated grants give far more than a function needs.

import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { ledgerTable, policiesTable } from "../shared/tables.ts";

/** The resources that rights are about. */
export interface RightsScope {
  readonly policiesTableArn: string;
  readonly ledgerTableArn: string;
  /** ARN of the account secrets up to and including the last slash of their prefix. */
  readonly accountSecretsArn: string;
  readonly topicArns: readonly string[];
  readonly alertKeyArn: string;
}

/** create-backups: reads every policy row, keeps runs in the ledger, calls OTC with the account's secret, alerts. */
export function rightsToCreate(scope: RightsScope): PolicyStatement[] {
  return [allow(["dynamodb:Scan"], [scope.policiesTableArn]), ...rightsToPoll(scope)];
}

/** poll-backups: the same without reading all rows. */
export function rightsToPoll(scope: RightsScope): PolicyStatement[] {
  return [writeObserved(scope), ...keepLedger(scope), ...readAccountSecrets(scope), ...publishAlerts(scope)];
}

/**
 * audit-backups: reads everything. It writes its own marks, standing alerts, what reconciliation says about runs, and the
 * account's login record that guards every login; it cannot touch a policy row, nor the versions of policies.
 */
export function rightsToAudit(scope: RightsScope): PolicyStatement[] {
  const dueIndexArn = `${scope.ledgerTableArn}/index/${ledgerTable.dueIndex.name}`;
  return [
    allow(["dynamodb:Scan"], [scope.policiesTableArn]),
    allow(["dynamodb:Query"], [scope.ledgerTableArn, dueIndexArn]),
    allow(["dynamodb:GetItem", "dynamodb:BatchGetItem"], [scope.ledgerTableArn]),
    allow(["dynamodb:PutItem"], [scope.ledgerTableArn], {
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["site", "alert#open", "run#*", "account#*"] },
    }),
    keepPace(scope),
    deleteOldAlerts(scope),
    ...readAccountSecrets(scope),
    ...publishAlerts(scope),
  ];
}

/** status-widget: reads what a status is made of. No secret, no topic, nothing written. */
export function rightsToShow(scope: RightsScope): PolicyStatement[] {
  return [
    allow(["dynamodb:Scan"], [scope.policiesTableArn]),
    allow(["dynamodb:Query", "dynamodb:GetItem"], [scope.ledgerTableArn]),
  ];
}

/**
 * prune-backups: reads rows and runs, writes marks, plans and the day's count, and reads the secrets of users that may delete
 * backups at OTC, which no other role may. It deletes nothing in the tables but alerts that are over, and cannot turn its own switch.
 */
export function rightsToPrune(scope: RightsScope): PolicyStatement[] {
  const dueIndexArn = `${scope.ledgerTableArn}/index/${ledgerTable.dueIndex.name}`;
  const secrets = [`${scope.accountSecretsArn}*/prune`, `${scope.accountSecretsArn}*/prune-*`];
  const withKeys = (keys: readonly string[]) => ({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } });
  return [
    allow(["dynamodb:Scan", "dynamodb:GetItem"], [scope.policiesTableArn]),
    allow(["dynamodb:Query"], [scope.ledgerTableArn, dueIndexArn]),
    allow(["dynamodb:GetItem", "dynamodb:BatchGetItem"], [scope.ledgerTableArn]),
    allow(["dynamodb:PutItem"], [scope.ledgerTableArn], withKeys(["run#*", "plan#*", "account#*", "alert#open"])),
    allow(["dynamodb:UpdateItem"], [scope.ledgerTableArn], withKeys(["deletions#*", "account#*"])),
    deleteOldAlerts(scope),
    // Without the dash for a secret that does not exist: it is then answered as missing and not as forbidden.
    allow(["secretsmanager:GetSecretValue"], secrets),
    ...publishAlerts(scope),
  ];
}

/**
 * The row belongs to people: of its attributes only `observed` may be written. The key counts as an attribute of the request.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
function writeObserved(scope: RightsScope): PolicyStatement {
  return allow(["dynamodb:UpdateItem"], [scope.policiesTableArn], {
    "ForAllValues:StringEquals": { "dynamodb:Attributes": [policiesTable.partitionKey, "observed"] },
  });
}

/** Runs, versions and marks are never deleted; only an alert that is over is. */
function keepLedger(scope: RightsScope): PolicyStatement[] {
  const dueIndexArn = `${scope.ledgerTableArn}/index/${ledgerTable.dueIndex.name}`;
  return [
    allow(["dynamodb:Query"], [scope.ledgerTableArn, dueIndexArn]),
    allow(["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem"], [scope.ledgerTableArn]),
    keepPace(scope),
    deleteOldAlerts(scope),
  ];
}

/** What each function has learned of an account's pace stands in one record, an attribute per function. */
function keepPace(scope: RightsScope): PolicyStatement {
  return allow(["dynamodb:UpdateItem"], [scope.ledgerTableArn], {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["account#*"] },
  });
}

function deleteOldAlerts(scope: RightsScope): PolicyStatement {
  return allow(["dynamodb:DeleteItem"], [scope.ledgerTableArn], {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["alert#*"] },
  });
}

/**
 * One level below the prefix and no deeper: `<account>/prune` holds the credentials that can delete backups, and IAM's `*`
 * would match its slash too, so the deeper ones are denied. A denial also outlives any later, more generous grant.
 */
function readAccountSecrets(scope: RightsScope): PolicyStatement[] {
  const actions = ["secretsmanager:GetSecretValue"];
  return [
    allow(actions, [`${scope.accountSecretsArn}*`]),
    new PolicyStatement({ effect: Effect.DENY, actions, resources: [`${scope.accountSecretsArn}*/*`] }),
  ];
}

function publishAlerts(scope: RightsScope): PolicyStatement[] {
  return [
    allow(["sns:Publish"], [...scope.topicArns]),
    allow(["kms:Decrypt", "kms:GenerateDataKey"], [scope.alertKeyArn]),
  ];
}

function allow(
  actions: string[],
  resources: string[],
  conditions: Record<string, Record<string, readonly string[]>> = {},
): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources, conditions });
}
