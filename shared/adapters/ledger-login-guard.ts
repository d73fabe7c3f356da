// The durable half of "never a second wrong password": one record per account in the ledger says which credential
// version was tried last and how it ended. A login is claimed before it is tried, so several processes cannot add up.

import type { LoginGuard, LoginPermit } from "../otc/login-guard.ts";
import type { Clock } from "../ports.ts";
import type { DynamoDbTable } from "./dynamodb-table.ts";

/** A refused version is tried again at the earliest after this: OTC locks a user for 15 minutes after five refusals. */
export const breakerMs = 60 * 60_000;

/** A login that has not reported back by then belongs to a process that died. */
const attemptMs = 30_000;

export class LedgerLoginGuard implements LoginGuard {
  readonly #table: DynamoDbTable;
  readonly #clock: Clock;
  readonly #key: { pk: string; sk: string };

  constructor(table: DynamoDbTable, clock: Clock, account: string) {
    this.#table = table;
    this.#clock = clock;
    this.#key = { pk: `account#${account}`, sk: "login" };
  }

  async begin(credentialVersion: string): Promise<LoginPermit> {
    const now = this.#clock.now();
    const condition = {
      expression:
        "attribute_not_exists(pk) OR ((credentialVersion <> :version OR blockedUntilAt <= :now) AND attemptUntilAt <= :now)",
      values: { ":version": credentialVersion, ":now": iso(now) },
    };
    const attempt = {
      ...this.#key,
      credentialVersion,
      outcome: "trying",
      attemptUntilAt: iso(now + attemptMs),
      blockedUntilAt: iso(0),
    };
    if ((await this.#table.put(attempt, condition)) === "written") return { allowed: true };
    return this.#denial(credentialVersion, now);
  }

  async #denial(credentialVersion: string, now: number): Promise<LoginPermit> {
    const item = await this.#table.get(this.#key);
    const blockedUntilAt = Date.parse(String(item?.blockedUntilAt));
    if (item?.credentialVersion === credentialVersion && blockedUntilAt > now)
      return { allowed: false, reason: "refused-before", retryAt: blockedUntilAt };
    return { allowed: false, reason: "in-progress", retryAt: now + 1000 };
  }

  succeeded(credentialVersion: string, facts: { passwordExpiresAt?: number }): Promise<void> {
    const { passwordExpiresAt } = facts;
    return this.#finish(credentialVersion, {
      outcome: "accepted",
      blockedUntilAt: iso(0),
      ...(passwordExpiresAt === undefined ? {} : { passwordExpiresAt: iso(passwordExpiresAt) }),
    });
  }

  refused(credentialVersion: string, failure: { code: string | undefined; locked: boolean }): Promise<void> {
    return this.#finish(credentialVersion, {
      outcome: failure.locked ? "locked" : "refused",
      code: failure.code,
      blockedUntilAt: iso(this.#clock.now() + breakerMs),
    });
  }

  inconclusive(credentialVersion: string): Promise<void> {
    return this.#finish(credentialVersion, { outcome: "inconclusive", blockedUntilAt: iso(0) });
  }

  async #finish(credentialVersion: string, fields: Record<string, unknown>): Promise<void> {
    const condition = { expression: "credentialVersion = :version", values: { ":version": credentialVersion } };
    await this.#table.put(
      { ...this.#key, credentialVersion, attemptUntilAt: iso(0), finishedAt: iso(this.#clock.now()), ...fields },
      condition,
    );
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
