// Counts what goes to the tables: a middleware of the SDK's client, so that nothing of ours has to take part.

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ledgerTable } from "../shared/tables.ts";

/** Items, not calls: a batch of a hundred is a hundred reads, as DynamoDB bills it. */
export interface TableCounts {
  /** Items that were read, and questions that found nothing. */
  reads: number;
  /** Read request units: what the items' sizes make of it. */
  readUnits: number;
  /** Items that were written, refused conditional writes included. */
  writes: number;
  /** Of these, the site's own small records (how far accounted for, pace, look, alerts): so many per tick, not per run. */
  siteWrites: number;
  /** Write request units of the tables. */
  writeUnits: number;
  /** Writes of the index, of which the embedded tables do not tell: one when a run enters or leaves it, two when it moves. */
  indexWrites: number;
}

const writing = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

/** Where each run stands in the index, as far as these clients have put it there; shared by all that write to one table. */
export type IndexPlaces = Map<string, string | undefined>;

/** Starts counting on this client; the returned object grows. */
export function countTables(client: DynamoDBClient, places: IndexPlaces = new Map()): TableCounts {
  const counts: TableCounts = { reads: 0, readUnits: 0, writes: 0, siteWrites: 0, writeUnits: 0, indexWrites: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = String(context.commandName ?? "").replace(/Command$/, "");
      Object.assign(args.input, { ReturnConsumedCapacity: "INDEXES" });
      if (!writing.has(operation)) {
        const answer = await next(args);
        counts.reads += itemsOf(answer.output);
        counts.readUnits += unitsOf(answer.output);
        return answer;
      }
      // A refused write is billed like one that was made.
      counts.writes += 1;
      if (isSiteRecord(args.input)) counts.siteWrites += 1;
      const answer = await next(args).catch((error: unknown) => {
        counts.writeUnits += 1;
        throw error;
      });
      counts.writeUnits += unitsOf(answer.output);
      if (operation === "PutItem") counts.indexWrites += moveInIndex(places, args.input);
      return answer;
    },
    { step: "initialize", name: "countTables" },
  );
  return counts;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isSiteRecord(input: unknown): boolean {
  const key = isRecord(input) ? (input.Item ?? input.Key) : undefined;
  const pk = isRecord(key) ? key[ledgerTable.partitionKey] : undefined;
  return isRecord(pk) && /^(site|account|alert)\b/.test(String(pk.S));
}

function itemsOf(output: unknown): number {
  if (!isRecord(output)) return 1;
  const lists = isRecord(output.Responses) ? Object.values(output.Responses) : [output.Items];
  const items = lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
  return Math.max(1, items);
}

function unitsOf(output: unknown): number {
  const consumed = isRecord(output) ? output.ConsumedCapacity : undefined;
  const parts: unknown[] = Array.isArray(consumed) ? consumed : [consumed];
  return parts.reduce<number>((sum, part) => sum + (isRecord(part) ? Number(part.CapacityUnits ?? 0) : 0), 0);
}

/** The index holds keys only, so it is written when its own keys change and not otherwise. */
function moveInIndex(places: IndexPlaces, input: unknown): number {
  const item = isRecord(input) && isRecord(input.Item) ? input.Item : {};
  const { partitionKey, sortKey, dueIndex } = ledgerTable;
  if (item[sortKey] === undefined) return 0;
  const key = JSON.stringify([item[partitionKey], item[sortKey]]);
  const lane = item[dueIndex.partitionKey];
  const place = lane === undefined ? undefined : JSON.stringify([lane, item[dueIndex.sortKey]]);
  const before = places.get(key);
  places.set(key, place);
  if (place === before) return 0;
  return place === undefined || before === undefined ? 1 : 2;
}
