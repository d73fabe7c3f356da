// The tables of a stage: there, restorable to any second, and not to be deleted by accident.

import { DescribeContinuousBackupsCommand, DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { doubtful, type Finding, failing, fine } from "./finding.ts";

const deploy = "deploy the stage again: npm run deploy -- --stage <name>";

export async function checkTables(client: DynamoDBClient, names: readonly string[]): Promise<Finding[]> {
  const found = await Promise.all(names.map((name) => checkTable(client, name)));
  return found.flat();
}

async function checkTable(client: DynamoDBClient, TableName: string): Promise<Finding[]> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const check = `table ${TableName}`;
  if (Table?.TableStatus !== "ACTIVE") return [failing(check, `is ${Table?.TableStatus ?? "not there"}`, deploy)];
  const backups = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
  const restorable =
    backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === "ENABLED";
  const size = `${Table.ItemCount ?? 0} items`;
  return [
    fine(check, `is there, ${size}`),
    restorable
      ? fine(check, "can be restored to any second of the last 35 days")
      : failing(check, "point-in-time recovery is off: deleted rows would be gone", deploy),
    ...(Table.DeletionProtectionEnabled === true
      ? []
      : [doubtful(check, "is not protected against being deleted", deploy)]),
  ];
}
