// The ledger's small records beside the runs: how far slots are accounted for, the versions of policies, open standing
// alerts. All writes are conditional.

import * as z from "zod";
import type { StandingAlert } from "../domain/messages/alert.ts";
import { alertLeaseMs, standingAlertKinds } from "../domain/messages/alert.ts";
import { partitionOf, partitionsOf, wholeSite } from "../domain/shard.ts";
import type { EffectivePolicy, PolicyVersionStore, StandingAlertStore, WriteOutcome } from "../ports.ts";
import type { Accounted, AccountingStore, Advance } from "../ports-for-accounting.ts";
import type { PolicyHistory } from "../ports-for-editing.ts";
import type { DynamoDbTable, Item } from "./dynamodb-table.ts";
import { keysOf } from "./keys-of.ts";
import { fromStored, toStored } from "./stored-instants.ts";

const accountingSort = "accounted-through";

export class DynamoDbAccounting implements AccountingStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  /** The record of the whole site, and one per partition of accounts where shards have moved on apart: the later one counts. */
  async accounted(): Promise<Accounted> {
    const values = { ":pk": "site", ":prefix": accountingSort };
    const items = await this.#table.query({ expression: "pk = :pk AND begins_with(sk, :prefix)", values });
    const instants = new Map(items.map((item) => [String(item.sk), Date.parse(String(item.at))]));
    const at = (sort: string) => {
      const instant = instants.get(sort) ?? Number.NaN;
      return Number.isNaN(instant) ? Number.NEGATIVE_INFINITY : instant;
    };
    const ofPartition = (partition: number) => Math.max(at(accountingSort), at(sortOf(partition)));
    const known = (instant: number) => (Number.isFinite(instant) ? instant : undefined);
    const stored = new Map([...instants].filter(([, instant]) => !Number.isNaN(instant)));
    return {
      stored,
      of: (account) => known(ofPartition(partitionOf(account))),
      through: (shard) => known(Math.min(...partitionsOf(shard).map(ofPartition))),
    };
  }

  async accountedThrough(): Promise<number | undefined> {
    return (await this.accounted()).through(wholeSite);
  }

  async advance(toAt: number, { shard = wholeSite, since }: Advance = {}): Promise<void> {
    const sorts = shard.of === 1 ? [accountingSort] : partitionsOf(shard).map(sortOf);
    await Promise.all(sorts.map((sk) => this.#advance(sk, toAt, since?.stored.get(sk))));
  }

  async #advance(sk: string, toAt: number, sinceAt: number | undefined): Promise<void> {
    const at = new Date(toAt).toISOString();
    const since = sinceAt === undefined ? {} : { ":since": new Date(sinceAt).toISOString() };
    const condition = {
      expression: sinceAt === undefined ? "attribute_not_exists(pk) OR #at < :at" : "#at < :at AND #at >= :since",
      names: { "#at": "at" },
      values: { ":at": at, ...since },
    };
    await this.#table.put({ pk: "site", sk, at }, condition);
  }
}

const sortOf = (partition: number) => `${accountingSort}#${String(partition).padStart(2, "0")}`;

const effectiveSchema = z.lazy(() =>
  z.object({
    policyId: z.string(),
    version: z.number(),
    contentHash: z.string(),
    sinceAt: z.number(),
    row: z.string(),
  }),
);

export class DynamoDbPolicyVersions implements PolicyVersionStore, PolicyHistory {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  async effective(policyId: string): Promise<EffectivePolicy | undefined> {
    const item = await this.#table.get({ pk: `policy#${policyId}`, sk: "effective" });
    return item === undefined ? undefined : versionOf(item);
  }

  /** What the pointer holds is the truth of its version: two ticks may have written that version's item one after the other. */
  async versions(policyId: string): Promise<readonly EffectivePolicy[]> {
    const values = { ":pk": `policy#${policyId}`, ":prefix": "version#" };
    const items = await this.#table.query({ expression: "pk = :pk AND begins_with(sk, :prefix)", values });
    const inForce = await this.effective(policyId);
    return items
      .flatMap((item) => versionOf(item) ?? [])
      .filter((one) => one.version <= (inForce?.version ?? 0))
      .map((one) => (inForce !== undefined && one.version === inForce.version ? inForce : one))
      .toSorted((a, b) => b.version - a.version);
  }

  /** The version's own item first, then the pointer: a crash between leaves the old version in force. */
  async record(next: EffectivePolicy, previous: EffectivePolicy | undefined): Promise<WriteOutcome> {
    const { policyId, version, contentHash, since, raw } = next;
    const item = {
      policyId,
      version,
      contentHash,
      sinceAt: new Date(since).toISOString(),
      row: JSON.stringify(raw),
      schemaVersion: 1,
    };
    const pk = `policy#${policyId}`;
    await this.#table.put({ pk, sk: `version#${String(version).padStart(6, "0")}`, ...item });
    const condition =
      previous === undefined
        ? { expression: "attribute_not_exists(pk)" }
        : {
            expression: "#version = :version",
            names: { "#version": "version" },
            values: { ":version": previous.version },
          };
    return this.#table.put({ pk, sk: "effective", ...item }, condition);
  }
}

function versionOf(item: Item): EffectivePolicy | undefined {
  const parsed = effectiveSchema.safeParse(fromStored(item));
  if (!parsed.success) return undefined;
  const { sinceAt, row, ...rest } = parsed.data;
  const raw: unknown = JSON.parse(row);
  return { ...rest, since: sinceAt, raw };
}

const alertsKey = "alert#open";
const standingSchema = z.lazy(() =>
  z.object({
    subject: z.string(),
    kind: z.enum(keysOf(standingAlertKinds)),
    level: z.enum(["page", "ticket"]),
    fingerprint: z.string(),
    details: z.array(z.string()),
    members: z.array(z.string()).exactOptional(),
    owner: z.string().exactOptional(),
    raisedAt: z.number(),
    metAt: z.number().exactOptional(),
    leaseUntilAt: z.number(),
    sentAt: z.number().exactOptional(),
  }),
);

export class DynamoDbStandingAlerts implements StandingAlertStore {
  readonly #table: DynamoDbTable;

  constructor(table: DynamoDbTable) {
    this.#table = table;
  }

  async raise(alert: StandingAlert): Promise<boolean> {
    const expression = "attribute_not_exists(pk) OR fingerprint <> :fingerprint";
    return (await this.#put(alert, { expression, values: { ":fingerprint": alert.fingerprint } })) === "written";
  }

  async takeOver(alert: StandingAlert, now: number): Promise<StandingAlert | undefined> {
    const mine = { ...alert, leaseUntilAt: now + alertLeaseMs };
    const values = { ":lease": new Date(alert.leaseUntilAt).toISOString() };
    const outcome = await this.#put(mine, {
      expression: "leaseUntilAt = :lease AND attribute_not_exists(sentAt)",
      values,
    });
    return outcome === "written" ? mine : undefined;
  }

  async markSent(alert: StandingAlert, now: number): Promise<void> {
    const values = { ":fingerprint": alert.fingerprint };
    await this.#put({ ...alert, sentAt: now }, { expression: "fingerprint = :fingerprint", values });
  }

  async noteMet(alert: StandingAlert, now: number): Promise<void> {
    // Whoever sends it meanwhile, or has taken that over, must not be undone: it would be sent again.
    const isSent = alert.sentAt === undefined ? "attribute_not_exists(sentAt)" : "sentAt = :sentAt";
    const sentAt = alert.sentAt === undefined ? {} : { ":sentAt": new Date(alert.sentAt).toISOString() };
    const lease = { ":lease": new Date(alert.leaseUntilAt).toISOString() };
    await this.#put(
      { ...alert, metAt: now },
      {
        expression: `fingerprint = :fingerprint AND leaseUntilAt = :lease AND ${isSent}`,
        values: { ":fingerprint": alert.fingerprint, ...lease, ...sentAt },
      },
    );
  }

  async clear(subject: string, kind: StandingAlert["kind"]): Promise<void> {
    await this.#table.delete(keyOf({ subject, kind }));
  }

  async open(): Promise<StandingAlert[]> {
    const items = await this.#table.query({ expression: "pk = :pk", values: { ":pk": alertsKey } });
    return items.flatMap((item) => {
      const parsed = standingSchema.safeParse(fromStored(item));
      return parsed.success ? [parsed.data] : [];
    });
  }

  async #put(
    alert: StandingAlert,
    condition: { expression: string; values: Record<string, unknown> },
  ): Promise<WriteOutcome> {
    const stored = toStored(alert);
    return this.#table.put({ ...(typeof stored === "object" ? stored : {}), ...keyOf(alert) }, condition);
  }
}

function keyOf({ subject, kind }: Pick<StandingAlert, "subject" | "kind">) {
  return { pk: alertsKey, sk: `${subject}#${kind}` };
}
