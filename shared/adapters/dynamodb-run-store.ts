// Runs in the ledger table. Every write is conditional; a write whose answer was lost is recognised by its id when the
// repeated one is refused, so that "applied but answered with an error" counts as written.

import type { RunKey } from "../domain/naming.ts";
import { slotText } from "../domain/naming.ts";
import type { RunAtOtc } from "../domain/occupied-databases.ts";
import type { Lane, Run, UnreadableRun } from "../domain/run.ts";
import type { InspectedLane, Log, RunStore, WriteOutcome } from "../ports.ts";
import { ledgerTable } from "../tables.ts";
import type { Condition, DynamoDbTable, Item } from "./dynamodb-table.ts";
import { parseRunItem, parseRunKey, runKeyOf, toRunItem } from "./run-item.ts";

export class DynamoDbRunStore implements RunStore {
  readonly #table: DynamoDbTable;
  readonly #log: Log;
  readonly #newWriteId: () => string;

  constructor(table: DynamoDbTable, options: { log: Log; newWriteId: () => string }) {
    this.#table = table;
    this.#log = options.log;
    this.#newWriteId = options.newWriteId;
  }

  insert(run: Run): Promise<WriteOutcome> {
    return this.#write(run, { expression: "attribute_not_exists(pk)" });
  }

  replace(previous: Run, next: Run): Promise<WriteOutcome> {
    return this.#write(next, {
      expression: "#version = :version",
      names: { "#version": "version" },
      values: { ":version": previous.version },
    });
  }

  async #write(run: Run, condition: Condition): Promise<WriteOutcome> {
    const writeId = this.#newWriteId();
    if ((await this.#table.put(toRunItem(run, writeId), condition)) === "written") return "written";
    const stored = await this.#table.get(runKeyOf(run));
    return stored?.writeId === writeId ? "written" : "lost-race";
  }

  async due(lane: Lane, query: { now: number; limit: number }): Promise<Run[]> {
    return this.#readable(await this.#dueItems(lane, query)).toSorted((a, b) => a.dueAt - b.dueAt);
  }

  async inspect(lane: Lane, query: { now: number; limit: number }): Promise<InspectedLane> {
    const found: { runs: Run[]; unreadable: UnreadableRun[] } = { runs: [], unreadable: [] };
    for (const item of await this.#dueItems(lane, query)) {
      const parsed = parseRunItem(item);
      if ("run" in parsed) found.runs.push(parsed.run);
      else found.unreadable.push({ key: `${String(item.pk)} ${String(item.sk)}`, problem: parsed.problem });
    }
    return found;
  }

  async #dueItems(lane: Lane, query: { now: number; limit: number }): Promise<Item[]> {
    const { dueIndex } = ledgerTable;
    const keys = await this.#table.query(
      {
        expression: "#lane = :lane AND #dueAt <= :now",
        names: { "#lane": dueIndex.partitionKey, "#dueAt": dueIndex.sortKey },
        values: { ":lane": lane, ":now": new Date(query.now).toISOString() },
      },
      { index: dueIndex.name, limit: query.limit },
    );
    const items = await this.#table.getMany(keys.map((key) => ({ pk: String(key.pk), sk: String(key.sk) })));
    return items.filter((item) => item.lane === lane);
  }

  async ofPolicy(policyId: string, range: { fromAt: number; toAt: number }): Promise<Run[]> {
    const values = { ":pk": `run#${policyId}`, ":from": slotText(range.fromAt), ":to": `${slotText(range.toAt)}~` };
    return this.#readable(await this.#table.query({ expression: "pk = :pk AND sk BETWEEN :from AND :to", values }));
  }

  async *pagesOfPolicy(policyId: string): AsyncGenerator<readonly Run[]> {
    const condition = { expression: "pk = :pk", values: { ":pk": `run#${policyId}` } };
    for await (const page of this.#table.queryPages(condition)) yield this.#readable(page);
  }

  async read(key: RunKey): Promise<Run | undefined> {
    const item = await this.#table.get(runKeyOf(key));
    return item === undefined ? undefined : this.#readable([item])[0];
  }

  async atOtc(): Promise<RunAtOtc[]> {
    const { dueIndex } = ledgerTable;
    const condition = {
      expression: "#lane = :lane",
      names: { "#lane": dueIndex.partitionKey },
      values: { ":lane": "poll" },
    };
    const keys = await this.#table.query(condition, { index: dueIndex.name });
    return keys.flatMap(({ pk, sk, dueAt }) => {
      const key = parseRunKey(String(pk), String(sk));
      return key === undefined ? [] : [{ ...key, lookAt: Date.parse(String(dueAt)) }];
    });
  }

  /** A poisoned item is left out, since it must not stop the others; audit-backups tells a human of it. */
  #readable(items: readonly Item[]): Run[] {
    return items.flatMap((item) => {
      const parsed = parseRunItem(item);
      if ("run" in parsed) return [parsed.run];
      this.#log.error({ event: "ledger-item-unreadable", message: parsed.problem });
      return [];
    });
  }
}
