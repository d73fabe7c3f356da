// A client of the AWS SDK whose commands end at tables in memory after a while on the clock, instead of going out over HTTP.

import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../shared/ports.ts";
import type { MemoryTables } from "../../test/simulation/tables/memory-tables.ts";

const commands = [
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
];
const prototypes = new Map<string, object>(commands.map((command) => [command.name, command.prototype]));

/** `latencyMs`: from the request to its answer; what it does is done in between, at once and whole. */
export function memoryClient(tables: MemoryTables, clock: Clock, latencyMs: number): DynamoDBClient {
  const client = new DynamoDBClient({
    region: "virtual",
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
  });
  client.middlewareStack.add(
    (_next, context) => async (args) => {
      const prototype = prototypes.get(String(context.commandName));
      if (prototype === undefined) throw new Error(`the tables in memory do not know ${String(context.commandName)}`);
      const command: unknown = Object.assign(Object.create(prototype), { input: args.input });
      await clock.sleep(latencyMs / 2);
      const output = { $metadata: {}, ...tables.execute(command) };
      await clock.sleep(latencyMs / 2);
      return { output, response: undefined };
    },
    { step: "initialize", priority: "low", name: "memoryTables" },
  );
  return client;
}
