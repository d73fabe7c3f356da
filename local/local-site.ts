// A whole site on one machine: embedded tables, the OTC simulator or real accounts, sample policies, and the same
// stores, client and rules as in AWS.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { AccountSecrets } from "../shared/adapters/secrets-manager-accounts.ts";
import { systemChance } from "../shared/adapters/system-chance.ts";
import { type Config, parseConfig } from "../shared/config.ts";
import { parsePolicyFile } from "../shared/policies/policy-file.ts";
import type { Clock, Log, Notifier, Site } from "../shared/ports.ts";
import { buildSite } from "../shared/services.ts";
import { type EmbeddedTables, localTableNames, startEmbeddedTables } from "./embedded-tables.ts";
import { FileAccounts } from "./file-accounts.ts";
import { DEMO_ACCOUNT } from "./simulator/fleet.ts";
import { type Simulator, startSimulator } from "./simulator/simulator.ts";
import { writeSiteFile } from "./site-files.ts";

export interface LocalSiteOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier;
  /** Folder for everything that lasts; absent: nothing does. */
  readonly folder?: string;
  /** File with real accounts; absent: the simulator's demo account. */
  readonly accountFile?: string;
  /** YAML put into an empty policies table. */
  readonly policiesFile?: string;
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
  const tables = await startEmbeddedTables(folder === undefined ? undefined : `${folder}/tables`);
  opened.defer(() => tables.close());
  const { site, simulator } = await openOn(tables, options, opened);
  const open = opened.move();
  return { site, tables, simulator, close: () => open.disposeAsync() };
}

async function openOn(tables: EmbeddedTables, options: LocalSiteOptions, opened: AsyncDisposableStack) {
  const { clock, folder, accountFile } = options;
  const state = folder === undefined ? {} : { statePath: `${folder}/simulator.json` };
  const simulator = accountFile === undefined ? await startSimulator({ now: () => clock.now(), ...state }) : undefined;
  opened.defer(async () => simulator?.close());
  const config = localConfig(simulator?.url);
  const secrets = accountFile === undefined ? demoAccount : new FileAccounts(accountFile);
  const site = buildSite(config, {
    dynamoDb: tables.client,
    secrets,
    notifier: options.notifier,
    telemetry: silent,
    log: options.log,
    clock,
    chance: systemChance,
  });
  await plantPolicies(tables, options.policiesFile ?? samplePoliciesFile, clock.now());
  if (folder !== undefined) {
    const otc = simulator === undefined ? accountFile && { accountFile } : { simulatorUrl: simulator.url };
    await writeSiteFile(folder, { tablesUrl: tables.url, pid: process.pid, ...otc });
  }
  return { site, simulator };
}

/** Metrics have no reader on one machine: what they count is printed as it happens. */
const silent = { emit: () => {} };

/** The settings of a local site: against the simulator nothing of the surroundings counts, so that no real OTC is ever meant. */
export function localConfig(simulatorUrl: string | undefined): Config {
  const endpoints =
    simulatorUrl === undefined
      ? (process.env.OTC_ENDPOINTS ?? "{}")
      : JSON.stringify({ [DEMO_ACCOUNT.region]: { iam: simulatorUrl, rds: simulatorUrl } });
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

/** The simulator's users, whose passwords are no secrets: the first makes backups, the second deletes them. */
export const demoAccount: AccountSecrets = {
  read: async (account) => {
    const { region, projectId, domainName, users } = DEMO_ACCOUNT;
    const user = users[account.endsWith("/prune") ? 1 : 0];
    const auth = { method: "token", domainName, userName: user?.name ?? "", password: user?.password ?? "" } as const;
    return { ok: true, value: { version: "demo", region, projectId, auth } };
  },
};

/** Fills an empty policies table. One with rows is left alone: a sample that somebody removed stays removed. */
async function plantPolicies(tables: EmbeddedTables, file: string, now: number): Promise<void> {
  const first = await tables.client.send(new ScanCommand({ TableName: localTableNames.policies, Limit: 1 }));
  if ((first.Items ?? []).length > 0) return;
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
}
