// The DynamoDB client as everybody here uses it.

import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

/**
 * Without the SDK's own logging: it copies every answer item by item through a filter for secrets, also when nobody logs, and
 * over a whole table that is a quarter of a tick's work.
 */
export function dynamoDbClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient(config);
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}
