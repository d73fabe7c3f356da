// Everything one stage consists of in AWS, composed; each part is its own file.

import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { FunctionEnvironment } from "../shared/config.ts";
import { Alarms, alarmTable } from "./alarms.ts";
import { AlertTopics } from "./alert-topics.ts";
import { auditComposite } from "./audit-alarms.ts";
import { BackupTables } from "./backup-tables.ts";
import { checkSettings } from "./check-settings.ts";
import { DeadLetterQueues } from "./dead-letter-queues.ts";
import { FixedEgress } from "./fixed-egress.ts";
import { functionEnvironment } from "./function-environment.ts";
import { acceptAccountSecrets } from "./nag-reasons.ts";
import { OrchestratorFunction } from "./orchestrator-function.ts";
import { type ResourceNames, resourceNames } from "./resource-names.ts";
import { type RightsScope, rightsToShow } from "./rights.ts";
import { scheduledFunctions } from "./scheduled-functions.ts";
import type { StageSettings } from "./settings.ts";
import { StageDashboard } from "./stage-dashboard.ts";
import { StatusWidget } from "./status-widget.ts";
import { TickSchedules } from "./tick-schedules.ts";

export interface BackupStackProps {
  readonly stage: string;
  readonly settings: StageSettings;
}

export class BackupStack extends Stack {
  private readonly names: ResourceNames;
  private readonly tables: BackupTables;
  private readonly queues: DeadLetterQueues;
  private readonly topics: AlertTopics;

  /** Throws an Error that lists every unusable setting. */
  constructor(scope: Construct, { stage, settings }: BackupStackProps) {
    checkSettings(stage, settings);
    const names = resourceNames(stage);
    super(scope, names.stack, {
      stackName: names.stack,
      description: `Scheduled backups of OTC databases, stage ${stage}`,
      env: { region: settings.region, ...(settings.account === undefined ? {} : { account: settings.account }) },
      terminationProtection: settings.terminationProtection,
    });
    this.names = names;
    this.tables = new BackupTables(this, "Tables", names);
    this.queues = new DeadLetterQueues(this, "Queues", names);
    this.topics = new AlertTopics(this, "Alerts", {
      names,
      settings,
      undeliveredAlerts: this.queues.undeliveredAlerts,
    });
    this.addFunctions(stage, settings);
    new Alarms(this, "Alarms", { stage, names, settings, topics: this.topics });
    const alarmNames = [...alarmTable(stage, settings.shards), auditComposite(stage)].map((row) =>
      names.alarmNamed(row.key),
    );
    const { functionArn } = new StatusWidget(this, "StatusWidget", {
      ...{ names, settings, environment: this.variablesFor(stage, settings) },
      rights: rightsToShow(this.rightsScope()),
    });
    new StageDashboard(this, "Overview", { stage, names, alarmNames, statusFunctionArn: functionArn });
    this.addOutputs();
  }

  private addFunctions(stage: string, settings: StageSettings): void {
    const { names, queues } = this;
    const environment = this.variablesFor(stage, settings);
    const schedules = new TickSchedules(this, "Ticks", { names, undeliveredTicks: queues.undeliveredTicks });
    const scope = this.rightsScope();
    const egress = settings.fixedEgressAddress ? new FixedEgress(this, "Egress") : undefined;
    for (const row of scheduledFunctions) {
      const rights = row.rightsIn(scope);
      const made = new OrchestratorFunction(this, row.name, {
        ...{ row, names, settings, environment, rights },
        failedTicks: queues.failedTicks,
        egress,
      });
      acceptAccountSecrets(made.role, this, scope.accountSecretsArn);
      const shards = row.hasShards ? settings.shards : 1;
      schedules.add(row.name, { lambda: made.lambda, everyMinutes: settings.tickEveryMinutes[row.name], shards });
    }
  }

  private variablesFor(stage: string, settings: StageSettings): FunctionEnvironment {
    return functionEnvironment(stage, settings, {
      policiesTable: this.tables.policies.tableName,
      ledgerTable: this.tables.ledger.tableName,
      accountSecretPrefix: this.names.accountSecretPrefix,
      pageTopicArn: this.topics.page.topicArn,
      ticketTopicArn: this.topics.ticket.topicArn,
    });
  }

  private rightsScope(): RightsScope {
    return {
      policiesTableArn: this.tables.policies.tableArn,
      ledgerTableArn: this.tables.ledger.tableArn,
      accountSecretsArn: `arn:${this.partition}:secretsmanager:${this.region}:${this.account}:secret:${this.names.accountSecretPrefix}/`,
      topicArns: [this.topics.page.topicArn, this.topics.ticket.topicArn],
      alertKeyArn: this.topics.key.keyArn,
    };
  }

  private addOutputs(): void {
    new CfnOutput(this, "PoliciesTable", { value: this.tables.policies.tableName });
    new CfnOutput(this, "LedgerTable", { value: this.tables.ledger.tableName });
    new CfnOutput(this, "PageTopic", { value: this.topics.page.topicArn });
    new CfnOutput(this, "TicketTopic", { value: this.topics.ticket.topicArn });
    new CfnOutput(this, "AccountSecretPrefix", { value: this.names.accountSecretPrefix });
  }
}
