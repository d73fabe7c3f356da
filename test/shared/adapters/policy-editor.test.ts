// Edits by people: written over exactly the row they were made from, in whatever form it is stored, and over nothing newer.

import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { localTableNames, startEmbeddedTables } from "../../../local/embedded-tables.ts";
import { DynamoDbPolicyEditor } from "../../../shared/adapters/dynamodb-policy-editor.ts";
import { DynamoDbPolicyStore } from "../../../shared/adapters/dynamodb-policy-store.ts";
import { DynamoDbTable } from "../../../shared/adapters/dynamodb-table.ts";

const TableName = localTableNames.policies;
const clock = { now: () => Date.UTC(2026, 10, 24), sleep: async () => {} };

async function anEditor() {
  const tables = await startEmbeddedTables();
  onTestFinished(() => tables.close());
  const table = new DynamoDbTable(tables.client, TableName);
  const editor = new DynamoDbPolicyEditor(table, new DynamoDbPolicyStore(table, clock));
  // As a console stores it: a set, a number as text, a field nobody knows.
  const Item = {
    policyId: { S: "nightly-shop" },
    account: { S: "demo" },
    instanceIds: { SS: ["in01", "in02"] },
    schedule: { S: "30 2 * * *" },
    maxAttempts: { S: "3" },
    retention: { M: { keepLast: { N: "7" } } },
    colour: { S: "blue" },
    observed: { M: { status: { S: "OK" } } },
  };
  await tables.client.send(new PutItemCommand({ TableName, Item }));
  const console_ = (expression: string, value: { S: string }) =>
    tables.client.send(
      new UpdateItemCommand({
        TableName,
        Key: { policyId: { S: "nightly-shop" } },
        UpdateExpression: expression,
        ExpressionAttributeValues: { ":v": value },
      }),
    );
  const previous = await editor.read("nightly-shop");
  if (previous === undefined) throw new Error("the row is there");
  return { editor, previous, table, console_ };
}

const wanted = { policyId: "nightly-shop", account: "demo", instanceIds: ["in01"], schedule: "45 2 * * *" };

test("a row gets exactly the fields of the edit, and what the system wrote onto it meanwhile stays", async () => {
  const { editor, previous, table, console_ } = await anEditor();
  await console_("SET observed = :v", { S: "written while somebody was thinking" });
  expect(await editor.replace(previous, wanted)).toBe("written");
  expect(await table.get({ policyId: "nightly-shop" })).toEqual({
    ...wanted,
    observed: "written while somebody was thinking",
  });
});

test.each([
  ["a field changed", "SET schedule = :v"],
  ["a field added that the row did not have", "SET severity = :v"],
  ["a field nobody knows changed", "SET colour = :v"],
])("%s in the console meanwhile: neither replaced nor removed", async (_what, expression) => {
  const { editor, previous, table, console_ } = await anEditor();
  await console_(expression, { S: "0 4 * * *" });
  const before = await table.get({ policyId: "nightly-shop" });
  expect(await editor.replace(previous, wanted)).toBe("lost-race");
  expect(await editor.remove(previous)).toBe("lost-race");
  expect(await table.get({ policyId: "nightly-shop" })).toEqual(before);
});

test("a map that gained a key or a list that gained an entry is not the row any more", async () => {
  const { editor, previous, table, console_ } = await anEditor();
  await console_("SET retention.keepDaily = :v", { S: "14" });
  expect(await editor.replace(previous, wanted)).toBe("lost-race");
  const many = Array.from({ length: 200 }, (_, i) => `in${i}`);
  const again = await editor.read("nightly-shop");
  if (again === undefined) throw new Error("the row is there");
  expect(await editor.replace(again, { ...wanted, instanceIds: many })).toBe("written");
  const long = await editor.read("nightly-shop");
  expect(long?.fields.instanceIds).toHaveLength(200);
  if (long === undefined) throw new Error("the row is there");
  expect(await editor.replace(long, wanted)).toBe("written");
  expect(await table.get({ policyId: "nightly-shop" })).toMatchObject(wanted);
});

test("a row removed meanwhile is not brought back, and one that is there already is not made anew", async () => {
  const { editor, previous, table } = await anEditor();
  expect(await editor.create(wanted)).toBe("lost-race");
  expect(await editor.remove(previous)).toBe("written");
  expect(await editor.replace(previous, wanted)).toBe("lost-race");
  expect(await table.get({ policyId: "nightly-shop" })).toBeUndefined();
  expect(await editor.create(wanted)).toBe("written");
});
