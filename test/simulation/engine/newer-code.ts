// A deployment in the middle of the night: from its beginning on some ticks run on newer code, after its end all of them. Newer code
// is ours over a table client that writes the next form of a run, with a field that older code does not know, and reads both.

import type { StoredItem } from "../tables/expression.ts";

/** The form that our code writes is one less (shared/adapters/run-item.ts). */
const newerForm = "2";
const newerField = "writtenByNewerCode";

/** Executes a command as newer code sends it. */
export function asNewerCode(command: object, execute: (command: object) => object): object {
  return readBack(execute(written(command)));
}

export function isOfNewerForm(item: StoredItem | undefined): boolean {
  return item?.schemaVersion?.N === newerForm;
}

function written(command: object): object {
  const input: unknown = Reflect.get(command, "input");
  if (!hasRun(input)) return command;
  const Item = { ...input.Item, schemaVersion: { N: newerForm }, [newerField]: { BOOL: true } };
  return Object.assign(Object.create(Object.getPrototypeOf(command)), command, { input: { ...input, Item } });
}

function hasRun(input: unknown): input is { Item: StoredItem } {
  const pk = (input as { Item?: StoredItem } | undefined)?.Item?.pk?.S;
  return pk?.startsWith("run#") === true;
}

function readBack(answer: object): object {
  const { Item, Items, Responses } = answer as { Item?: StoredItem; Items?: StoredItem[]; Responses?: object };
  const batches = Object.entries(Responses ?? {}).map(([table, items]) => [table, items.map(understood)]);
  return {
    ...answer,
    ...(Item === undefined ? {} : { Item: understood(Item) }),
    ...(Items === undefined ? {} : { Items: Items.map(understood) }),
    ...(Responses === undefined ? {} : { Responses: Object.fromEntries(batches) }),
  };
}

function understood(item: StoredItem): StoredItem {
  if (!isOfNewerForm(item)) return item;
  const { [newerField]: _known, ...rest } = item;
  return { ...rest, schemaVersion: { N: "1" } };
}
