// The durable half of "never a second wrong password": what became of each credential version stands in the ledger, and one
// login at a time is under way per account. A login is claimed before it is tried, so several processes cannot add up, also
// while some of them still hold the version before the rotation.

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
  readonly #pk: string;

  constructor(table: DynamoDbTable, clock: Clock, account: string) {
    this.#table = table;
    this.#clock = clock;
    this.#pk = `account#${account}`;
  }

  /** The verdict is read again under the claim: another process may have reported it between the two. */
  async begin(credentialVersion: string): Promise<LoginPermit> {
    const known = await this.#refusedUntil(credentialVersion);
    if (known !== undefined) return { allowed: false, reason: "refused-before", retryAt: known };
    const now = this.#clock.now();
    const claim = { credentialVersion, outcome: "trying", attemptUntilAt: iso(now + attemptMs) };
    const condition = {
      expression: "attribute_not_exists(pk) OR attemptUntilAt <= :now",
      values: { ":now": iso(now) },
    };
    if ((await this.#table.put({ ...this.#login, ...claim }, condition)) === "lost-race")
      return { allowed: false, reason: "in-progress", retryAt: now + 1000 };
    const told = await this.#refusedUntil(credentialVersion);
    if (told === undefined) return { allowed: true };
    await this.#release(credentialVersion, { outcome: "withheld" });
    return { allowed: false, reason: "refused-before", retryAt: told };
  }

  async #refusedUntil(credentialVersion: string): Promise<number | undefined> {
    const verdict = await this.#table.get(this.#verdictOn(credentialVersion));
    const blockedUntilAt = Date.parse(String(verdict?.blockedUntilAt));
    return blockedUntilAt > this.#clock.now() ? blockedUntilAt : undefined;
  }

  succeeded(credentialVersion: string, facts: { passwordExpiresAt?: number }): Promise<void> {
    const { passwordExpiresAt } = facts;
    return this.#release(credentialVersion, {
      outcome: "accepted",
      ...(passwordExpiresAt === undefined ? {} : { passwordExpiresAt: iso(passwordExpiresAt) }),
    });
  }

  /** The verdict first, then the claim: whoever claims next finds it. */
  async refused(credentialVersion: string, failure: { code: string | undefined; locked: boolean }): Promise<void> {
    const outcome = failure.locked ? "locked" : "refused";
    const blockedUntilAt = iso(this.#clock.now() + breakerMs);
    await this.#table.put({ ...this.#verdictOn(credentialVersion), outcome, code: failure.code, blockedUntilAt });
    await this.#release(credentialVersion, { outcome, code: failure.code });
  }

  inconclusive(credentialVersion: string): Promise<void> {
    return this.#release(credentialVersion, { outcome: "inconclusive" });
  }

  async #release(credentialVersion: string, fields: Record<string, unknown>): Promise<void> {
    const condition = { expression: "credentialVersion = :version", values: { ":version": credentialVersion } };
    const ended = { attemptUntilAt: iso(0), finishedAt: iso(this.#clock.now()) };
    await this.#table.put({ ...this.#login, credentialVersion, ...ended, ...fields }, condition);
  }

  get #login() {
    return { pk: this.#pk, sk: "login" };
  }

  #verdictOn(credentialVersion: string) {
    return { pk: this.#pk, sk: `login#${credentialVersion}` };
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
