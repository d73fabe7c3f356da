// How runs stand in the index that leads the functions to them. Its sort key begins with the instant, so that what is due is one
// range; behind it stand account and urgency, so that a tick can choose before it reads. A site with several shards spreads each
// lane over partitions of accounts, so that a shard reads its own and no partition takes all writes.

import type { DueKey } from "../domain/runs/fair-choice.ts";
import type { Lane, Run } from "../domain/runs/run.ts";
import { partitionCount, partitionOf, partitionsOf, type Shard } from "../domain/shard.ts";
import type { DynamoDbTable, Item } from "./dynamodb-table.ts";

const instantLength = "2026-11-24T02:30:00.000Z".length;
/** Sorts behind everything that may follow the instant. */
const behindAll = "~";

/** prune-backups has no shards, and reads its lane once an hour. */
const partitioned: ReadonlySet<Lane> = new Set(["create", "poll", "alert"]);

export function laneName(lane: Lane, partition: number | undefined): string {
  return partition === undefined || !partitioned.has(lane) ? lane : `${lane}#${String(partition).padStart(2, "0")}`;
}

export function dueText(lane: Lane, at: number, run: Pick<Run, "account" | "terms">): string {
  const instant = new Date(at).toISOString();
  return partitioned.has(lane) ? `${instant}#${new Date(run.terms.startByAt).toISOString()}#${run.account}` : instant;
}

/** Everything that is due by `now` sorts before this. */
export const dueBefore = (now: number): string => `${new Date(now).toISOString()}${behindAll}`;

export interface IndexedRun extends DueKey {
  readonly pk: string;
  readonly sk: string;
  readonly dueAt: number;
}

/** What was written before the index told more than the instant has no account, and comes first. */
export function parseIndexed(item: Item): IndexedRun {
  const [pk, sk, due] = [String(item.pk), String(item.sk), String(item.dueAt)];
  const [startBy = "", account = ""] = due.slice(instantLength + 1).split("#");
  const dueAt = Date.parse(due.slice(0, instantLength));
  return { pk, sk, key: `${pk} ${sk}`, account, urgency: `${startBy} ${sk} ${pk}`, dueAt };
}

/** A run that only a list knows, as if it stood in the index itself. */
export function indexedAs(run: Run, { pk, sk }: { pk: string; sk: string }): IndexedRun {
  return parseIndexed({ pk, sk, dueAt: dueText("create", run.dueAt, run) });
}

const layoutKey = { pk: "site", sk: "lanes" };

/**
 * Whether this ledger has partitioned lanes: never on a site that always had one shard. It is written down before the first run
 * lies in one, so that whoever reads all runs, also after the site has gone back to one shard, knows where to look.
 */
export class DueLanes {
  readonly #table: DynamoDbTable;
  readonly #shards: number;
  #partitioned: boolean | undefined;

  constructor(table: DynamoDbTable, shards: number) {
    this.#table = table;
    this.#shards = shards;
  }

  /** The partition that a run is written to. One of a ledger whose layout this process has not seen lies where everybody looks. */
  partitionFor(run: Pick<Run, "account">): number | undefined {
    return this.#shards > 1 && this.#partitioned === true ? partitionOf(run.account) : undefined;
  }

  /** Names of everything in which a shard's runs may lie, or those of all. Runs from before the partitions lie in the plain lane. */
  async namesOf(lane: Lane, shard: Shard | undefined): Promise<string[]> {
    if (!partitioned.has(lane) || !(await this.#isPartitioned(shard))) return [lane];
    const all = Array.from({ length: partitionCount }, (_, partition) => partition);
    const mine = shard === undefined ? all : partitionsOf(shard);
    return [lane, ...mine.map((partition) => laneName(lane, partition))];
  }

  async #isPartitioned(shard: Shard | undefined): Promise<boolean> {
    if (this.#partitioned === true || (this.#partitioned === false && this.#shards === 1)) return this.#partitioned;
    this.#partitioned = (await this.#table.get(layoutKey)) !== undefined;
    if (!this.#partitioned && shard !== undefined && shard.of > 1) {
      await this.#table.put({ ...layoutKey, partitions: partitionCount }, { expression: "attribute_not_exists(pk)" });
      this.#partitioned = true;
    }
    return this.#partitioned;
  }
}
