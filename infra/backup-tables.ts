// The two tables: everything here that cannot be made again. They survive a deleted stack, cannot be deleted by accident, and
// can be restored to any second of the last 35 days. Keys and index come from shared/tables.ts.

import { Aws, RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { ledgerTable, policiesTable } from "../shared/tables.ts";
import type { ResourceNames } from "./resource-names.ts";

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** Why `Table`, and why no key of our own: docs/decisions/004-tables.md. */
const kept = {
  billingMode: BillingMode.PAY_PER_REQUEST,
  encryption: TableEncryption.DEFAULT,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
} as const;

/**
 * Nobody deletes a table, whatever role they hold, before taking this policy off; and nobody of another AWS account touches one.
 * AWS's own services have no account, which is why they are left out of the second statement.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
 */
function guarded(): PolicyDocument {
  const deny = { effect: Effect.DENY, principals: [new AnyPrincipal()], resources: ["*"] };
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ ...deny, sid: "NobodyDeletesTheTable", actions: ["dynamodb:DeleteTable"] }),
      new PolicyStatement({
        ...deny,
        sid: "NobodyFromElsewhere",
        actions: ["dynamodb:*"],
        conditions: {
          StringNotEquals: { "aws:PrincipalAccount": Aws.ACCOUNT_ID },
          Bool: { "aws:PrincipalIsAWSService": "false" },
        },
      }),
    ],
  });
}

export class BackupTables extends Construct {
  readonly policies: Table;
  readonly ledger: Table;

  constructor(scope: Construct, id: string, names: ResourceNames) {
    super(scope, id);
    this.policies = new Table(this, "Policies", {
      ...kept,
      tableName: names.policiesTable,
      partitionKey: text(policiesTable.partitionKey),
      resourcePolicy: guarded(),
    });
    this.ledger = new Table(this, "Ledger", {
      ...kept,
      tableName: names.ledgerTable,
      partitionKey: text(ledgerTable.partitionKey),
      sortKey: text(ledgerTable.sortKey),
      resourcePolicy: guarded(),
    });
    this.ledger.addGlobalSecondaryIndex({
      indexName: ledgerTable.dueIndex.name,
      partitionKey: text(ledgerTable.dueIndex.partitionKey),
      sortKey: text(ledgerTable.dueIndex.sortKey),
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }
}
