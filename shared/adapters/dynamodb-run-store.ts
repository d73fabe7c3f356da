// Runs in the ledger table. Every write is conditional; a write whose answer was lost is recognised by its id when the
// repeated one is refused, so that "applied but answered with an error" counts as written.

import { type DueQuery, fairChoice } from "../domain/fair-choice.ts";
import type { RunKey } from "../domain/naming.ts";
import { slotText } from "../domain/naming.ts";
import type { RunAtOtc } from "../domain/occupied-databases.ts";
import type { InspectedLane, Lane, Run, UnreadableRun } from "../domain/run.ts";
import { isMine, type Shard } from "../domain/shard.ts";
import type { Log, RunStore, WriteOutcome } from "../ports.ts";
import { ledgerTable } from "../tables.ts";
import { DueLanes, dueBefore, type IndexedRun, parseIndexed } from "./due-index.ts";
import type { Condition, DynamoDbTable, Item } from "./dynamodb-table.ts";
import { parseRunItem, parseRunKey, runKeyOf, toRunItem } from "./run-item.ts";

const farFuture = Date.UTC(2200, 0);

export class DynamoDbRunStore implements RunStore {
  readonly #table: DynamoDbTable;
  readonly #log: Log;
  readonly #newWriteId: () => string;
  readonly #lanes: DueLanes;

  /** `shards`: of the site; one unless said otherwise. */
  constructor(table: DynamoDbTable, options: { log: Log; newWriteId: () => string; shards?: number }) {
    this.#table = table;
    this.#log = options.log;
    this.#newWriteId = options.newWriteId;
    this.#lanes = new DueLanes(table, options.shards ?? 1);
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
    if ((await this.#table.put(toRunItem(run, writeId, this.#lanes.partitionFor(run)), condition)) === "written")
      return "written";
    const stored = await this.#table.get(runKeyOf(run));
    return stored?.writeId === writeId ? "written" : "lost-race";
  }

  async due(lane: Lane, query: DueQuery): Promise<Run[]> {
    const runs = this.#readable(await this.#dueItems(lane, query));
    const { shard } = query;
    // The plain lane holds runs of all shards from before there were any.
    const mine = shard === undefined ? runs : runs.filter((run) => isMine(run.account, shard));
    return mine.toSorted((a, b) => a.dueAt - b.dueAt);
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

  async #dueItems(lane: Lane, { now, shard, ...bounds }: DueQuery): Promise<Item[]> {
    const names = await this.#lanes.namesOf(lane, shard);
    const indexed = await this.#indexed(names, now);
    const mine = indexed.filter(({ account }) => shard === undefined || account === "" || isMine(account, shard));
    const items = await this.#table.getMany(fairChoice(mine, bounds).map(({ pk, sk }) => ({ pk, sk })));
    const meant = new Set(names);
    return items.filter((item) => meant.has(String(item.lane)));
  }

  /** Whatever stands in these lanes and is due by `now`, keys only. An index that lags may show a run in two of them. */
  async #indexed(names: readonly string[], now: number): Promise<IndexedRun[]> {
    const { dueIndex } = ledgerTable;
    const found = await Promise.all(
      names.map((name) =>
        this.#table.query(
          {
            expression: "#lane = :lane AND #dueAt <= :now",
            names: { "#lane": dueIndex.partitionKey, "#dueAt": dueIndex.sortKey },
            values: { ":lane": name, ":now": dueBefore(now) },
          },
          { index: dueIndex.name },
        ),
      ),
    );
    return [...new Map(found.flat().map((item) => [`${item.pk} ${item.sk}`, parseIndexed(item)])).values()];
  }

  async ofPolicy(policyId: string, range: { fromAt: number; toAt: number }): Promise<Run[]> {
    return this.#readable(await this.#table.query(runsOf(policyId, range)));
  }

  async *pagesOfPolicy(policyId: string, range?: { fromAt: number; toAt: number }): AsyncGenerator<readonly Run[]> {
    for await (const page of this.#table.queryPages(runsOf(policyId, range))) yield this.#readable(page);
  }

  async read(key: RunKey): Promise<Run | undefined> {
    const item = await this.#table.get(runKeyOf(key));
    return item === undefined ? undefined : this.#readable([item])[0];
  }

  async atOtc(shard?: Shard): Promise<RunAtOtc[]> {
    const indexed = await this.#indexed(await this.#lanes.namesOf("poll", shard), farFuture);
    return indexed.flatMap(({ pk, sk, dueAt }) => {
      const key = parseRunKey(pk, sk);
      return key === undefined ? [] : [{ ...key, lookAt: dueAt }];
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

function runsOf(policyId: string, range?: { fromAt: number; toAt: number }): Condition {
  const pk = `run#${policyId}`;
  if (range === undefined) return { expression: "pk = :pk", values: { ":pk": pk } };
  const values = { ":pk": pk, ":from": slotText(range.fromAt), ":to": `${slotText(range.toAt)}~` };
  return { expression: "pk = :pk AND sk BETWEEN :from AND :to", values };
}
