// What the stores rely on in DynamoDB, asked of the embedded DynamoDB and of the tables in memory: the two must agree,
// else the simulation proves nothing.

import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { localTableNames, startEmbeddedTables } from "../../local/embedded-tables.ts";
import { ledgerTable, policiesTable } from "../../shared/tables.ts";
import { MemoryTables } from "../simulation/tables/memory-tables.ts";

const { ledger, policies } = localTableNames;

async function embedded(): Promise<DynamoDBClient> {
  const tables = await startEmbeddedTables();
  onTestFinished(() => tables.close());
  return tables.client;
}

async function inMemory(): Promise<DynamoDBClient> {
  const { partitionKey, sortKey, dueIndex } = ledgerTable;
  const tables = new MemoryTables(
    [
      { name: policies, partitionKey: policiesTable.partitionKey },
      { name: ledger, partitionKey, sortKey, index: dueIndex },
    ],
    { now: () => 0 },
  );
  const send = async (command: object) => tables.execute(command);
  return { send } as unknown as DynamoDBClient;
}

const text = (S: string) => ({ S });
const key = (pk: string, sk: string) => ({ pk: text(pk), sk: text(sk) });

describe.each([
  { name: "the embedded DynamoDB", open: embedded },
  { name: "the tables in memory", open: inMemory },
])("$name", ({ open }) => {
  const refusal = (sent: Promise<unknown>) =>
    sent.then(
      () => "accepted",
      (error: Error) => error.name,
    );
  const put = (client: DynamoDBClient, item: Record<string, unknown>, condition: object = {}) =>
    client.send(new PutItemCommand({ TableName: ledger, Item: item as never, ...condition }));
  const read = async (client: DynamoDBClient, pk: string, sk: string) =>
    (await client.send(new GetItemCommand({ TableName: ledger, Key: key(pk, sk), ConsistentRead: true }))).Item;

  test("a put whose condition fails changes nothing and says so", async () => {
    const client = await open();
    const fresh = { ConditionExpression: "attribute_not_exists(pk)" };
    await put(client, { ...key("a", "1"), version: { N: "1" } }, fresh);
    expect(await refusal(put(client, { ...key("a", "1"), version: { N: "9" } }, fresh))).toBe(
      "ConditionalCheckFailedException",
    );
    expect(await read(client, "a", "1")).toEqual({ ...key("a", "1"), version: { N: "1" } });
    expect(await read(client, "a", "2")).toBeUndefined();
  });

  test.each([
    ["#v = :one", true],
    ["#v <> :one", false],
    ["#v < :two", true],
    ["#v >= :two", false],
    ["notThere = :one AND #v = :two", false],
    ["notThere <> :one AND #v < :two", true],
    ["attribute_not_exists(pk) OR #v = :one AND #v < :two", true],
    ["(attribute_not_exists(pk) OR #v = :one) AND #v = :two", false],
    ["NOT (#v = :one OR #v = :two)", false],
    ["#v BETWEEN :one AND :two", true],
    ["#v IN (:two, :one)", true],
    ["attribute_exists(nested.deep) AND #v < :two AND nested.deep = :one", true],
    ["attribute_exists(nested.absent) AND #v < :two AND #v = :one", false],
  ])("the condition %s is %s", async (expression, isTrue) => {
    const client = await open();
    await put(client, { ...key("a", "1"), version: { N: "1" }, nested: { M: { deep: { N: "1" } } } });
    const names = expression.includes("#v") ? { ExpressionAttributeNames: { "#v": "version" } } : {};
    const values = Object.fromEntries(
      [":one", ":two"]
        .filter((name) => expression.includes(name))
        .map((name) => [name, { N: name === ":one" ? "1" : "2" }]),
    );
    const condition = { ConditionExpression: expression, ...names, ExpressionAttributeValues: values };
    const answer = await refusal(put(client, { ...key("a", "1") }, condition));
    expect(answer).toBe(isTrue ? "accepted" : "ConditionalCheckFailedException");
  });

  test("an update sets, counts, removes, and reaches into maps", async () => {
    const client = await open();
    await put(client, { ...key("a", "1"), gone: text("x"), nested: { M: { stays: text("y") } } });
    const update = (UpdateExpression: string, values: Record<string, { N: string }>, more: object = {}) =>
      client.send(
        new UpdateItemCommand({
          TableName: ledger,
          Key: key("a", "1"),
          UpdateExpression,
          ExpressionAttributeValues: values,
          ...more,
        }),
      );
    await update("SET nested.deep = :one, counted = if_not_exists(counted, :one) + :one REMOVE gone", {
      ":one": { N: "1" },
    });
    await update(
      "SET counted = counted + :two",
      { ":two": { N: "2" } },
      { ConditionExpression: "attribute_exists(counted)" },
    );
    await update("ADD added :two", { ":two": { N: "2" } });
    expect(await read(client, "a", "1")).toEqual({
      ...key("a", "1"),
      nested: { M: { stays: text("y"), deep: { N: "1" } } },
      counted: { N: "4" },
      added: { N: "2" },
    });
    expect(await refusal(update("SET absent.deep = :one", { ":one": { N: "1" } }))).toBe("ValidationException");
  });

  test("a query reads a range of one partition in order, page after page", async () => {
    const client = await open();
    for (const sk of ["3", "1", "2", "9"]) await put(client, key("a", sk));
    await put(client, key("b", "2"));
    const found: string[] = [];
    let ExclusiveStartKey: Record<string, { S: string }> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: ledger,
          KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
          ExpressionAttributeValues: { ":pk": text("a"), ":from": text("1"), ":to": text("3") },
          Limit: 2,
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        }),
      );
      found.push(...(page.Items ?? []).map((item) => item.sk?.S ?? ""));
      ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
    } while (ExclusiveStartKey !== undefined);
    expect(found).toEqual(["1", "2", "3"]);
  });

  test("the index holds only items that wait for something, by their time, keys only", async () => {
    const client = await open();
    await put(client, { ...key("r", "1"), lane: text("poll"), dueAt: text("2026-02"), state: text("building") });
    await put(client, { ...key("r", "2"), lane: text("poll"), dueAt: text("2026-01") });
    await put(client, { ...key("r", "3"), lane: text("create"), dueAt: text("2026-01") });
    await put(client, { ...key("r", "4"), state: text("completed") });
    await put(client, { ...key("r", "5"), lane: text("poll"), dueAt: text("2026-09") });
    await put(client, { ...key("r", "2") });
    const query = (more: object) =>
      client.send(
        new QueryCommand({
          TableName: ledger,
          IndexName: ledgerTable.dueIndex.name,
          KeyConditionExpression: "#lane = :lane AND #dueAt <= :now",
          ExpressionAttributeNames: { "#lane": "lane", "#dueAt": "dueAt" },
          ExpressionAttributeValues: { ":lane": text("poll"), ":now": text("2026-03") },
          ...more,
        }),
      );
    expect((await query({})).Items).toEqual([{ ...key("r", "1"), lane: text("poll"), dueAt: text("2026-02") }]);
    expect(await refusal(query({ ConsistentRead: true }))).toBe("ValidationException");
  });

  test("a batch leaves out what is not there and refuses a key named twice", async () => {
    const client = await open();
    await put(client, key("a", "1"));
    const get = (...sks: string[]) =>
      client.send(new BatchGetItemCommand({ RequestItems: { [ledger]: { Keys: sks.map((sk) => key("a", sk)) } } }));
    expect((await get("1", "2")).Responses).toEqual({ [ledger]: [key("a", "1")] });
    expect(await refusal(get("1", "1"))).toBe("ValidationException");
  });

  test("a scan reads everything, a deleted item is gone, deleting nothing is no error", async () => {
    const client = await open();
    const row = (policyId: string) => ({ policyId: text(policyId) });
    for (const id of ["one", "two"]) await client.send(new PutItemCommand({ TableName: policies, Item: row(id) }));
    await client.send(new DeleteItemCommand({ TableName: policies, Key: row("two") }));
    await client.send(new DeleteItemCommand({ TableName: policies, Key: row("three") }));
    expect((await client.send(new ScanCommand({ TableName: policies }))).Items).toEqual([row("one")]);
  });

  test("what the request gets wrong is a ValidationException", async () => {
    const client = await open();
    expect(await refusal(put(client, { pk: text("a") }))).toBe("ValidationException");
    expect(await refusal(put(client, key("a", "")))).toBe("ValidationException");
    const unused = { ConditionExpression: "attribute_exists(pk)", ExpressionAttributeValues: { ":unused": text("x") } };
    expect(await refusal(put(client, key("a", "1"), unused))).toBe("ValidationException");
    const unknown = { ConditionExpression: "sk = :unknown" };
    expect(await refusal(put(client, key("a", "1"), unknown))).toBe("ValidationException");
  });
});
