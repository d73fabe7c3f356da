// The surroundings of a measured night: embedded tables with one row per fifty databases, a simulator with a permitted rate
// that the client is not told and a latency, and whatever is needed to know the truth afterwards.

import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { embeddedClient, localTableNames, startEmbeddedTables } from "../local/embedded-tables.ts";
import type { RunningClock } from "../local/local-clock.ts";
import { demoAccount, localConfig } from "../local/local-site.ts";
import { generateFleet } from "../local/simulator/fleet.ts";
import { type Simulator, startSimulator } from "../local/simulator/simulator.ts";
// A function loads this with its first call to OTC. Here it has to be there before: a night's time runs fast.
import "../shared/adapters/otc-accounts.ts";
import { systemChance } from "../shared/adapters/system-chance.ts";
import { ok } from "../shared/domain/failure.ts";
import type { Site } from "../shared/ports.ts";
import { buildSite } from "../shared/services.ts";
import { countTables, type IndexPlaces, type TableCounts } from "./counted-tables.ts";

export interface FleetOptions {
  readonly databases: number;
  /** Calls per second that OTC admits for the account, told to nobody. */
  readonly permittedRate: number;
  /** Calls per second that our configuration allows for the account. */
  readonly ceiling: number;
  /** Simulated milliseconds that OTC takes to answer. */
  readonly latencyMs: number;
  /** Longest time between two looks at a building backup. */
  readonly pollBoundSeconds: number;
  /** Every so manieth backup fails. */
  readonly failEvery: number;
  /** OTC accounts that share the databases evenly; one unless said otherwise. */
  readonly accounts?: number;
  /** Schedules that share the accounts; one unless said otherwise. */
  readonly shards?: number;
}

/** One call as OTC saw it. */
export interface SeenCall {
  readonly at: number;
  readonly operation: string;
  readonly status: number;
  /** The project it was for. */
  readonly account: string;
}

export interface FleetSite {
  readonly simulator: Pick<Simulator, "control">;
  readonly calls: SeenCall[];
  /** What was published, and when. */
  readonly notices: { readonly at: number; readonly text: string }[];
  readonly counts: TableCounts[];
  readonly namePrefix: string;
  /** A fresh process of one function. */
  newSite(functionName: string): Site;
  close(): Promise<void>;
}

/** So many databases per policy row, as a fleet with a row per team would have. */
const databasesPerPolicy = 50;
const silent = () => {};

/** Everything in place a moment before the slot at 22:30 UTC. */
export async function openFleetSite(options: FleetOptions, clock: RunningClock): Promise<FleetSite> {
  const tables = await startEmbeddedTables();
  const calls: SeenCall[] = [];
  const simulator = await startFleet(options, clock, calls);
  const config = {
    ...localConfig(simulator.url),
    otcRatePerSecond: options.ceiling,
    pollBoundMs: options.pollBoundSeconds * 1000,
  };
  const counts: TableCounts[] = [];
  const notices: FleetSite["notices"] = [];
  const places: IndexPlaces = new Map();
  const newSite = (functionName: string): Site => {
    const dynamoDb = embeddedClient(tables.url);
    counts.push(countTables(dynamoDb, places));
    return buildSite(config, {
      dynamoDb,
      secrets: demoAccount,
      notifier: {
        publish: async ({ subject, body }) => {
          notices.push({ at: clock.now(), text: `${subject}\n${body}` });
          return ok(undefined);
        },
      },
      telemetry: { emit: silent },
      log: { info: silent, warn: silent, error: silent },
      clock,
      chance: systemChance,
      functionName,
    });
  };
  const ids = simulator.control.instances().map((instance) => instance.id);
  for (let from = 0; from < ids.length; from += databasesPerPolicy)
    await tables.client.send(
      new PutItemCommand({
        TableName: localTableNames.policies,
        Item: marshall(rowOf(from, ids.slice(from, from + databasesPerPolicy))),
      }),
    );
  const close = async () => {
    await simulator.close();
    await tables.close();
  };
  return { simulator, calls, notices, counts, namePrefix: config.namePrefix, newSite, close };
}

function rowOf(n: number, instanceIds: readonly string[]) {
  const windows = { startWindowMinutes: 720, completionWindowMinutes: 1440 };
  return { policyId: `team-${n}`, account: "demo", instanceIds, schedule: "30 22 * * *", maxAttempts: 1, ...windows };
}

async function startFleet(options: FleetOptions, clock: RunningClock, calls: SeenCall[]): Promise<Simulator> {
  const { databases, permittedRate, latencyMs, failEvery } = options;
  const fleet = generateFleet(databases);
  const instances = fleet.instances.map((instance, n) => ({
    ...instance,
    backupOutcome: n % failEvery === failEvery - 1 ? ("fails-late" as const) : ("completes" as const),
  }));
  return startSimulator({
    now: () => clock.now(),
    fleet: { ...fleet, instances },
    // The simulator waits in the machine's time.
    knobs: { rateLimitPerSecond: permittedRate, latencyMs: Math.round(latencyMs / clock.speed) },
    onCall: ({ at, operation, status, projectId }) => calls.push({ at, operation, status, account: projectId ?? "" }),
  });
}
