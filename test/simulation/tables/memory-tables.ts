// DynamoDB in memory, at the level of the AWS SDK's commands: the real stores run on it unchanged, a thousand times as
// fast as over HTTP. test/contracts/dynamodb.contract.test.ts holds it to what the embedded DynamoDB does.

import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { holds, orderOf } from "./evaluate.ts";
import { type Placeholders, parseCondition, type StoredItem, ValidationException } from "./expression.ts";
import { MemoryTable, type TableDefinition } from "./memory-table.ts";
import { updated } from "./update.ts";

export class ConditionalCheckFailedException extends Error {
  override readonly name = "ConditionalCheckFailedException";
}

export interface MemoryTablesOptions {
  readonly now: () => number;
  /** How long a write takes to show in an index, asked for each write. */
  readonly indexLagMs?: () => number;
  /** Items in one page of a query or scan, and keys served by one batch, at most. */
  readonly pageSize?: () => number;
}

interface Request {
  readonly ConditionExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: StoredItem | undefined;
}

export class MemoryTables {
  readonly #tables: ReadonlyMap<string, MemoryTable>;
  readonly #options: MemoryTablesOptions;

  constructor(definitions: readonly TableDefinition[], options: MemoryTablesOptions) {
    this.#tables = new Map(definitions.map((definition) => [definition.name, new MemoryTable(definition)]));
    this.#options = options;
  }

  table(name: string | undefined): MemoryTable {
    const table = this.#tables.get(name ?? "");
    if (table === undefined) throw new ValidationException(`there is no table ${name}`);
    return table;
  }

  /** One command, at once and whole. Throws what DynamoDB would answer with an error. */
  execute(command: unknown): object {
    if (command instanceof GetItemCommand) return this.#get(command.input);
    if (command instanceof BatchGetItemCommand) return this.#batchGet(command.input.RequestItems ?? {});
    if (command instanceof PutItemCommand) return this.#put(command.input);
    if (command instanceof UpdateItemCommand) return this.#update(command.input);
    if (command instanceof DeleteItemCommand) return this.#delete(command.input);
    if (command instanceof QueryCommand) return this.#query(command.input);
    if (command instanceof ScanCommand) return this.#scan(command.input);
    throw new ValidationException("the tables in memory do not know this command");
  }

  #get({ TableName, Key = {} }: GetItemCommand["input"]): object {
    const table = this.table(TableName);
    const item = table.items.get(table.idOf(Key));
    return item === undefined ? {} : { Item: item };
  }

  #batchGet(requests: NonNullable<BatchGetItemCommand["input"]["RequestItems"]>): object {
    const Responses: Record<string, StoredItem[]> = {};
    const UnprocessedKeys: Record<string, { Keys: StoredItem[] }> = {};
    for (const [name, { Keys = [] }] of Object.entries(requests)) {
      const table = this.table(name);
      if (Keys.length > 100) throw new ValidationException("a batch has at most 100 keys");
      const ids = Keys.map((key) => table.idOf(key));
      if (new Set(ids).size < ids.length) throw new ValidationException("a batch names a key twice");
      const served = this.#options.pageSize?.() ?? Keys.length;
      Responses[name] = ids.slice(0, served).flatMap((id) => listOf(table.items.get(id)));
      if (Keys.length > served) UnprocessedKeys[name] = { Keys: Keys.slice(served) };
    }
    return { Responses, UnprocessedKeys };
  }

  #put({ TableName, Item = {}, ...request }: PutItemCommand["input"]): object {
    const table = this.table(TableName);
    const id = table.idOf(Item);
    checkCondition(table.items.get(id), request);
    this.#write(table, id, Item);
    return {};
  }

  #update({ TableName, Key = {}, ...request }: UpdateItemCommand["input"]): object {
    const table = this.table(TableName);
    const id = table.idOf(Key);
    const before = table.items.get(id);
    checkCondition(before, request);
    const item = updated(before ?? Key, request.UpdateExpression ?? "", placeholders(request));
    if (table.idOf(item) !== id) throw new ValidationException("an update cannot change the key");
    this.#write(table, id, item);
    return request.ReturnValues === "ALL_NEW" ? { Attributes: item } : {};
  }

  #delete({ TableName, Key = {}, ...request }: DeleteItemCommand["input"]): object {
    const table = this.table(TableName);
    const id = table.idOf(Key);
    checkCondition(table.items.get(id), request);
    if (table.items.has(id)) this.#write(table, id, undefined);
    return {};
  }

  #write(table: MemoryTable, id: string, item: StoredItem | undefined): void {
    table.write(id, item, { now: this.#options.now(), indexLagMs: this.#options.indexLagMs?.() ?? 0 });
  }

  #query({ TableName, IndexName, ExclusiveStartKey, ...request }: QueryCommand["input"]): object {
    const table = this.table(TableName);
    if (IndexName !== undefined && IndexName !== table.definition.index?.name)
      throw new ValidationException(`there is no index ${IndexName}`);
    if (IndexName !== undefined && request.ConsistentRead === true)
      throw new ValidationException("an index cannot be read consistently");
    const condition = parseCondition(request.KeyConditionExpression ?? "");
    checkPlaceholders(request);
    const given = placeholders(request);
    const isFound = (item: StoredItem) => holds(condition, item, given);
    const found = IndexName === undefined ? table.sorted(isFound) : table.indexed(this.#options.now(), isFound);
    const ordered = request.ScanIndexForward === false ? found.toReversed() : found;
    return this.#page(table, ordered, { after: ExclusiveStartKey, limit: request.Limit });
  }

  #scan({ TableName, ExclusiveStartKey, Limit }: ScanCommand["input"]): object {
    const table = this.table(TableName);
    return this.#page(table, table.sorted(), { after: ExclusiveStartKey, limit: Limit });
  }

  #page(
    table: MemoryTable,
    items: readonly StoredItem[],
    from: { after: StoredItem | undefined; limit: number | undefined },
  ): object {
    const start = from.after === undefined ? 0 : startAfter(table, items, from.after);
    const size = Math.min(from.limit ?? items.length + 1, this.#options.pageSize?.() ?? items.length + 1);
    const Items = items.slice(start, start + size);
    const last = Items.at(-1);
    const { index } = table.definition;
    const indexKeys = index === undefined ? [] : [index.partitionKey, index.sortKey];
    if (last === undefined || start + size >= items.length) return { Items, Count: Items.length };
    const key = { ...table.keyOf(last), ...Object.fromEntries(indexKeys.map((name) => [name, last[name]])) };
    return { Items, Count: Items.length, LastEvaluatedKey: key };
  }
}

function listOf(item: StoredItem | undefined): StoredItem[] {
  return item === undefined ? [] : [item];
}

/** Goes on behind the key given, also when its item is gone meanwhile. */
function startAfter(table: MemoryTable, items: readonly StoredItem[], after: StoredItem): number {
  const id = table.idOf(after);
  const exact = items.findIndex((item) => table.idOf(item) === id);
  if (exact >= 0) return exact + 1;
  const sortKey = table.definition.index?.sortKey ?? "";
  const isBehind = (item: StoredItem) => {
    const [mine, its] = [item[sortKey], after[sortKey]];
    const byIndex = mine === undefined || its === undefined ? 0 : (orderOf(mine, its) ?? 0);
    return byIndex > 0 || (byIndex === 0 && table.idOf(item) > id);
  };
  const next = items.findIndex(isBehind);
  return next < 0 ? items.length : next;
}

function checkCondition(item: StoredItem | undefined, request: Request): void {
  checkPlaceholders(request);
  if (request.ConditionExpression === undefined) return;
  if (!holds(parseCondition(request.ConditionExpression), item ?? {}, placeholders(request)))
    throw new ConditionalCheckFailedException("the conditional request failed");
}

/** DynamoDB refuses names and values that no expression uses. */
function checkPlaceholders(request: Request): void {
  const text = `${request.ConditionExpression} ${request.KeyConditionExpression} ${request.UpdateExpression}`;
  for (const name of [
    ...Object.keys(request.ExpressionAttributeNames ?? {}),
    ...Object.keys(request.ExpressionAttributeValues ?? {}),
  ])
    if (!text.includes(name)) throw new ValidationException(`${name} is given and not used`);
}

function placeholders(request: Request): Placeholders {
  return { names: request.ExpressionAttributeNames, values: request.ExpressionAttributeValues };
}
