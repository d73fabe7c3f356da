// The tables on one machine: an embedded DynamoDB, on disk or in memory, spoken to through the same AWS SDK as in AWS.

import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type DynamoDBClientConfig,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { dynamoDbClient } from "../shared/adapters/dynamodb-client.ts";
import { ledgerTable, policiesTable } from "../shared/tables.ts";
import { CannotStart } from "./cannot-start.ts";
import { takeFolder } from "./site-folder.ts";

export const localTableNames = { policies: "otc-backup-local-policies", ledger: "otc-backup-local-ledger" } as const;

export interface EmbeddedTables {
  readonly url: string;
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

/**
 * Starts the embedded DynamoDB on a free loopback port and creates what is missing. `folder`: that of a site, which is held
 * until the tables are closed; absent: in memory. Throws CannotStart.
 */
export async function startEmbeddedTables(folder?: string): Promise<EmbeddedTables> {
  await using opened = new AsyncDisposableStack();
  const taken = folder === undefined ? undefined : await takeFolder(folder);
  opened.defer(async () => taken?.release());
  const server = dynalite({
    ...(folder === undefined ? {} : { path: `${folder}/tables` }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  const client = embeddedClient(url);
  opened.defer(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await createTables(client);
  const open = opened.move();
  return { url, client, close: () => open.disposeAsync() };
}

/** A client for an embedded DynamoDB; its credentials mean nothing. */
export function embeddedClient(url: string): DynamoDBClient {
  return dynamoDbClient({
    endpoint: url,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    signer: unsigned,
  });
}

const signature = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
  "x-amz-date": "20260101T000000Z",
};

/** The embedded DynamoDB checks that there is a signature, not what it says; making real ones is a third of the work of a call. */
const unsigned: Extract<DynamoDBClientConfig["signer"], { sign: unknown }> = {
  sign: async (request) => ({ ...request, headers: { ...request.headers, ...signature } }),
};

/** Some seconds: what takes milliseconds has been left unfinished by then. */
const mostTries = 400;
const betweenTriesMs = 5;

async function createTables(client: DynamoDBClient): Promise<void> {
  const { partitionKey, sortKey, dueIndex } = ledgerTable;
  const text = (name: string) => ({ AttributeName: name, AttributeType: "S" as const });
  const hash = (name: string) => ({ AttributeName: name, KeyType: "HASH" as const });
  const range = (name: string) => ({ AttributeName: name, KeyType: "RANGE" as const });
  const tables = [
    new CreateTableCommand({
      TableName: localTableNames.policies,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [text(policiesTable.partitionKey)],
      KeySchema: [hash(policiesTable.partitionKey)],
    }),
    new CreateTableCommand({
      TableName: localTableNames.ledger,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [partitionKey, sortKey, dueIndex.partitionKey, dueIndex.sortKey].map(text),
      KeySchema: [hash(partitionKey), range(sortKey)],
      GlobalSecondaryIndexes: [
        {
          IndexName: dueIndex.name,
          KeySchema: [hash(dueIndex.partitionKey), range(dueIndex.sortKey)],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    }),
  ];
  for (const table of tables) {
    try {
      await client.send(table);
    } catch (error) {
      if (!(error instanceof Error && error.name === "ResourceInUseException")) throw error;
    }
  }
  for (const name of [localTableNames.policies, localTableNames.ledger]) await untilActive(client, name);
}

/**
 * As in AWS a table is made after the answer to its creation; a call that comes sooner would be refused. One whose maker was
 * killed in between stays unfinished for good, and has never held anything.
 */
async function untilActive(client: DynamoDBClient, TableName: string): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    if ((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus === "ACTIVE") return;
    await sleep(betweenTriesMs);
  }
  throw new CannotStart(
    `the table ${TableName} was never finished: the site was killed while it made its tables`,
    "nothing was ever stored there; remove the folder tables of the site and start again",
  );
}
