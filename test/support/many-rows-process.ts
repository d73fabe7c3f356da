// One idle tick of create-backups over very many rows, in a process of its own whose heap is small: rows come page by page out of
// nothing, so whatever grows with their number is the tick's. Exits 0 and prints how many rows it saw.

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { idleAt, idleRow } from "../../bench/idle-rows.ts";
import { allAccounted, idleSite } from "../../bench/idle-site.ts";
import { entry as createBackups } from "../../functions/create-backups.ts";
import { localTableNames } from "../../local/embedded-tables.ts";
import { SteppedClock } from "../../local/local-clock.ts";
import { ledgerTable } from "../../shared/tables.ts";
import { MemoryTables } from "../simulation/tables/memory-tables.ts";

const count = Number(process.argv[2]);
const pageSize = 500;
const clock = new SteppedClock(idleAt + 60_000);
const tables = new MemoryTables([{ name: localTableNames.ledger, ...ledgerTable, index: ledgerTable.dueIndex }], {
  now: () => clock.now(),
});
tables.execute(allAccounted());

function page(from: number): object {
  const size = Math.min(pageSize, count - from);
  const Items = Array.from({ length: size }, (_, n) => marshall(idleRow(from + n)));
  const isLast = from + size >= count;
  return { Items, Count: size, ...(isLast ? {} : { LastEvaluatedKey: { policyId: { S: String(from + size) } } }) };
}

interface Command {
  readonly input: { readonly TableName?: string; readonly ExclusiveStartKey?: { policyId?: { S?: string } } };
}

const dynamoDb = {
  send: async (command: Command) =>
    command.input.TableName === localTableNames.policies
      ? page(Number(command.input.ExclusiveStartKey?.policyId?.S ?? 0))
      : tables.execute(command),
} as unknown as DynamoDBClient;

const site = idleSite(dynamoDb, clock);
const summary = await createBackups.run({}, { getRemainingTimeInMillis: () => 3_600_000 }, site);
console.log(JSON.stringify(summary));
