// What each function has learned of an account's pace, kept for its next process: one record per account, one attribute
// per function, since each finds the rate that is left over for it.

import * as z from "zod";
import type { LearnedRate } from "../otc/pace.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";
import { fromStored } from "./stored-instants.ts";

const rateSchema = z.object({
  ratePerSecond: z.number().positive(),
  learnedAt: z.number(),
  pressedMs: z.number().nonnegative(),
});

export class LedgerPace {
  readonly #table: DynamoDbTable;
  /** Whose knowledge this is: the function's name. */
  readonly #learner: string;

  constructor(table: DynamoDbTable, learner: string) {
    this.#table = table;
    this.#learner = learner;
  }

  /** Nothing when nothing was kept, or nothing readable: then the pace is found anew. */
  async read(account: string): Promise<LearnedRate | undefined> {
    const item = await this.#table.get(keyOf(account));
    return rateSchema.safeParse(fromStored(item?.[this.#learner])).data;
  }

  /** A lost race is fine: another process of the same function has learned later. */
  async keep(account: string, rate: LearnedRate): Promise<void> {
    const learnedAt = new Date(rate.learnedAt).toISOString();
    await this.#table.update(keyOf(account), "SET #learner = :rate", {
      expression: "attribute_not_exists(#learner) OR #learner.#at < :at",
      names: { "#learner": this.#learner, "#at": "learnedAt" },
      values: { ":rate": { ...rate, learnedAt }, ":at": learnedAt },
    });
  }
}

function keyOf(account: string): { pk: string; sk: string } {
  return { pk: `account#${account}`, sk: "pace" };
}
