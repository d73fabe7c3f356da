// Lists of waiting runs as items of the ledger: one beside the runs of their policy and slot, in the index while one of its databases
// has no run of its own. Such a run is as real as any other; its first change writes it.

import * as z from "zod";
import { slotText } from "../domain/runs/naming.ts";
import type { Run } from "../domain/runs/run.ts";
import { runsOf, type WaitingList } from "../domain/runs/waiting-list.ts";
import type { Item } from "./dynamodb-table.ts";
import { parseRunItem, toRunItem } from "./run-item.ts";

/** Code that knows no lists finds a form newer than its own, and says so. */
const schemaVersion = 2;
/** Sorts before every database of the slot. */
const mark = "#!waiting#";

export const isListKey = (sk: string): boolean => sk.includes(mark);

/** Named by the first of its databases, which is in no other list of this writing. */
export function toListItem({ template, databases }: WaitingList, writeId: string, partition?: number): Item {
  const { pk, sk: _own, lane, dueAt, writeId: _none, ...run } = toRunItem(template, writeId, partition);
  const sk = `${slotText(template.slotAt)}${mark}${template.instanceId}`;
  return { pk, sk, lane, dueAt, template: run, databases, writeId, schemaVersion };
}

/** What is left of a list when each of its databases has a run of its own: nothing leads to it any more. */
export function usedUp({ pk, sk }: Item): Item {
  return { pk, sk, databases: [], schemaVersion };
}

const databasesSchema = z.lazy(() =>
  z.array(z.object({ instanceId: z.string(), instanceName: z.string().exactOptional() })),
);
const templateSchema = z.lazy(() => z.record(z.string(), z.unknown()));

/** The runs a list stands for, or what is wrong with the item. */
export function parseListItem(item: Item): { runs: Run[] } | { problem: string } {
  if (typeof item.schemaVersion === "number" && item.schemaVersion > schemaVersion)
    return unreadable(parseRunItem(item));
  const databases = databasesSchema.safeParse(item.databases);
  if (databases.success && databases.data.length === 0) return { runs: [] };
  const template = templateSchema.safeParse(item.template);
  const { pk, sk } = item;
  const parsed = parseRunItem({ ...template.data, pk, sk });
  if (!databases.success || !("run" in parsed)) return unreadable(parsed, "databases");
  return { runs: runsOf({ template: parsed.run, databases: databases.data }) };
}

function unreadable(parsed: ReturnType<typeof parseRunItem>, field = "form"): { problem: string } {
  return "problem" in parsed ? parsed : { problem: `a list of waiting runs is not readable: ${field}` };
}

/** Tells, of items in the order of their keys, which databases of a list have no run of their own; page after page. */
export class ListedAmong {
  readonly #missing = new Map<string, Run>();
  #slot = "";

  /** The listed runs of slots that the items show to be complete. */
  next(items: readonly Item[], runsOfList: (item: Item) => readonly Run[]): Run[] {
    const found: Run[] = [];
    for (const item of items) {
      const [slot = "", instanceId = ""] = String(item.sk).split("#");
      if (slot !== this.#slot) found.push(...this.rest());
      this.#slot = slot;
      if (isListKey(String(item.sk))) for (const run of runsOfList(item)) this.#missing.set(run.instanceId, run);
      else this.#missing.delete(instanceId);
    }
    return found;
  }

  rest(): Run[] {
    const runs = [...this.#missing.values()];
    this.#missing.clear();
    return runs;
  }
}
