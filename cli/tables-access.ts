// The site a verb works on: one on this machine, running or not, or a stage in AWS. Its clock is the site's own, which on a
// simulated site is not the machine's.

import { existsSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { embeddedClient, startEmbeddedTables } from "../local/embedded-tables.ts";
import { FileAccounts } from "../local/file-accounts.ts";
import { localConfig, simulatedAccounts } from "../local/local-site.ts";
import { startSimulator } from "../local/simulator/simulator.ts";
import { clockOfSite, isRunning, readSiteFile, type SiteFile } from "../local/site-files.ts";
import { DynamoDbPolicyEditor } from "../shared/adapters/dynamodb-policy-editor.ts";
import { DynamoDbPolicyStore } from "../shared/adapters/dynamodb-policy-store.ts";
import { DynamoDbPolicyVersions } from "../shared/adapters/dynamodb-site-state.ts";
import { DynamoDbTable } from "../shared/adapters/dynamodb-table.ts";
import { type AccountSecrets, SecretsManagerAccounts } from "../shared/adapters/secrets-manager-accounts.ts";
import { systemChance } from "../shared/adapters/system-chance.ts";
import { systemClock } from "../shared/adapters/system-clock.ts";
import { type Config, parseConfig } from "../shared/config.ts";
import { localFlags } from "../shared/domain/messages/site-commands.ts";
import type { Clock, Log, LogEntry, Notifier, Site } from "../shared/ports.ts";
import type { PolicyEditor, PolicyHistory } from "../shared/ports-for-editing.ts";
import { buildSite } from "../shared/services.ts";
import { CliError } from "./cli-error.ts";
import { remark } from "./output.ts";
import { fleetNamed } from "./simulator-fleet.ts";
import { stageEnvironment } from "./stage-environment.ts";

export interface WhereOptions {
  readonly local?: boolean;
  readonly folder: string;
  readonly stage?: string;
}

/** A site as verbs see it. What it has beyond a function's site is for people only. */
export interface Tables extends Site {
  readonly editor: PolicyEditor;
  readonly history: PolicyHistory;
  readonly secrets: AccountSecrets;
  readonly dynamoDb: DynamoDBClient;
  readonly config: Config;
  readonly place: Place;
  close(): Promise<void>;
}

export type Place =
  | {
      readonly kind: "stage";
      readonly stage: string /** Options of its AWS clients. */;
      readonly aws: { region?: string };
    }
  | { readonly kind: "local"; readonly folder: string; readonly running: boolean; readonly site: SiteFile | undefined };

/** How the options name the place, for commands that a text tells people to type. */
export function siteFlags(where: WhereOptions): string {
  if (where.local !== true) return `--stage ${where.stage ?? "<name>"}`;
  return localFlags(where.folder);
}

/**
 * Throws CliError when neither a local site nor a stage is named, or the local one does not exist. `otc`: the verb calls
 * OTC, so a simulated site that does not run gets its simulator for as long.
 */
export async function openTables(where: WhereOptions, needs: { otc?: boolean } = {}): Promise<Tables> {
  const { local, stage, folder } = where;
  if (local === true && stage !== undefined)
    throw new CliError("--local and --stage name two sites", { hint: "leave one of them out" });
  if (local === true) return openLocal(folder, needs.otc === true);
  if (stage === undefined)
    throw new CliError("which site is meant", { hint: "--local for this machine's, or --stage <name> for one in AWS" });
  return openStage(stage);
}

function openStage(stage: string): Tables {
  const { variables, region } = stageEnvironment(stage, process.env);
  const config = parseConfig(variables);
  const aws = region === undefined ? {} : { region };
  const client = new DynamoDBClient(aws);
  const secrets = new SecretsManagerAccounts(new SecretsManagerClient(aws), config.accountSecretPrefix, systemClock);
  const parts = { config, client, secrets, clock: systemClock };
  return assemble(parts, { kind: "stage", stage, aws }, async () => client.destroy());
}

async function openLocal(folder: string, otc: boolean): Promise<Tables> {
  if (!existsSync(`${folder}/tables`))
    throw new CliError(`there is no local site in ${folder}`, {
      hint: "npm start makes one; --folder names another place",
    });
  const site = await readSiteFile(folder);
  const running = site !== undefined && (await isRunning(site));
  const clock = await clockOfSite(folder, running);
  const place = { kind: "local", folder, running, site } as const;
  const fleet = site?.fleet === undefined ? undefined : fleetNamed(site.fleet);
  const secrets = site?.accountFile === undefined ? simulatedAccounts(fleet) : new FileAccounts(site.accountFile);
  if (running) {
    const client = embeddedClient(site.tablesUrl);
    const config = localConfig(site.simulatorUrl, fleet);
    return assemble({ config, client, secrets, clock }, place, async () => client.destroy());
  }
  const tables = await startEmbeddedTables(folder);
  const isSimulated = site?.accountFile === undefined;
  const state = {
    now: () => clock.now(),
    statePath: `${folder}/simulator.json`,
    ...(fleet === undefined ? {} : { fleet }),
  };
  const simulator = otc && isSimulated ? await startSimulator(state) : undefined;
  // Without a simulator nothing calls OTC; an address that nothing listens at keeps it so.
  const config = localConfig(isSimulated ? (simulator?.url ?? "http://127.0.0.1:1") : undefined, fleet);
  return assemble({ config, client: tables.client, secrets, clock }, place, async () => {
    await simulator?.close();
    await tables.close();
  });
}

interface Parts {
  readonly config: Config;
  readonly client: DynamoDBClient;
  readonly secrets: AccountSecrets;
  readonly clock: Clock;
}

function assemble({ config, client, secrets, clock }: Parts, place: Place, close: () => Promise<void>): Tables {
  const site = buildSite(config, {
    dynamoDb: client,
    secrets,
    notifier: nobody,
    telemetry: { emit: () => {} },
    log: stderrLog,
    clock,
    chance: systemChance,
  });
  const policies = new DynamoDbTable(client, config.policiesTable);
  const editor = new DynamoDbPolicyEditor(policies, new DynamoDbPolicyStore(policies, clock));
  const history = new DynamoDbPolicyVersions(new DynamoDbTable(client, config.ledgerTable));
  return { ...site, editor, history, secrets, dynamoDb: client, config, place, close };
}

/** The command line alerts nobody: its person is at the keyboard. */
const nobody: Notifier = {
  publish: async () => {
    throw new Error("the command line sends no alerts");
  },
};

const tell = ({ message }: LogEntry) => remark(message);
const stderrLog: Log = { info: () => {}, warn: tell, error: tell };
