// A whole site for one test: embedded tables in memory, the simulator over HTTP, a clock that moves when told to, the real
// function entries. Assertions look at what the simulator holds, what the ledger says, and what was delivered.

import { fileURLToPath } from "node:url";
import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { onTestFinished } from "vitest";
import { entry as auditBackups } from "../../functions/audit-backups.ts";
import { entry as createBackups } from "../../functions/create-backups.ts";
import { entry as pollBackups } from "../../functions/poll-backups.ts";
import { entry as pruneBackups } from "../../functions/prune-backups.ts";
import { ConsoleNotifier } from "../../local/console-log.ts";
import { type EmbeddedTables, localTableNames } from "../../local/embedded-tables.ts";
import { SteppedClock } from "../../local/local-clock.ts";
import { openLocalSite } from "../../local/local-site.ts";
import { DEMO_INSTANCE_IDS } from "../../local/simulator/fleet.ts";
import type { Simulator } from "../../local/simulator/simulator.ts";
import type { Notice } from "../../shared/domain/messages/alert-text.ts";
import type { MetricValues } from "../../shared/domain/metric.ts";
import type { Observed } from "../../shared/domain/observed.ts";
import type { Run } from "../../shared/domain/runs/run.ts";
import type { Log, RunStore, Site } from "../../shared/ports.ts";
import type { PruneSummary } from "../../shared/workflows/prune-backups.ts";

export const instanceIds = DEMO_INSTANCE_IDS;
export const noPolicies = fileURLToPath(new URL("no-policies.yaml", import.meta.url));
const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
const minuteMs = 60_000;

/** 20 seconds after the slot of `aRow`, as EventBridge would come. */
export const slotAt = Date.UTC(2026, 10, 24, 2, 30);

export interface TestSite {
  readonly site: Site;
  readonly simulator: Simulator;
  readonly tables: EmbeddedTables;
  readonly clock: SteppedClock;
  readonly notices: readonly Notice[];
  putRow(row: Record<string, unknown>): Promise<void>;
  removeRow(policyId: string): Promise<void>;
  create(on?: Site): Promise<unknown>;
  poll(on?: Site): Promise<unknown>;
  prune(on?: Site): Promise<PruneSummary>;
  audit(on?: Site): Promise<unknown>;
  /** What the last audit measured. */
  gauges(): MetricValues;
  /** Ticks create and poll once a minute. */
  minutes(count: number): Promise<void>;
  runs(policyId?: string): Promise<Run[]>;
  row(policyId: string): Promise<Partial<Observed>>;
}

/** A nightly policy on the shop database whose slot is 02:30 UTC. */
export function aRow(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    policyId: "nightly-shop",
    account: "demo",
    instanceIds: [instanceIds.shop],
    schedule: "30 2 * * *",
    owner: "team-shop",
    ...changes,
  };
}

const context = { getRemainingTimeInMillis: () => 120_000 };

export interface TestFleet {
  /** Databases that no policy means are opted out unless coverage is what the test is about. */
  readonly optedOut?: boolean;
}

/** Starts at 02:29 with one tick done, so that the next slot is nobody's first. */
export async function aSite(
  rows: readonly Record<string, unknown>[] = [aRow()],
  { optedOut = true }: TestFleet = {},
): Promise<TestSite> {
  const clock = new SteppedClock(slotAt - minuteMs);
  const notifier = new ConsoleNotifier(clock, () => {});
  const local = await openLocalSite({ clock, log: silentLog, notifier, policiesFile: noPolicies });
  onTestFinished(() => local.close());
  const { site, simulator } = local;
  if (simulator === undefined) throw new Error("a test site has a simulator");
  const reason = { key: "otc-backup-optout", value: "not in this test" };
  for (const { id, tags } of optedOut ? simulator.control.instances() : [])
    simulator.control.changeInstance(id, { tags: [...tags, reason] });
  const putRow = async (row: Record<string, unknown>) => {
    await local.tables.client.send(new PutItemCommand({ TableName: localTableNames.policies, Item: marshall(row) }));
  };
  const removeRow = async (policyId: string) => {
    const Key = marshall({ policyId });
    await local.tables.client.send(new DeleteItemCommand({ TableName: localTableNames.policies, Key }));
  };
  const create = (on = site) => createBackups.run({}, context, on);
  const poll = (on = site) => pollBackups.run({}, context, on);
  let measured: MetricValues = {};
  const measure = (values: MetricValues) => {
    measured = values;
  };
  const audit = (on = site) => auditBackups.run({}, context, { ...on, telemetry: { emit: measure } });
  const prune = (on = site) => pruneBackups.run({}, context, on);
  const minutes = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      clock.set(clock.now() + minuteMs);
      await create();
      await poll();
    }
  };
  const everything = { fromAt: 0, toAt: Date.UTC(2100, 0) };
  const runs = (policyId = "nightly-shop") => site.runs.ofPolicy(policyId, everything);
  const row = async (policyId: string) => (await site.policies.read(policyId))?.observed ?? {};
  for (const each of rows) await putRow(each);
  await create();
  clock.set(slotAt + 20_000);
  const gauges = () => measured;
  const notices = notifier.delivered;
  return {
    site,
    simulator,
    tables: local.tables,
    clock,
    notices,
    putRow,
    removeRow,
    create,
    poll,
    prune,
    audit,
    gauges,
    minutes,
    runs,
    row,
  };
}

/** What OTC really holds of ours, apart from what FAILED. */
export function liveBackups(simulator: Simulator): { name: string; instanceId: string; status: string }[] {
  return simulator.control.backups().filter((backup) => backup.name.startsWith("otcbk-") && backup.status !== "FAILED");
}

/** The same runs, but those of a policy cannot be read; everything else goes to the real store. */
export function withoutRunsOfPolicies(runs: RunStore, why: unknown): RunStore {
  return new Proxy(runs, {
    get: (real, name) => {
      const member: unknown = Reflect.get(real, name, real);
      if (name === "ofPolicy") return () => Promise.reject(why);
      return typeof member === "function" ? member.bind(real) : member;
    },
  });
}
