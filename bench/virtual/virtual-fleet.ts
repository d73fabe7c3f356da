// The surroundings of a night on a virtual clock: tables and OTC simulator in memory, several accounts, and the real functions
// on the real stores and the real OTC client. Nothing of it depends on how fast the machine is.

// Loaded beforehand: what is loaded in the middle of a tick takes no time on this clock and yet lets it run on.
import "../../shared/adapters/otc-accounts.ts";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { localTableNames } from "../../local/embedded-tables.ts";
import { localConfig } from "../../local/local-site.ts";
import { DEMO_ACCOUNT, generateFleet } from "../../local/simulator/fleet.ts";
import { type InProcessSimulator, openInProcess } from "../../local/simulator/in-process.ts";
import type { AccountSecrets } from "../../shared/adapters/secrets-manager-accounts.ts";
import { systemChance } from "../../shared/adapters/system-chance.ts";
import { ok } from "../../shared/domain/failure.ts";
import type { Site } from "../../shared/ports.ts";
import { buildSite } from "../../shared/services.ts";
import { ledgerTable, policiesTable } from "../../shared/tables.ts";
import { MemoryTables } from "../../test/simulation/tables/memory-tables.ts";
import { countTables, type IndexPlaces, type TableCounts } from "../counted-tables.ts";
import type { FleetOptions, FleetSite, SeenCall } from "../fleet-site.ts";
import { inProcessTransport } from "./in-process-transport.ts";
import { memoryClient } from "./memory-client.ts";
import type { TimelineClock } from "./timeline-clock.ts";

/** What one request to a table takes. */
const tableLatencyMs = 6;
const databasesPerPolicy = 50;
const silent = () => {};

const accountName = (n: number) => `account-${String(n).padStart(3, "0")}`;
const projectId = (n: number) => `de3${String(n).padStart(29, "0")}`;

export const firstProjectId = projectId(0);

export interface VirtualFleet extends FleetSite {
  readonly simulator: InProcessSimulator;
}

export function openVirtualFleet(options: FleetOptions, clock: TimelineClock): VirtualFleet {
  const calls: SeenCall[] = [];
  const simulator = startFleet(options, clock, calls);
  const tables = new MemoryTables(
    [
      { name: localTableNames.policies, ...policiesTable },
      { name: localTableNames.ledger, ...ledgerTable, index: ledgerTable.dueIndex },
    ],
    { now: () => clock.now() },
  );
  const config = {
    ...localConfig("http://127.0.0.1:9"),
    otcRatePerSecond: options.ceiling,
    pollBoundMs: options.pollBoundSeconds * 1000,
    ...(options.shards === undefined ? {} : { shards: options.shards }),
  };
  const counts: TableCounts[] = [];
  const notices: FleetSite["notices"] = [];
  const places: IndexPlaces = new Map();
  const newSite = (functionName: string): Site => {
    const dynamoDb = memoryClient(tables, clock, tableLatencyMs);
    counts.push(countTables(dynamoDb, places));
    const publish = async ({ subject, body }: { subject: string; body: string }) => {
      notices.push({ at: clock.now(), text: `${subject}\n${body}` });
      return ok(undefined);
    };
    return buildSite(config, {
      ...{ dynamoDb, clock, functionName, chance: systemChance, secrets },
      notifier: { publish },
      telemetry: { emit: silent },
      log: { info: silent, warn: silent, error: silent },
      transport: inProcessTransport(simulator, clock, options.latencyMs),
    });
  };
  for (const row of rowsOf(simulator, options))
    tables.execute(new PutItemCommand({ TableName: localTableNames.policies, Item: marshall(row) }));
  return { simulator, calls, notices, counts, namePrefix: config.namePrefix, newSite, close: async () => {} };
}

const secrets: AccountSecrets = {
  read: async (account) => {
    const n = Number(/\d+/.exec(account)?.[0] ?? 0);
    const { region, domainName, users } = DEMO_ACCOUNT;
    const [user] = users;
    const who = { userName: user?.name ?? "", password: user?.password ?? "" };
    const auth = { method: "token", domainName: `${domainName}-${n}`, ...who } as const;
    return ok({ version: "virtual", region, projectId: projectId(n), auth });
  },
};

function startFleet(options: FleetOptions, clock: TimelineClock, calls: SeenCall[]): InProcessSimulator {
  const { databases, permittedRate, failEvery, accounts = 1 } = options;
  const seeds = Array.from({ length: accounts }, (_, n) => ({
    ...DEMO_ACCOUNT,
    ...{ name: accountName(n), projectId: projectId(n), domainName: `${DEMO_ACCOUNT.domainName}-${n}` },
    users: DEMO_ACCOUNT.users.slice(0, 1).map(({ name, password, actions }) => ({ name, password, actions })),
  }));
  const instances = generateFleet(databases).instances.map((instance, n) => ({
    ...instance,
    projectId: projectId(n % accounts),
    backupOutcome: n % failEvery === failEvery - 1 ? ("fails-late" as const) : ("completes" as const),
  }));
  return openInProcess({
    now: () => clock.now(),
    fleet: { accounts: seeds, instances },
    knobs: { rateLimitPerSecond: permittedRate },
    onCall: ({ at, operation, status, projectId: project }) =>
      calls.push({ at, operation, status, account: project ?? "" }),
  });
}

function rowsOf({ control }: InProcessSimulator, { accounts = 1 }: FleetOptions): Record<string, unknown>[] {
  const ofProject = Map.groupBy(control.instances(), (instance) => instance.projectId);
  return Array.from({ length: accounts }, (_, n) => {
    const ids = (ofProject.get(projectId(n)) ?? []).map((instance) => instance.id);
    return Array.from({ length: Math.ceil(ids.length / databasesPerPolicy) }, (_, part) => ({
      ...{ policyId: `team-${n}-${part}`, account: accountName(n), schedule: "30 22 * * *", maxAttempts: 1 },
      instanceIds: ids.slice(part * databasesPerPolicy, (part + 1) * databasesPerPolicy),
      ...{ startWindowMinutes: 720, completionWindowMinutes: 1440 },
    }));
  }).flat();
}
