// One DynamoDB table as the stores use it: items in and out as plain data, a failed condition as a value, every other
// error as one failure. Retries of throttles and 5xx are the SDK's (standard mode).

import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { FailureError, failure } from "../domain/failure.ts";
import type { WriteOutcome } from "../ports.ts";

export type Item = Record<string, unknown>;
type Key = Record<string, string>;

/** An expression whose values are in stored form, for rows that people write. */
export interface RawExpression {
  readonly update?: string;
  readonly condition: string;
  readonly names: Record<string, string>;
  readonly values: Record<string, AttributeValue>;
}

/** A condition with its names and values, as DynamoDB expressions take them. */
export interface Condition {
  readonly expression: string;
  readonly names?: Record<string, string>;
  readonly values?: Item;
}

export class DynamoDbTable {
  readonly #client: DynamoDBClient;
  readonly name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.name = name;
  }

  /** Strongly consistent. */
  async get(key: Key): Promise<Item | undefined> {
    const { Item } = await this.#call("GetItem", () =>
      this.#client.send(new GetItemCommand({ TableName: this.name, Key: marshall(key), ConsistentRead: true })),
    );
    return Item === undefined ? undefined : unmarshall(Item);
  }

  /** The stored form of one item, strongly consistent, for rows that people write. */
  async getRaw(key: Key): Promise<Record<string, AttributeValue> | undefined> {
    const { Item } = await this.#call("GetItem", () =>
      this.#client.send(new GetItemCommand({ TableName: this.name, Key: marshall(key), ConsistentRead: true })),
    );
    return Item;
  }

  /** Strongly consistent, in no order; keys without an item are left out. */
  async getMany(keys: readonly Key[]): Promise<Item[]> {
    const found: Item[] = [];
    for (let i = 0; i < keys.length; i += 100) {
      let wanted: Record<string, AttributeValue>[] = keys.slice(i, i + 100).map((key) => marshall(key));
      while (wanted.length > 0) {
        const request = { RequestItems: { [this.name]: { Keys: wanted, ConsistentRead: true } } };
        const answer = await this.#call("BatchGetItem", () => this.#client.send(new BatchGetItemCommand(request)));
        found.push(...(answer.Responses?.[this.name] ?? []).map((item) => unmarshall(item)));
        wanted = answer.UnprocessedKeys?.[this.name]?.Keys ?? [];
      }
    }
    return found;
  }

  async put(item: Item, condition?: Condition): Promise<WriteOutcome> {
    const command = new PutItemCommand({
      TableName: this.name,
      Item: marshall(item, { removeUndefinedValues: true }),
      ...expressions(condition),
    });
    return this.#write("PutItem", () => this.#client.send(command));
  }

  /** A condition without an expression only holds what the update speaks of. */
  async update(key: Key, update: string, condition: Partial<Condition>): Promise<WriteOutcome> {
    const input: UpdateItemCommandInput = {
      TableName: this.name,
      Key: marshall(key),
      UpdateExpression: update,
      ...expressions(condition),
    };
    return this.#write("UpdateItem", () => this.#client.send(new UpdateItemCommand(input)));
  }

  async updateRaw(key: Key, expression: RawExpression): Promise<WriteOutcome> {
    const { update, ...rest } = expression;
    const input = { ...rawInput(this.name, key, rest), UpdateExpression: update };
    return this.#write("UpdateItem", () => this.#client.send(new UpdateItemCommand(input)));
  }

  async deleteRaw(key: Key, expression: RawExpression): Promise<WriteOutcome> {
    const input = rawInput(this.name, key, expression);
    return this.#write("DeleteItem", () => this.#client.send(new DeleteItemCommand(input)));
  }

  async delete(key: Key): Promise<void> {
    await this.#write("DeleteItem", () =>
      this.#client.send(new DeleteItemCommand({ TableName: this.name, Key: marshall(key) })),
    );
  }

  /** All items of a key condition; an index is read as late as DynamoDB keeps it, the table consistently. */
  async query(condition: Condition, options: { index?: string; limit?: number } = {}): Promise<Item[]> {
    const { index, limit = Number.POSITIVE_INFINITY } = options;
    const found: Item[] = [];
    for await (const page of this.queryPages(condition, index)) {
      found.push(...page);
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  }

  /** The same page by page, each as large as DynamoDB makes them: at most a megabyte. */
  async *queryPages(condition: Condition, index?: string): AsyncGenerator<Item[]> {
    let start: Record<string, AttributeValue> | undefined;
    do {
      const input: QueryCommandInput = {
        TableName: this.name,
        KeyConditionExpression: condition.expression,
        ...placeholders(condition),
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      };
      const page = await this.#call("Query", () => this.#client.send(new QueryCommand(input)));
      yield (page.Items ?? []).map((item) => unmarshall(item));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  /** Every item in its stored form, page by page. */
  async *scanRaw(): AsyncGenerator<Record<string, AttributeValue>[]> {
    let start: Record<string, AttributeValue> | undefined;
    do {
      const input = {
        TableName: this.name,
        ConsistentRead: true,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      };
      const page = await this.#call("Scan", () => this.#client.send(new ScanCommand(input)));
      yield page.Items ?? [];
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  async #write(operation: string, send: () => Promise<unknown>): Promise<WriteOutcome> {
    try {
      await send();
      return "written";
    } catch (error) {
      if (error instanceof Error && error.name === "ConditionalCheckFailedException") return "lost-race";
      throw this.#unavailable(operation, error);
    }
  }

  async #call<T>(operation: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw this.#unavailable(operation, error);
    }
  }

  #unavailable(operation: string, error: unknown): FailureError {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : "unknown error";
    return new FailureError(
      failure("storage-unavailable", `${operation} on table ${this.name}: ${text}`, { effect: "unknown" }),
    );
  }
}

function rawInput(table: string, key: Key, { condition, names, values }: RawExpression) {
  return {
    TableName: table,
    Key: marshall(key),
    ConditionExpression: condition,
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
  };
}

function expressions(condition: Partial<Condition> | undefined) {
  if (condition === undefined) return {};
  const { expression } = condition;
  return { ...(expression === undefined ? {} : { ConditionExpression: expression }), ...placeholders(condition) };
}

function placeholders({ names, values }: Partial<Condition>) {
  return {
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }) }),
  };
}
