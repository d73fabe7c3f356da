// A site with three OTC accounts (eu-de, eu-nl, Swiss), each with its own project, user and databases, for tests of what one
// account's trouble does to the others.

import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { onTestFinished } from "vitest";
import { entry as auditBackups } from "../../functions/audit-backups.ts";
import { entry as createBackups } from "../../functions/create-backups.ts";
import { entry as pollBackups } from "../../functions/poll-backups.ts";
import { ConsoleNotifier } from "../../local/console-log.ts";
import { localTableNames, startEmbeddedTables } from "../../local/embedded-tables.ts";
import { SteppedClock } from "../../local/local-clock.ts";
import { nextTickAt, openRuns } from "../../local/next-tick.ts";
import type { AccountSeed } from "../../local/simulator/fleet-seed.ts";
import type { InstanceSeed } from "../../local/simulator/records.ts";
import { type Simulator, startSimulator } from "../../local/simulator/simulator.ts";
import type { AccountSecrets } from "../../shared/adapters/secrets-manager-accounts.ts";
import { systemChance } from "../../shared/adapters/system-chance.ts";
import { parseConfig } from "../../shared/config.ts";
import { failed, failure } from "../../shared/domain/failure.ts";
import type { Notice } from "../../shared/domain/messages/alert-text.ts";
import type { Site } from "../../shared/ports.ts";
import { buildSite } from "../../shared/services.ts";

const minuteMs = 60_000;
export const firstSlotAt = Date.UTC(2026, 10, 24, 2, 30);

export const accounts = ["germany", "holland", "swiss"] as const;
export type AccountName = (typeof accounts)[number];
const regions: Record<AccountName, string> = { germany: "eu-de", holland: "eu-nl", swiss: "eu-ch2" };

export const projectOf = (account: AccountName) => `${account}00000000000000000000`.slice(0, 32);

/** The id of an account's nth database. */
export const databaseId = (account: AccountName, n: number) => {
  const digit = accounts.indexOf(account) + 1;
  return `${digit}${String(n).padStart(7, "0")}d3b07384d113edec49eaa623in01`;
};

function accountSeed(name: AccountName): AccountSeed {
  const user = { name: "svc-backup", password: `not-a-real-password-${name}`, actions: ["*"] };
  return { name, region: regions[name], projectId: projectOf(name), domainName: `OTC-${name}`, users: [user] };
}

/** A database that the policies of a test mean by its tag. */
export function aDatabase(account: AccountName, n: number, changes: Partial<InstanceSeed> = {}): InstanceSeed {
  return {
    id: databaseId(account, n),
    name: `db-${account}-${n}`,
    projectId: projectOf(account),
    tags: [{ key: "backup", value: "nightly" }],
    // Out of the way of the slots.
    maintenanceWindow: "12:00-13:00",
    ...changes,
  };
}

export interface ThreeAccounts {
  readonly site: Site;
  readonly simulator: Simulator;
  readonly clock: SteppedClock;
  readonly notices: readonly Notice[];
  /** Ticks create and poll in the minutes in which there is something to do, so many minutes long. */
  minutes(count: number): Promise<void>;
  audit(): Promise<unknown>;
  /** A fresh process of a site with so many shards, on the same tables. */
  process(shards: number): Site;
}

/** One policy per account, named after it, for all databases tagged `backup=nightly`, at 02:30 UTC. */
export async function threeAccounts(databasesEach: number): Promise<ThreeAccounts> {
  const clock = new SteppedClock(firstSlotAt - minuteMs);
  const tables = await startEmbeddedTables();
  const instances = accounts.flatMap((name) => Array.from({ length: databasesEach }, (_, n) => aDatabase(name, n)));
  const fleet = { accounts: accounts.map(accountSeed), instances };
  const simulator = await startSimulator({ now: () => clock.now(), fleet });
  onTestFinished(async () => {
    await simulator.close();
    await tables.close();
  });
  const notifier = new ConsoleNotifier(clock, () => {});
  const process = (shards: number) =>
    buildSite(
      { ...configFor(simulator.url), shards },
      {
        dynamoDb: tables.client,
        secrets,
        notifier,
        telemetry: { emit: () => {} },
        log: { info: () => {}, warn: () => {}, error: () => {} },
        clock,
        chance: systemChance,
      },
    );
  const site = process(1);
  for (const account of accounts) {
    const row = { policyId: account, account, selector: { tags: { backup: "nightly" } }, schedule: "30 2 * * *" };
    await tables.client.send(new PutItemCommand({ TableName: localTableNames.policies, Item: marshall(row) }));
  }
  const context = { getRemainingTimeInMillis: () => 120_000 };
  const minutes = async (count: number) => {
    const endAt = clock.now() + count * minuteMs;
    const nextAt = async () => nextTickAt(site, clock.now(), await openRuns(site));
    for (let at = clock.now() + minuteMs; at <= endAt; at = (await nextAt()) ?? endAt + 1) {
      // An account that waits for its turn moves the clock, too.
      clock.set(Math.max(clock.now(), at));
      await createBackups.run({}, context, site);
      await pollBackups.run({}, context, site);
    }
  };
  const audit = () => auditBackups.run({}, context, site);
  await createBackups.run({}, context, site);
  return { site, simulator, clock, notices: notifier.delivered, minutes, audit, process };
}

function configFor(url: string) {
  const endpoints = Object.fromEntries(accounts.map((name) => [regions[name], { iam: url, rds: url }]));
  return parseConfig({
    STAGE: "test",
    POLICIES_TABLE: localTableNames.policies,
    LEDGER_TABLE: localTableNames.ledger,
    ACCOUNT_SECRET_PREFIX: "test",
    PAGE_TOPIC_ARN: "test",
    TICKET_TOPIC_ARN: "test",
    OTC_ENDPOINTS: JSON.stringify(endpoints),
  });
}

const secrets: AccountSecrets = {
  read: async (account) => {
    const name = accounts.find((one) => one === account);
    if (name === undefined) return failed(failure("secret-unavailable", `no secret of account ${account}`));
    const { region, projectId, domainName, users } = accountSeed(name);
    const auth = { method: "token", domainName, userName: "svc-backup", password: users[0]?.password ?? "" } as const;
    return { ok: true, value: { version: "1", region, projectId, auth } };
  },
};
