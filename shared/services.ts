// The composition root: configuration in, everything a tick needs out. Built once per cold start; local/ and the tests
// build the same Site with other parts. Nothing here decides anything.

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { AccountPaces, type PaceRole } from "./adapters/account-paces.ts";
import { ProcessAuditMemory } from "./adapters/audit-memory.ts";
import { HttpsDeadManSwitch } from "./adapters/dead-man-switch.ts";
import { DynamoDbAudits } from "./adapters/dynamodb-audits.ts";
import { dynamoDbClient } from "./adapters/dynamodb-client.ts";
import { DynamoDbDigests } from "./adapters/dynamodb-digests.ts";
import { DynamoDbHeartbeats } from "./adapters/dynamodb-heartbeats.ts";
import { DynamoDbHolds } from "./adapters/dynamodb-holds.ts";
import { DynamoDbInventories } from "./adapters/dynamodb-inventories.ts";
import { DynamoDbLooks } from "./adapters/dynamodb-looks.ts";
import { DynamoDbPolicyStore } from "./adapters/dynamodb-policy-store.ts";
import { DynamoDbPrune } from "./adapters/dynamodb-prune.ts";
import { DynamoDbRunStore } from "./adapters/dynamodb-run-store.ts";
import { DynamoDbSelections } from "./adapters/dynamodb-selections.ts";
import { DynamoDbAccounting, DynamoDbPolicyVersions, DynamoDbStandingAlerts } from "./adapters/dynamodb-site-state.ts";
import { DynamoDbTable } from "./adapters/dynamodb-table.ts";
import { EmfTelemetry } from "./adapters/emf-telemetry.ts";
import { LambdaLog } from "./adapters/lambda-log.ts";
import { LedgerLoginGuard } from "./adapters/ledger-login-guard.ts";
import { LedgerPace } from "./adapters/ledger-pace.ts";
import { OtcBackupProvider } from "./adapters/otc-backup-provider.ts";
import { type AccountSecrets, SecretsManagerAccounts } from "./adapters/secrets-manager-accounts.ts";
import { SnsNotifier } from "./adapters/sns-notifier.ts";
import { systemChance } from "./adapters/system-chance.ts";
import { systemClock } from "./adapters/system-clock.ts";
import { CountingTelemetry } from "./call-counts.ts";
import type { Config } from "./config.ts";
import { withSite } from "./domain/messages/site-commands.ts";
import { backgroundFunctions } from "./domain/runs/background-claim.ts";
import type { Transport } from "./otc/http.ts";
import type { Chance, Clock, Log, Notifier, Site, Telemetry } from "./ports.ts";

/** The parts that differ between AWS, one machine and a test. */
export interface SiteParts {
  readonly dynamoDb: DynamoDBClient;
  readonly secrets: AccountSecrets;
  readonly notifier: Notifier;
  readonly telemetry: Telemetry;
  readonly log: Log;
  readonly clock: Clock;
  readonly chance: Chance;
  /** The function that this process runs. Absent: one process runs them all and has the accounts' whole rate. */
  readonly functionName?: string;
  /** How a command in a text names this site. Absent: by its stage. */
  readonly siteFlags?: string;
  /** How requests travel to OTC. Absent: over HTTPS. */
  readonly transport?: Transport;
}

/** A site from its parts: the same stores, the same OTC client, the same rules everywhere. */
export function buildSite(config: Config, parts: SiteParts): Site {
  const { dynamoDb, secrets, notifier, log, clock, chance } = parts;
  const ledger = new DynamoDbTable(dynamoDb, config.ledgerTable);
  const telemetry = new CountingTelemetry(parts.telemetry);
  const provider = new OtcBackupProvider({
    secrets,
    clock,
    random: chance.fraction,
    regions: config.otcRegions,
    signing: config.otcSigning,
    paces: pacesOf(config, parts, ledger),
    transport: parts.transport,
    loginGuard: (account) => new LedgerLoginGuard(ledger, clock, account),
    observe: (call) => telemetry.count(call),
  });
  return {
    clock,
    policies: new DynamoDbPolicyStore(new DynamoDbTable(dynamoDb, config.policiesTable), clock),
    runs: new DynamoDbRunStore(ledger, { log, newWriteId: chance.newId, shards: config.shards }),
    versions: new DynamoDbPolicyVersions(ledger),
    selections: new DynamoDbSelections(ledger),
    inventories: new DynamoDbInventories(ledger),
    looks: new DynamoDbLooks(ledger),
    accounting: new DynamoDbAccounting(ledger),
    heartbeats: new DynamoDbHeartbeats(ledger),
    standingAlerts: new DynamoDbStandingAlerts(ledger),
    audits: new DynamoDbAudits(ledger),
    auditMemory: new ProcessAuditMemory(),
    holds: new DynamoDbHolds(ledger),
    prune: new DynamoDbPrune(ledger),
    digests: new DynamoDbDigests(ledger),
    ...(config.deadManUrl === undefined ? {} : { deadManSwitch: new HttpsDeadManSwitch(config.deadManUrl) }),
    provider,
    notifier: { publish: (notice) => notifier.publish(withSite(notice, parts.siteFlags ?? `--stage ${config.stage}`)) },
    telemetry,
    log,
    settings: {
      shards: config.shards,
      otcRatePerSecond: config.otcRatePerSecond,
      namePrefix: config.namePrefix,
      pollBoundMs: config.pollBoundMs,
      pollByInstanceStatus: config.pollByInstanceStatus,
      selectorDropPercent: config.selectorDropPercent,
      ...(config.manualBackupLimit === undefined ? {} : { manualBackupLimit: config.manualBackupLimit }),
      graceMs: config.graceMs,
      digest: config.digest,
    },
  };
}

/** Of whoever works on a site beside its functions, as the command line does. */
const guestPart = 0.05;

function pacesOf(config: Config, { clock, chance, functionName }: SiteParts, ledger: DynamoDbTable): AccountPaces {
  const role = paceRoleOf(functionName);
  const part = role === "fixed" ? guestPart : 1;
  return new AccountPaces({
    clock,
    role,
    random: chance.fraction,
    memory: new LedgerPace(ledger, functionName ?? "site"),
    ceilingPerSecond: config.otcRatePerSecond * part,
  });
}

function paceRoleOf(functionName: string | undefined): PaceRole {
  if (functionName === undefined) return "whole";
  if (functionName === "create-backups") return "create";
  if (functionName === "poll-backups") return "poll";
  return backgroundFunctions.find((name) => name === functionName) ?? "fixed";
}

/** The site of a Lambda function: AWS clients as the AWS SDK's own variables say. */
export function buildLambdaSite(config: Config, functionName: string): Site {
  return buildSite(config, {
    dynamoDb: dynamoDbClient(),
    secrets: new SecretsManagerAccounts(new SecretsManagerClient({}), config.accountSecretPrefix, systemClock),
    notifier: new SnsNotifier(new SNSClient({}), { page: config.pageTopicArn, ticket: config.ticketTopicArn }),
    telemetry: new EmfTelemetry(config.stage),
    log: new LambdaLog({ function: functionName, stage: config.stage }),
    clock: systemClock,
    chance: systemChance,
    functionName,
  });
}
