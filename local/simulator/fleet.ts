/**
 * Believable fleets: a small one with one of everything worth meeting, and a generator for any number of instances. Plain data, so
 * that sample policies can name the ids and credentials. All credentials are inventions of this file.
 */
import type { AccountSeed, FleetSeed } from "./fleet-seed.ts";
import { ENGINES, type Engine, type InstanceSeed } from "./records.ts";

const ID_SUFFIX: Record<Engine, string> = { MySQL: "in01", PostgreSQL: "in03", SQLServer: "in04" };
const VERSION: Record<Engine, string> = { MySQL: "8.0", PostgreSQL: "16", SQLServer: "2022_SE" };
const GB_IN_KB = 1_048_576;

/** The id of the nth instance of a fleet: different in its first eight digits, and obviously numbered. */
export function fleetInstanceId(n: number, engine: Engine): string {
  return `${(0x5a0e0000 + n).toString(16)}d3b07384d113edec49eaa623${ID_SUFFIX[engine]}`;
}

export const DEMO_ACCOUNT = {
  name: "demo",
  region: "eu-de",
  projectId: "de300000000000000000000000000001",
  projectName: "eu-de",
  domainName: "OTC-EU-DE-00000000001000000DEMO",
  users: [
    {
      name: "svc-backup",
      password: "not-a-real-password-1",
      accessKey: "SIMULATORBACKUP00001",
      secretKey: "simulator-fake-secret-key-backup-0000001",
      actions: ["rds:instance:list", "rds:backup:list", "rds:backup:create"],
    },
    {
      name: "svc-prune",
      password: "not-a-real-password-2",
      accessKey: "SIMULATORPRUNE000001",
      secretKey: "simulator-fake-secret-key-prune-00000001",
      actions: ["rds:instance:list", "rds:backup:list", "rds:backup:delete"],
    },
    {
      name: "admin",
      password: "not-a-real-password-3",
      accessKey: "SIMULATORADMIN000001",
      secretKey: "simulator-fake-secret-key-admin-00000001",
      actions: ["*"],
    },
  ],
} satisfies AccountSeed;

function tagged(env: string, team: string): InstanceSeed["tags"] {
  return [
    { key: "env", value: env },
    { key: "team", value: team },
  ];
}

/** Ids of the small fleet, by what each instance is there to show. */
export const DEMO_INSTANCE_IDS = {
  shop: fleetInstanceId(1, "MySQL"),
  shopReplica: fleetInstanceId(2, "MySQL"),
  crm: fleetInstanceId(3, "PostgreSQL"),
  ledger: fleetInstanceId(4, "PostgreSQL"),
  erp: fleetInstanceId(5, "SQLServer"),
  wiki: fleetInstanceId(6, "MySQL"),
  reports: fleetInstanceId(7, "PostgreSQL"),
  legacy: fleetInstanceId(8, "MySQL"),
};

const DEMO_INSTANCES: InstanceSeed[] = [
  {
    id: DEMO_INSTANCE_IDS.shop,
    name: "shop-prod",
    engine: "MySQL",
    type: "Ha",
    zones: ["eu-de-01", "eu-de-02"],
    volumeGb: 400,
    backupSizeKb: 84 * GB_IN_KB,
    tags: tagged("prod", "shop"),
  },
  {
    id: DEMO_INSTANCE_IDS.shopReplica,
    name: "shop-prod-replica",
    engine: "MySQL",
    type: "Replica",
    replicaOfId: DEMO_INSTANCE_IDS.shop,
    volumeGb: 400,
    tags: tagged("prod", "shop"),
  },
  {
    id: DEMO_INSTANCE_IDS.crm,
    name: "crm-prod",
    engine: "PostgreSQL",
    version: "16",
    volumeGb: 200,
    backupSizeKb: 31 * GB_IN_KB,
    tags: tagged("prod", "sales"),
  },
  {
    id: DEMO_INSTANCE_IDS.ledger,
    name: "ledger-prod",
    engine: "PostgreSQL",
    version: "15",
    type: "Ha",
    zones: ["eu-de-01", "eu-de-03"],
    volumeGb: 600,
    backupSizeKb: 142 * GB_IN_KB,
    // Its own maintenance keeps it occupied for a while every night.
    busyDaily: { startUtc: "01:00", minutes: 25 },
    tags: tagged("prod", "finance"),
  },
  {
    id: DEMO_INSTANCE_IDS.erp,
    name: "erp-prod",
    engine: "SQLServer",
    version: "2022_SE",
    volumeGb: 300,
    backupSizeKb: 57 * GB_IN_KB,
    databases: ["erp_core", "erp_archive", "erp_stage"],
    tags: tagged("prod", "finance"),
  },
  {
    id: DEMO_INSTANCE_IDS.wiki,
    name: "wiki-test",
    engine: "MySQL",
    version: "5.7",
    volumeGb: 40,
    backupSizeKb: 2 * GB_IN_KB,
    tags: tagged("test", "it"),
  },
  {
    id: DEMO_INSTANCE_IDS.reports,
    name: "reports-prod",
    engine: "PostgreSQL",
    version: "14",
    volumeGb: 100,
    backupSizeKb: 9 * GB_IN_KB,
    tags: tagged("prod", "sales"),
  },
  {
    id: DEMO_INSTANCE_IDS.legacy,
    name: "legacy-prod",
    engine: "MySQL",
    version: "5.6",
    volumeGb: 80,
    // Something is wrong with it: every backup of it fails.
    backupOutcome: "fails-late",
    tags: tagged("prod", "it"),
  },
];

export const DEMO_FLEET: FleetSeed = { accounts: [DEMO_ACCOUNT], instances: DEMO_INSTANCES };

const TEAMS = ["shop", "sales", "finance", "it", "logistics"];

function generatedInstance(n: number): InstanceSeed {
  const engine = ENGINES[n % ENGINES.length] ?? "MySQL";
  const team = TEAMS[n % TEAMS.length] ?? "it";
  const env = n % 4 === 0 ? "test" : "prod";
  return {
    id: fleetInstanceId(n, engine),
    name: `${team}-${env}-${String(n).padStart(5, "0")}`,
    engine,
    version: VERSION[engine],
    type: n % 5 === 0 ? "Ha" : "Single",
    zones: n % 5 === 0 ? ["eu-de-01", "eu-de-02"] : ["eu-de-01"],
    backupSizeKb: (1 + (n % 60)) * GB_IN_KB,
    tags: tagged(env, team),
  };
}

/** A fleet of `count` healthy instances in the demo account; no replicas, nothing that fails by itself. */
export function generateFleet(count: number): FleetSeed {
  const instances = Array.from({ length: count }, (_, index) => generatedInstance(index + 1));
  return { accounts: [DEMO_ACCOUNT], instances };
}
