// What each function has learned of an account's pace, kept for its next process, and what functions claim: one record per
// account, one attribute per function, since each learns from its own calls.

import * as z from "zod";
import type { BackgroundFunction } from "../domain/runs/background-claim.ts";
import type { CallClaim } from "../domain/runs/poll-claim.ts";
import type { LearnedRate } from "../otc/pace.ts";
import type { KeptPace, PaceMemory } from "./account-paces.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";
import { fromStored, toStored } from "./stored-instants.ts";

const rateSchema = z.lazy(() =>
  z.object({
    ratePerSecond: z.number().positive(),
    learnedAt: z.number(),
    pressedMs: z.number().nonnegative(),
  }),
);
const claimsSchema = z.lazy(() =>
  z.array(z.object({ perSecond: z.number().nonnegative(), fromAt: z.number(), untilAt: z.number() })),
);

const creator = "create-backups";
const claimsOfLooks = "claims";
const claimsOfBackground = (name: BackgroundFunction) => `claims of ${name}`;

export class LedgerPace implements PaceMemory {
  readonly #table: DynamoDbTable;
  /** Whose knowledge this is: the function's name. */
  readonly #learner: string;

  constructor(table: DynamoDbTable, learner: string) {
    this.#table = table;
    this.#learner = learner;
  }

  /** What was not kept, or is not readable, counts as unknown: then the pace is found anew. */
  async read(account: string): Promise<KeptPace> {
    const item = await this.#table.get(keyOf(account));
    const rateOf = (learner: string) => rateSchema.safeParse(fromStored(item?.[learner])).data;
    const claimsOf = (attribute: string) => claimsSchema.safeParse(fromStored(item?.[attribute])).data ?? [];
    const claimsIn = (name: BackgroundFunction) => claimsOf(claimsOfBackground(name));
    return {
      learned: rateOf(this.#learner),
      claims: claimsOf(claimsOfLooks),
      background: { "prune-backups": claimsIn("prune-backups"), "audit-backups": claimsIn("audit-backups") },
      created: rateOf(creator),
    };
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

  /** Whoever writes last counts: every claim begins only when everybody has read it. */
  async claim(account: string, claims: readonly CallClaim[]): Promise<void> {
    await this.#claim(account, claimsOfLooks, claims);
  }

  async claimInBackground(account: string, name: BackgroundFunction, claims: readonly CallClaim[]): Promise<void> {
    await this.#claim(account, claimsOfBackground(name), claims);
  }

  async #claim(account: string, attribute: string, claims: readonly CallClaim[]): Promise<void> {
    await this.#table.update(keyOf(account), "SET #claims = :claims", {
      names: { "#claims": attribute },
      values: { ":claims": toStored(claims) },
    });
  }
}

function keyOf(account: string): { pk: string; sk: string } {
  return { pk: `account#${account}`, sk: "pace" };
}
