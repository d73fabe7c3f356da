// The driver's hand: changes the fleet through the control API and its own record of it in the same breath, and lets nights
// pass. At every slot it writes down who was meant.

import type { DrivenSite } from "./driven-site.ts";
import {
  type AccountName,
  aDatabase,
  type Database,
  dayMs,
  instanceOf,
  type ModelPolicy,
  projectOf,
  slotsOf,
  tagList,
} from "./fleet-model.ts";
import { type HeldBackup, isMeant, type OwedSlot, type TruthFacts } from "./fleet-truth.ts";

const hourMs = 3_600_000;

export class FleetDriver {
  readonly site: DrivenSite;
  readonly databases: Database[];
  readonly policies: readonly ModelPolicy[];
  readonly owed: OwedSlot[] = [];
  readonly everMeant = new Set<string>();
  now: number;
  #fresh = 100_000;

  constructor(site: DrivenSite, parts: { databases: Database[]; policies: readonly ModelPolicy[]; now: number }) {
    this.site = site;
    this.databases = parts.databases;
    this.policies = parts.policies;
    this.now = parts.now;
  }

  /** Stops a moment before every slot, to write down who is meant. */
  async passTo(at: number): Promise<void> {
    const slots = this.policies.flatMap((policy) =>
      slotsOf(policy, this.now, at).map((slotAt) => ({ policy, slotAt })),
    );
    for (const { policy, slotAt } of slots.toSorted((a, b) => a.slotAt - b.slotAt)) {
      if (slotAt - 1000 > this.now) await this.#move(slotAt - 1000);
      this.#owe(policy, slotAt);
    }
    await this.#move(at);
  }

  async #move(at: number): Promise<void> {
    await this.site.passTo(at);
    this.now = Math.max(at, await this.site.now());
    for (const one of this.databases)
      if (one.removedAt === undefined && this.#meaning(one).length > 0) this.everMeant.add(one.id);
  }

  #meaning(one: Database): ModelPolicy[] {
    return this.policies.filter(
      (policy) => policy.enabled && policy.account === one.account && isMeant(policy, one, this.now),
    );
  }

  #owe(policy: ModelPolicy, slotAt: number): void {
    if (!policy.enabled) return;
    const isThere = (one: Database) =>
      one.account === policy.account && !one.isReplica && one.removedAt === undefined && isMeant(policy, one, slotAt);
    const ids = policy.listed ?? this.databases.filter(isThere).map((one) => one.id);
    const paused = (policy.pausedUntilAt ?? 0) > slotAt;
    this.owed.push({ policyId: policy.policyId, slotAt, ids, paused });
  }

  async add(account: AccountName, changes: Partial<Database> = {}): Promise<Database> {
    this.#fresh += 1;
    const one = aDatabase(account, this.#fresh, { ...changes, addedAt: this.now });
    this.databases.push(one);
    await this.site.control("POST", "/instances", instanceOf(one));
    return one;
  }

  async remove(one: Database): Promise<void> {
    one.removedAt = this.now;
    await this.site.control("DELETE", `/instances/${one.id}`);
  }

  async retag(one: Database, tags: Record<string, string>): Promise<void> {
    one.tags = tags;
    await this.change(one, { tags: tagList(tags) });
  }

  async rename(one: Database, name: string): Promise<void> {
    one.name = name;
    await this.change(one, { name });
  }

  async setStatus(one: Database, status: string): Promise<void> {
    one.status = status;
    await this.change(one, { status });
  }

  async keepNative(one: Database, keepDays: number): Promise<void> {
    one.keepDays = keepDays;
    await this.change(one, { backupStrategy: { startTime: "19:00-20:00", keepDays } });
  }

  async change(one: Database, fields: Record<string, unknown>): Promise<void> {
    await this.site.control("PATCH", `/instances/${one.id}`, fields);
  }

  async backups(): Promise<HeldBackup[]> {
    const found = await this.site.control("GET", "/backups");
    if (!Array.isArray(found)) throw new Error("GET /backups gives no list");
    return found.filter((one: HeldBackup) => one.name.startsWith("otcbk-"));
  }

  /** The newest good backup of a database disappears from OTC. */
  async vanishNewest(one: Database): Promise<void> {
    const found = await this.site.control("GET", `/backups?instanceId=${one.id}`);
    const held = (found as (HeldBackup & { id: string })[]).filter((backup) => backup.status === "COMPLETED");
    const newest = held.filter((backup) => backup.name.startsWith("otcbk-")).at(-1);
    if (newest !== undefined) await this.site.control("PATCH", `/backups/${newest.id}`, { now: "vanish" });
  }

  async setKnobs(account: AccountName, knobs: Record<string, unknown>): Promise<void> {
    await this.site.control("PATCH", `/knobs?projectId=${projectOf(account)}`, knobs);
  }

  facts(account: AccountName, backups: readonly HeldBackup[]): TruthFacts {
    const { now, databases, policies, owed, everMeant } = this;
    return { account, now, databases, policies, owed, backups, everMeant };
  }
}

export const clockAt = (day: number, hour: number) => day * dayMs + hour * hourMs;
