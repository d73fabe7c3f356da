// Runs in the ledger table. Every write is conditional; a write whose answer was lost is recognised by its id when the
// repeated one is refused, so that "applied but answered with an error" counts as written.

import { type DueQuery, fairChoice, passedOver } from "../domain/runs/fair-choice.ts";
import type { RunKey } from "../domain/runs/naming.ts";
import { slotText } from "../domain/runs/naming.ts";
import type { RunAtOtc } from "../domain/runs/occupied-databases.ts";
import type { InspectedLane, Lane, Run, UnreadableRun } from "../domain/runs/run.ts";
import { runsOf, type WaitingList } from "../domain/runs/waiting-list.ts";
import { isMine, type Shard } from "../domain/shard.ts";
import type { Log, RunStore, WriteOutcome } from "../ports.ts";
import { ledgerTable } from "../tables.ts";
import { DueLanes, dueBefore, type IndexedRun, indexedAs, parseIndexed } from "./due-index.ts";
import type { Condition, DynamoDbTable, Item } from "./dynamodb-table.ts";
import { parseRunItem, parseRunKey, runKeyOf, toRunItem } from "./run-item.ts";
import { isListKey, ListedAmong, parseListItem, toListItem, usedUp } from "./waiting-items.ts";

const farFuture = Date.UTC(2200, 0);

export class DynamoDbRunStore implements RunStore {
  readonly #table: DynamoDbTable;
  readonly #log: Log;
  readonly #newWriteId: () => string;
  readonly #lanes: DueLanes;
  /** Runs that stand in a list and nowhere else, as they were handed out. */
  readonly #listed = new WeakSet<Run>();
  /** Lists whose databases all had runs of their own when `due` last read them. */
  #usedUp: Item[] = [];

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
    // A run that only a list knows has its birth and its first change in one write.
    if (this.#listed.has(previous)) return this.insert(next);
    return this.#write(next, {
      expression: "#version = :version",
      names: { "#version": "version" },
      values: { ":version": previous.version },
    });
  }

  async insertWaiting(list: WaitingList): Promise<readonly Run[]> {
    const runs = runsOf(list);
    if (runs.length > 1 && (await this.#insertList(list))) return runs;
    const written: Run[] = [];
    for (const run of runs) if ((await this.insert(run)) === "written") written.push(run);
    return written;
  }

  /** False where a list of that name is there already, with other databases perhaps. */
  async #insertList(list: WaitingList): Promise<boolean> {
    const writeId = this.#newWriteId();
    const item = toListItem(list, writeId, this.#lanes.partitionFor(list.template));
    const condition = { expression: "attribute_not_exists(sk)" };
    if ((await this.#table.put(item, condition)) === "written") return true;
    return (await this.#table.get({ pk: String(item.pk), sk: String(item.sk) }))?.writeId === writeId;
  }

  async forgetUsedUp(): Promise<void> {
    for (const item of this.#usedUp.splice(0)) {
      const condition = { expression: "writeId = :id", values: { ":id": item.writeId } };
      await this.#table.put(usedUp(item), condition);
    }
  }

  async #write(run: Run, condition: Condition): Promise<WriteOutcome> {
    const writeId = this.#newWriteId();
    if ((await this.#table.put(toRunItem(run, writeId, this.#lanes.partitionFor(run)), condition)) === "written")
      return "written";
    const stored = await this.#table.get(runKeyOf(run));
    return stored?.writeId === writeId ? "written" : "lost-race";
  }

  async due(lane: Lane, query: DueQuery): Promise<Run[]> {
    const { items, listed } = await this.#dueItems(lane, query);
    const runs = [...this.#readable(items), ...listed];
    const { shard } = query;
    // The plain lane holds runs of all shards from before there were any.
    const mine = shard === undefined ? runs : runs.filter((run) => isMine(run.account, shard));
    return mine.toSorted((a, b) => a.dueAt - b.dueAt);
  }

  async inspect(lane: Lane, query: { now: number; limit: number }): Promise<InspectedLane> {
    const { items, listed, unreadable } = await this.#dueItems(lane, query);
    const found: { runs: Run[]; unreadable: UnreadableRun[] } = { runs: [...listed], unreadable };
    for (const item of items) {
      const parsed = parseRunItem(item);
      if ("run" in parsed) found.runs.push(parsed.run);
      else found.unreadable.push({ key: `${String(item.pk)} ${String(item.sk)}`, problem: parsed.problem });
    }
    return found;
  }

  async #dueItems(lane: Lane, { now, shard, passedOver: tell, ...bounds }: DueQuery) {
    const names = await this.#lanes.namesOf(lane, shard);
    const indexed = await this.#indexed(names, now);
    const mine = indexed.filter(({ account }) => shard === undefined || account === "" || isMine(account, shard));
    const own = mine.filter(({ sk }) => !isListKey(sk));
    const meant = new Set(names);
    const { lists, unreadable } = await this.#lists(mine, meant);
    const entries = new Map([...lists.values()].flat().map((run) => [keyText(run), indexedAs(run, runKeyOf(run))]));
    for (const one of own) entries.set(one.key, one);
    const chosen = fairChoice([...entries.values()], bounds);
    for (const [account, count] of passedOver([...entries.values()], chosen)) tell?.(account, count);
    const items = await this.#table.getMany(chosen.map(({ pk, sk }) => ({ pk, sk })));
    const born = new Set(items.map(({ pk, sk }) => `${pk} ${sk}`));
    const asked = new Set(chosen.map(({ key }) => key));
    const waiting = new Map<string, Run>();
    if (lane === "create") this.#usedUp = [];
    for (const [item, runs] of lists) {
      for (const run of runs) if (asked.has(keyText(run)) && !born.has(keyText(run))) waiting.set(keyText(run), run);
      if (runs.every((run) => born.has(keyText(run)))) this.#usedUp.push(item);
    }
    const listed = this.#asListed([...waiting.values()]);
    return { items: items.filter((item) => meant.has(String(item.lane))), listed, unreadable };
  }

  /** The lists among what is due, with the runs they stand for. */
  async #lists(indexed: readonly IndexedRun[], meant: ReadonlySet<string>) {
    const keys = indexed.filter(({ sk }) => isListKey(sk)).map(({ pk, sk }) => ({ pk, sk }));
    const items = (await this.#table.getMany(keys)).filter((item) => meant.has(String(item.lane)));
    const lists = new Map<Item, readonly Run[]>();
    const unreadable: UnreadableRun[] = [];
    for (const item of items) {
      const parsed = parseListItem(item);
      if ("runs" in parsed) lists.set(item, parsed.runs);
      else unreadable.push({ key: `${String(item.pk)} ${String(item.sk)}`, problem: parsed.problem });
    }
    for (const { problem } of unreadable) this.#log.error({ event: "ledger-item-unreadable", message: problem });
    return { lists, unreadable };
  }

  #asListed(runs: readonly Run[]): readonly Run[] {
    for (const run of runs) this.#listed.add(run);
    return runs;
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
    const items = await this.#table.query(slotsOf(policyId, range));
    const among = new ListedAmong();
    return inOrder([...this.#own(items), ...this.#listedAmong(among, items), ...this.#asListed(among.rest())]);
  }

  async *pagesOfPolicy(policyId: string, range?: { fromAt: number; toAt: number }): AsyncGenerator<readonly Run[]> {
    const among = new ListedAmong();
    for await (const page of this.#table.queryPages(slotsOf(policyId, range)))
      yield inOrder([...this.#listedAmong(among, page), ...this.#own(page)]);
    const rest = this.#asListed(among.rest());
    if (rest.length > 0) yield rest;
  }

  #own(items: readonly Item[]): Run[] {
    return this.#readable(items.filter(({ sk }) => !isListKey(String(sk))));
  }

  #listedAmong(among: ListedAmong, items: readonly Item[]): readonly Run[] {
    const runsOfList = (item: Item) => {
      const parsed = parseListItem(item);
      if ("runs" in parsed) return parsed.runs;
      this.#log.error({ event: "ledger-item-unreadable", message: parsed.problem });
      return [];
    };
    return this.#asListed(among.next(items, runsOfList));
  }

  async read(key: RunKey): Promise<Run | undefined> {
    const item = await this.#table.get(runKeyOf(key));
    if (item !== undefined) return this.#readable([item])[0];
    const ofSlot = await this.ofPolicy(key.policyId, { fromAt: key.slotAt, toAt: key.slotAt });
    return ofSlot.find((run) => run.instanceId === key.instanceId);
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

function slotsOf(policyId: string, range?: { fromAt: number; toAt: number }): Condition {
  const pk = `run#${policyId}`;
  if (range === undefined) return { expression: "pk = :pk", values: { ":pk": pk } };
  const values = { ":pk": pk, ":from": slotText(range.fromAt), ":to": `${slotText(range.toAt)}~` };
  return { expression: "pk = :pk AND sk BETWEEN :from AND :to", values };
}

const inOrder = (runs: readonly Run[]) => runs.toSorted((a, b) => a.slotAt - b.slotAt);

function keyText(run: RunKey): string {
  const { pk, sk } = runKeyOf(run);
  return `${pk} ${sk}`;
}
