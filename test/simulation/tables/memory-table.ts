// One table in memory: items by key, a keys-only index that may lag behind, and a history of every write, from which an
// older copy can be restored. Knows nothing of requests; that is memory-tables.ts.

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type StoredItem, ValidationException } from "./expression.ts";

export interface IndexDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

export interface TableDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly index?: IndexDefinition;
}

/** One write as it happened: `item` is what stands there afterwards. */
export interface Write {
  readonly at: number;
  readonly id: string;
  readonly before: StoredItem | undefined;
  readonly item: StoredItem | undefined;
}

interface IndexChange {
  readonly visibleAt: number;
  readonly id: string;
  readonly entry: StoredItem | undefined;
}

export class MemoryTable {
  readonly definition: TableDefinition;
  readonly items = new Map<string, StoredItem>();
  readonly history: Write[] = [];
  /** What the index shows, and what it will show once it has caught up. */
  readonly #index = new Map<string, StoredItem>();
  #indexChanges: IndexChange[] = [];

  constructor(definition: TableDefinition) {
    this.definition = definition;
  }

  /** The key as one text. Throws ValidationException when a part is missing, empty or no string. */
  idOf(item: StoredItem): string {
    return this.#keyNames()
      .map((name) => keyText(name, item[name]))
      .join("\u0000");
  }

  keyOf(item: StoredItem): StoredItem {
    return pick(item, this.#keyNames());
  }

  write(id: string, item: StoredItem | undefined, times: { now: number; indexLagMs: number }): void {
    this.history.push({ at: times.now, id, before: this.items.get(id), item });
    if (item === undefined) this.items.delete(id);
    else this.items.set(id, item);
    if (this.definition.index === undefined) return;
    this.#indexChanges.push({ visibleAt: times.now + times.indexLagMs, id, entry: this.#indexEntry(item) });
  }

  /** Items in the order of their keys: all, or those that are wanted. */
  sorted(isWanted: (item: StoredItem) => boolean = () => true): StoredItem[] {
    const wanted = [...this.items].filter(([, item]) => isWanted(item));
    return wanted.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }

  /** What the index shows now, in its order: all, or what is wanted. */
  indexed(now: number, isWanted: (item: StoredItem) => boolean = () => true): StoredItem[] {
    this.#catchUp(now);
    const { sortKey = "" } = this.definition.index ?? {};
    return [...this.#index.values()]
      .filter(isWanted)
      .sort((a, b) => ((a[sortKey]?.S ?? "") < (b[sortKey]?.S ?? "") ? -1 : 1));
  }

  /** The table as it was at `at`; what was written later is forgotten, and the history with it. */
  restore(at: number, now: number): void {
    const kept = this.history.filter((write) => write.at <= at);
    this.items.clear();
    for (const { id, item } of kept) {
      if (item === undefined) this.items.delete(id);
      else this.items.set(id, item);
    }
    this.history.splice(0, this.history.length, ...kept);
    this.#index.clear();
    this.#indexChanges = [...this.items].map(([id, item]) => ({ visibleAt: now, id, entry: this.#indexEntry(item) }));
  }

  #catchUp(now: number): void {
    if (this.#indexChanges.length === 0) return;
    const waiting: IndexChange[] = [];
    const held = new Set<string>();
    for (const change of this.#indexChanges) {
      // Changes of one item stay in order, however the lag varied between them.
      if (change.visibleAt > now || held.has(change.id)) {
        waiting.push(change);
        held.add(change.id);
      } else if (change.entry === undefined) this.#index.delete(change.id);
      else this.#index.set(change.id, change.entry);
    }
    this.#indexChanges = waiting;
  }

  #indexEntry(item: StoredItem | undefined): StoredItem | undefined {
    const { index } = this.definition;
    if (item === undefined || index === undefined) return undefined;
    if (item[index.partitionKey] === undefined || item[index.sortKey] === undefined) return undefined;
    return pick(item, [...this.#keyNames(), index.partitionKey, index.sortKey]);
  }

  #keyNames(): string[] {
    const { partitionKey, sortKey } = this.definition;
    return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
  }
}

function keyText(name: string, value: AttributeValue | undefined): string {
  const text = value?.S;
  if (text === undefined || text === "") throw new ValidationException(`the key ${name} must be a string with content`);
  return text;
}

function pick(item: StoredItem, names: readonly string[]): StoredItem {
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
}
