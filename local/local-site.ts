// A whole site on one machine: embedded tables, the OTC simulator or real accounts, sample policies, and the same
// stores, client and rules as in AWS.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { AccountSecrets } from "../shared/adapters/secrets-manager-accounts.ts";
import { systemChance } from "../shared/adapters/system-chance.ts";
import { type Config, parseConfig } from "../shared/config.ts";
import { localFlags } from "../shared/domain/messages/site-commands.ts";
import { parsePolicyFile } from "../shared/policies/policy-file.ts";
import type { Clock, Log, Notifier, Site } from "../shared/ports.ts";
import { buildSite } from "../shared/services.ts";
import { CannotStart } from "./cannot-start.ts";
import { type EmbeddedTables, localTableNames, startEmbeddedTables } from "./embedded-tables.ts";
import { FileAccounts } from "./file-accounts.ts";
import { fleetAccounts } from "./fleet-accounts.ts";
import { DEMO_ACCOUNT, DEMO_FLEET } from "./simulator/fleet.ts";
import type { FleetSeed } from "./simulator/fleet-seed.ts";
import { type Simulator, startSimulator } from "./simulator/simulator.ts";
import { readSiteFile, writeSiteFile } from "./site-files.ts";

export interface LocalSiteOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier;
  /** Folder for everything that lasts; absent: nothing does. */
  readonly folder?: string;
  /** File with real accounts; absent: the simulator's demo account. */
  readonly accountFile?: string;
  /** What the simulator has at the start, each account one of the site's; absent: the demo account. */
  readonly fleet?: LocalFleet;
  /** YAML put into an empty policies table; absent: the samples, where the fleet has the demo account they are for. */
  readonly policiesFile?: string;
  /** Where time is the site's: moves it there. Absent: the control of the simulator moves the simulator's clock alone. */
  readonly moveClock?: (toAt: number) => Promise<void>;
}

export interface LocalFleet {
  /** As `--fleet` was given. */
  readonly named: string;
  readonly seed: FleetSeed;
}

export interface LocalSite {
  readonly site: Site;
  readonly tables: EmbeddedTables;
  readonly simulator: Simulator | undefined;
  close(): Promise<void>;
}

export const samplePoliciesFile = fileURLToPath(new URL("sample-policies.yaml", import.meta.url));

/** What was opened is closed again when the rest cannot be: a server left listening would keep the process alive. */
export async function openLocalSite(options: LocalSiteOptions): Promise<LocalSite> {
  const { folder } = options;
  await using opened = new AsyncDisposableStack();
  const tables = await startEmbeddedTables(folder);
  opened.defer(() => tables.close());
  const { site, simulator } = await openOn(tables, options, opened);
  const open = opened.move();
  return { site, tables, simulator, close: () => open.disposeAsync() };
}

async function openOn(tables: EmbeddedTables, options: LocalSiteOptions, opened: AsyncDisposableStack) {
  const { clock, folder, accountFile } = options;
  if (folder !== undefined) await refuseOtherOtc(folder, accountFile);
  if (accountFile !== undefined) await new FileAccounts(accountFile).check();
  const state = folder === undefined ? {} : { statePath: `${folder}/simulator.json` };
  const fleet = options.fleet?.seed ?? DEMO_FLEET;
  const move = options.moveClock === undefined ? {} : { moveClock: options.moveClock };
  const simulator =
    accountFile === undefined ? await startSimulator({ now: () => clock.now(), fleet, ...state, ...move }) : undefined;
  opened.defer(async () => simulator?.close());
  const config = localConfig(simulator?.url, fleet);
  const secrets = accountFile === undefined ? simulatedAccounts(options.fleet?.seed) : new FileAccounts(accountFile);
  const site = buildSite(config, {
    dynamoDb: tables.client,
    secrets,
    notifier: options.notifier,
    telemetry: silent,
    log: options.log,
    clock,
    chance: systemChance,
    siteFlags: localFlags(folder ?? ".local"),
  });
  // The samples mean databases of the simulator's small fleet.
  const isSmall = fleet.accounts.some(({ name }) => name === DEMO_ACCOUNT.name);
  const planted = options.policiesFile ?? (simulator !== undefined && isSmall ? samplePoliciesFile : undefined);
  const isPlanted = planted !== undefined && (await plantPolicies(tables, planted, clock.now()));
  if (options.policiesFile !== undefined && !isPlanted) {
    const how = "npx otc-backup policies apply brings them up to it";
    const message = `this site has policies already: ${options.policiesFile} is not read; ${how}`;
    options.log.warn({ event: "policies-file-not-read", message });
  }
  if (folder !== undefined) {
    const simulated = options.fleet === undefined ? {} : { fleet: options.fleet.named };
    const otc =
      simulator === undefined ? accountFile && { accountFile } : { simulatorUrl: simulator.url, ...simulated };
    await writeSiteFile(folder, { tablesUrl: tables.url, pid: process.pid, ...otc });
  }
  return { site, simulator };
}

/** A ledger of simulated backups held against real OTC, or the other way round, would call every one of them lost. */
async function refuseOtherOtc(folder: string, accountFile: string | undefined): Promise<void> {
  const before = await readSiteFile(folder);
  if (before === undefined || (before.accountFile === undefined) === (accountFile === undefined)) return;
  const [had, hint] =
    before.accountFile === undefined
      ? ["the OTC simulator", "--folder names another place for real accounts"]
      : [
          "real accounts",
          `--account ${before.accountFile} goes on with them; --folder names another place for a simulated site`,
        ];
  throw new CannotStart(`the site in ${folder} drives ${had}, and its ledger knows what stands there`, hint);
}

/** Metrics have no reader on one machine: what they count is printed as it happens. */
const silent = { emit: () => {} };

/** The settings of a local site: against the simulator nothing of the surroundings counts, so that no real OTC is ever meant. */
export function localConfig(simulatorUrl: string | undefined, fleet: FleetSeed = DEMO_FLEET): Config {
  const regions = fleet.accounts.map(({ region }) => [region, { iam: simulatorUrl, rds: simulatorUrl }]);
  const endpoints =
    simulatorUrl === undefined ? (process.env.OTC_ENDPOINTS ?? "{}") : JSON.stringify(Object.fromEntries(regions));
  return parseConfig({
    STAGE: "local",
    POLICIES_TABLE: localTableNames.policies,
    LEDGER_TABLE: localTableNames.ledger,
    ACCOUNT_SECRET_PREFIX: "local",
    PAGE_TOPIC_ARN: "local",
    TICKET_TOPIC_ARN: "local",
    ...(simulatorUrl === undefined ? process.env : {}),
    OTC_ENDPOINTS: endpoints,
  });
}

/** Without a fleet of one's own every account a policy names is the demo account, so that any policy can be tried. */
export function simulatedAccounts(fleet: FleetSeed | undefined): AccountSecrets {
  return fleet === undefined ? demoAccount : fleetAccounts(fleet);
}

/** The simulator's users, whose passwords are no secrets: the first makes backups, the second deletes them. */
export const demoAccount: AccountSecrets = {
  read: (account) =>
    fleetAccounts(DEMO_FLEET).read(account.endsWith("/prune") ? `${DEMO_ACCOUNT.name}/prune` : DEMO_ACCOUNT.name),
};

/** Fills an empty policies table. One with rows is left alone, and false: a sample that somebody removed stays removed. */
async function plantPolicies(tables: EmbeddedTables, file: string, now: number): Promise<boolean> {
  const first = await tables.client.send(new ScanCommand({ TableName: localTableNames.policies, Limit: 1 }));
  if ((first.Items ?? []).length > 0) return false;
  const { policies } = parsePolicyFile(await readFile(file, "utf8"), now);
  for (const { row } of policies) {
    const put = new PutItemCommand({
      TableName: localTableNames.policies,
      Item: marshall(row),
      ConditionExpression: "attribute_not_exists(policyId)",
    });
    await tables.client.send(put).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === "ConditionalCheckFailedException")) throw error;
    });
  }
  return true;
}
