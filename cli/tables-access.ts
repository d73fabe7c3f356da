// The tables a verb works on: those of a local site, running or not, or those of a stage in AWS.

import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { embeddedClient, localTableNames, startEmbeddedTables } from "../local/embedded-tables.ts";
import { DynamoDbPolicyStore } from "../shared/adapters/dynamodb-policy-store.ts";
import { DynamoDbRunStore } from "../shared/adapters/dynamodb-run-store.ts";
import { DynamoDbTable } from "../shared/adapters/dynamodb-table.ts";
import { systemClock } from "../shared/adapters/system-clock.ts";
import type { Log, LogEntry, PolicyStore, RunStore } from "../shared/ports.ts";
import { CliError } from "./cli-error.ts";

export interface WhereOptions {
  readonly local?: boolean;
  readonly folder: string;
  readonly stage?: string;
}

export interface Tables {
  readonly policies: PolicyStore;
  readonly runs: RunStore;
  close(): Promise<void>;
}

/** Throws CliError when neither a local site nor a stage is named, or the local one does not exist. */
export async function openTables(where: WhereOptions): Promise<Tables> {
  if (where.local === true) return openLocal(where.folder);
  const { stage } = where;
  if (stage === undefined)
    throw new CliError("which site is meant", { hint: "--local for this machine's, or --stage <name> for one in AWS" });
  const client = new DynamoDBClient({});
  const names = { policies: `otc-backup-${stage}-policies`, ledger: `otc-backup-${stage}-ledger` };
  return storesOf(client, names, async () => client.destroy());
}

async function openLocal(folder: string): Promise<Tables> {
  if (!existsSync(`${folder}/tables`))
    throw new CliError(`there is no local site in ${folder}`, {
      hint: "npm start makes one; --folder names another place",
    });
  const running = await runningSiteUrl(folder);
  if (running !== undefined) {
    const client = embeddedClient(running);
    return storesOf(client, localTableNames, async () => client.destroy());
  }
  const tables = await startEmbeddedTables(`${folder}/tables`);
  return storesOf(tables.client, localTableNames, () => tables.close());
}

/** The address of the site's tables while it runs; its process holds the store. */
async function runningSiteUrl(folder: string): Promise<string | undefined> {
  const text = await readFile(`${folder}/site.json`, "utf8").catch(() => "{}");
  const site: unknown = JSON.parse(text);
  if (typeof site !== "object" || site === null || !("tablesUrl" in site) || typeof site.tablesUrl !== "string")
    return undefined;
  const { tablesUrl } = site;
  const answers = await fetch(tablesUrl).then(
    () => true,
    () => false,
  );
  return answers ? tablesUrl : undefined;
}

function storesOf(
  client: DynamoDBClient,
  names: { policies: string; ledger: string },
  close: () => Promise<void>,
): Tables {
  const policies = new DynamoDbPolicyStore(new DynamoDbTable(client, names.policies), systemClock);
  const runs = new DynamoDbRunStore(new DynamoDbTable(client, names.ledger), {
    log: stderrLog,
    newWriteId: randomUUID,
  });
  return { policies, runs, close };
}

const tell = ({ message }: LogEntry) => void process.stderr.write(`${message}\n`);
const stderrLog: Log = { info: () => {}, warn: tell, error: tell };
