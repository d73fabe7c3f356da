// A deployed stage at work: the emulator's tables, secrets and topics, the simulator as OTC, and the bundled functions invoked
// minute by minute on one simulated clock.

import { CloudWatchClient, DisableAlarmActionsCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { scheduledFunctions } from "../../infra/scheduled-functions.ts";
import { DEMO_ACCOUNT, DEMO_FLEET } from "../../local/simulator/fleet.ts";
import type { FleetSeed } from "../../local/simulator/fleet-seed.ts";
import { type Simulator, startSimulator } from "../../local/simulator/simulator.ts";
import { type BundledFunction, startBundledFunction } from "./bundled-function.ts";
import { accountId, clientOptions, type DeployedStage, deployStage } from "./deployed-stage.ts";

const minuteMs = 60_000;

export interface Message {
  readonly level: "page" | "ticket";
  readonly subject: string;
  readonly body: string;
}

export class EmulatedSite {
  readonly stage: string;
  readonly deployed: DeployedStage;
  readonly simulator: Simulator;
  readonly functions = new Map<string, BundledFunction>();
  readonly #emulatorUrl: string;
  readonly #clock: { at: number };
  readonly #tables: DynamoDBClient;
  readonly #queues: SQSClient;

  private constructor(parts: {
    stage: string;
    deployed: DeployedStage;
    simulator: Simulator;
    emulatorUrl: string;
    clock: { at: number };
  }) {
    this.stage = parts.stage;
    this.deployed = parts.deployed;
    this.simulator = parts.simulator;
    this.#emulatorUrl = parts.emulatorUrl;
    this.#clock = parts.clock;
    this.#tables = new DynamoDBClient(clientOptions(parts.emulatorUrl));
    this.#queues = new SQSClient(clientOptions(parts.emulatorUrl));
  }

  /** Deploys a stage of that name, with the demo account's secret, listeners on both topics, and every function ready. */
  static async open(emulatorUrl: string, stage: string, startAt: number): Promise<EmulatedSite> {
    const clock = { at: startAt };
    const simulator = await startSimulator({ now: () => clock.at, fleet: fleetWithEndingPasswords(startAt) });
    const place = { iam: simulator.url, rds: simulator.url };
    const otcEndpoints = { [DEMO_ACCOUNT.region]: place };
    // The pace between calls is kept in real time, in which nights here take seconds.
    const deployed = await deployStage(emulatorUrl, stage, { otcEndpoints, otcRatePerSecond: 1000 });
    const site = new EmulatedSite({ stage, deployed, simulator, emulatorUrl, clock });
    await site.putSecret();
    await site.#listen();
    for (const { name, bundle, environment } of deployed.functions)
      site.functions.set(name, await startBundledFunction({ name, bundle, environment, emulatorUrl }));
    return site;
  }

  now(): number {
    return this.#clock.at;
  }

  async putPolicy(row: Record<string, unknown>): Promise<void> {
    const table = `otc-backup-${this.stage}-policies`;
    await this.#tables.send(new PutItemCommand({ TableName: table, Item: marshall(row) }));
  }

  /** A secret of the demo account, created or replaced: of the user that makes backups, or of the one that may delete them. */
  async putSecret(user: "svc-backup" | "svc-prune" = "svc-backup", changedPassword?: string): Promise<void> {
    const { region, projectId, domainName, users } = DEMO_ACCOUNT;
    const password = changedPassword ?? users.find(({ name }) => name === user)?.password;
    const auth = { method: "token", domainName, userName: user, password };
    const client = new SecretsManagerClient(clientOptions(this.#emulatorUrl));
    const Name = `otc-backup/${this.stage}/accounts/demo${user === "svc-prune" ? "/prune" : ""}`;
    const SecretString = JSON.stringify({ region, projectId, auth });
    const created = client.send(new CreateSecretCommand({ Name, SecretString }));
    await created.catch(() => client.send(new PutSecretValueCommand({ SecretId: Name, SecretString })));
  }

  function(name: string): BundledFunction {
    const found = this.functions.get(`otc-backup-${this.stage}-${name}`);
    if (found === undefined) throw new Error(`no function ${name} was deployed`);
    return found;
  }

  /**
   * Minutes one after the other, each scheduled function as often as its schedule says; with `every`, only every so manieth is
   * lived through, and without those in `dead`. Returns the errors of all invocations.
   */
  async minutes(count: number, every = 1, dead: readonly string[] = []): Promise<string[]> {
    const errors: string[] = [];
    for (let i = 0; i < count; i += every) {
      this.#clock.at += every * minuteMs;
      for (const { name } of scheduledFunctions) {
        if (dead.includes(name) || (this.#clock.at / minuteMs) % this.#everyMinutes(name) !== 0) continue;
        const { error } = await this.function(name).invoke(this.#clock.at);
        if (error !== undefined) errors.push(`${name}: ${error}`);
      }
    }
    return errors;
  }

  /** Idle hours that no function sees. */
  leapTo(at: number): void {
    this.#clock.at = at;
  }

  /** Everything in the ledger that is a run. */
  async runs(): Promise<Record<string, unknown>[]> {
    return (await this.#scan("ledger")).filter((item) => String(item.pk).startsWith("run#"));
  }

  /** Alerts about accounts, rows and databases that have not ended. */
  async openAlerts(): Promise<Record<string, unknown>[]> {
    return (await this.#scan("ledger")).filter((item) => item.pk === "alert#open");
  }

  async row(policyId: string): Promise<Record<string, unknown> | undefined> {
    return (await this.#scan("policies")).find((item) => item.policyId === policyId);
  }

  /** What was published since the last call. */
  async messages(): Promise<Message[]> {
    const found: Message[] = [];
    for (const level of ["page", "ticket"] as const) {
      const QueueUrl = `${this.#emulatorUrl}/${accountId}/${this.stage}-heard-${level}`;
      for (;;) {
        const { Messages = [] } = await this.#queues.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 43_200 }),
        );
        if (Messages.length === 0) break;
        for (const { Body = "{}" } of Messages) {
          const { Subject, Message } = JSON.parse(Body);
          found.push({ level, subject: String(Subject), body: String(Message) });
        }
      }
    }
    return found;
  }

  /** Every metric in the functions' logs: name, value, and the dimensions it has. */
  metrics(): { name: string; value: number; dimensions: Record<string, unknown> }[] {
    const found = [];
    for (const line of [...this.functions.values()].flatMap((each) => each.lines)) {
      if (!line.includes('"_aws"')) continue;
      const blob = JSON.parse(line);
      for (const { Metrics, Dimensions } of blob._aws.CloudWatchMetrics)
        for (const { Name } of Metrics)
          found.push({
            name: String(Name),
            value: Number(blob[Name]),
            dimensions: Object.fromEntries(Dimensions[0].map((dimension: string) => [dimension, blob[dimension]])),
          });
    }
    return found;
  }

  /** What hands do in consoles: a schedule switched off, an alarm made mute. Needs a completed stage. */
  async spoil(): Promise<void> {
    const prefix = `otc-backup-${this.stage}`;
    const scheduler = new SchedulerClient(clientOptions(this.#emulatorUrl));
    const place = { Name: `${prefix}-poll-backups`, GroupName: prefix };
    const { ScheduleExpression, FlexibleTimeWindow, Target } = await scheduler.send(new GetScheduleCommand(place));
    const kept = { ScheduleExpression, FlexibleTimeWindow, Target };
    await scheduler.send(new UpdateScheduleCommand({ ...place, ...kept, State: "DISABLED" }));
    const cloudWatch = new CloudWatchClient(clientOptions(this.#emulatorUrl));
    await cloudWatch.send(new DisableAlarmActionsCommand({ AlarmNames: [`${prefix}-tick-lag`] }));
  }

  async close(): Promise<void> {
    for (const each of this.functions.values()) await each.close();
    await this.simulator.close();
    this.#tables.destroy();
    this.#queues.destroy();
  }

  /** Minutes between two ticks, as the template schedules them. */
  #everyMinutes(name: string): number {
    const schedule = Object.values(this.deployed.template.Resources).find(
      ({ Type, Properties }) => Type === "AWS::Scheduler::Schedule" && Properties.Name.endsWith(`-${name}`),
    );
    const [, count, unit] = /rate\((\d+) (minute|hour)/.exec(schedule?.Properties.ScheduleExpression) ?? [];
    if (count === undefined) throw new Error(`the template schedules no ${name}`);
    return Number(count) * (unit === "hour" ? 60 : 1);
  }

  async #scan(table: string): Promise<Record<string, unknown>[]> {
    const TableName = `otc-backup-${this.stage}-${table}`;
    const { Items = [] } = await this.#tables.send(new ScanCommand({ TableName }));
    return Items.map((item) => unmarshall(item));
  }

  async #listen(): Promise<void> {
    const topics = new SNSClient(clientOptions(this.#emulatorUrl));
    for (const level of ["page", "ticket"]) {
      const QueueName = `${this.stage}-heard-${level}`;
      await this.#queues.send(new CreateQueueCommand({ QueueName }));
      const TopicArn = `arn:aws:sns:eu-central-1:${accountId}:otc-backup-${this.stage}-${level}`;
      const Endpoint = `arn:aws:sqs:eu-central-1:${accountId}:${QueueName}`;
      await topics.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
    }
  }
}

/** The demo fleet, but passwords of its users end some day, so that what measures their days has something to say. */
function fleetWithEndingPasswords(at: number): FleetSeed {
  const users = DEMO_ACCOUNT.users.map((user) => ({ ...user, passwordExpiresAt: at + 90 * 1440 * minuteMs }));
  return { ...DEMO_FLEET, accounts: [{ ...DEMO_ACCOUNT, users }] };
}
