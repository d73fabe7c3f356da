// A whole simulated site: tables, OTC, inbox and time, and the processes that the schedule wakes in it. The functions run
// are the real entries on the real stores; only what lies outside of us is simulated.

// Loaded beforehand: what is loaded in the middle of a tick takes no time on the timeline and yet lets it run on.
import "../../../shared/adapters/otc-accounts.ts";
import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { entry as auditBackups } from "../../../functions/audit-backups.ts";
import { entry as createBackups } from "../../../functions/create-backups.ts";
import { entry as pollBackups } from "../../../functions/poll-backups.ts";
import { entry as pruneBackups } from "../../../functions/prune-backups.ts";
import { parseConfig } from "../../../shared/config.ts";
import type { MetricValues } from "../../../shared/domain/metric.ts";
import type { LogEntry, Site } from "../../../shared/ports.ts";
import { buildSite } from "../../../shared/services.ts";
import { ledgerTable, policiesTable } from "../../../shared/tables.ts";
import { Identity } from "../otc/identity.ts";
import { SimulatedOtc } from "../otc/otc-account.ts";
import { type SentCall, wireTo } from "../otc/otc-wire.ts";
import { OtcWorld } from "../otc/otc-world.ts";
import { simulatedSecrets } from "../otc/simulated-secrets.ts";
import type { FunctionName } from "../plan/fault.ts";
import type { PlannedHold } from "../plan/retention-story.ts";
import type { Edit, Scenario } from "../plan/scenario.ts";
import { MemoryTables } from "../tables/memory-tables.ts";
import { SeededChance } from "./chance.ts";
import { type Container, Containers } from "./container.ts";
import { FaultPlan } from "./fault-plan.ts";
import { Inbox } from "./inbox.ts";
import { layHistory } from "./lay-history.ts";
import { type Blow, SimProcess } from "./sim-process.ts";
import { tableClient } from "./table-client.ts";
import { Timeline } from "./timeline.ts";

const entries = {
  "create-backups": createBackups,
  "poll-backups": pollBackups,
  "prune-backups": pruneBackups,
  "audit-backups": auditBackups,
} as const;

const config = parseConfig({
  STAGE: "simulated",
  POLICIES_TABLE: "policies",
  LEDGER_TABLE: "ledger",
  ACCOUNT_SECRET_PREFIX: "simulated",
  PAGE_TOPIC_ARN: "page",
  TICKET_TOPIC_ARN: "ticket",
  OTC_ENDPOINTS: "{}",
  PRUNE_GRACE_HOURS: "24",
  // So low that two calls at once are one too many.
  OTC_RATE_PER_SECOND: "2",
});

export const { graceMs } = config;
export const pollBoundMs = config.pollBoundMs;
export const namePrefix = config.namePrefix;
export const { otcRatePerSecond } = config;

/** One invocation as it went. */
export interface Invocation {
  readonly fn: FunctionName;
  readonly process: SimProcess;
  error?: unknown;
}

export interface StoryLine {
  readonly at: number;
  readonly text: string;
}

export class World {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly faults: FaultPlan;
  readonly otc: OtcWorld;
  readonly tables: MemoryTables;
  readonly inbox: Inbox;
  readonly invocations: Invocation[] = [];
  readonly logs: LogEntry[] = [];
  readonly metrics: { readonly at: number; readonly values: MetricValues }[] = [];
  /** Every request to OTC where the real client makes them, and every password tried. */
  readonly calls: SentCall[] = [];
  readonly identity: Identity;
  readonly #containers = new Containers();
  /** Set when the ledger was put back to an older copy. */
  restoredAt: number | undefined;
  /** Holds that were set after the deletion they were to prevent had begun. */
  readonly lateHolds = new Set<PlannedHold>();
  readonly story: StoryLine[] = [];
  readonly #tracing: boolean;
  readonly #latency: SeededChance;
  readonly #deployment: SeededChance;
  #writeIds = 0;

  constructor(scenario: Scenario, options: { tracing?: boolean } = {}) {
    this.scenario = scenario;
    this.#tracing = options.tracing ?? false;
    this.#latency = SeededChance.of(scenario.seed, "latency");
    this.#deployment = SeededChance.of(scenario.seed, "deployment");
    this.timeline = new Timeline(scenario.startAt);
    const now = () => this.timeline.now();
    this.faults = new FaultPlan(scenario.faults, { now, endAt: scenario.endAt });
    this.identity = new Identity({ now, faults: this.faults, planned: scenario.faults });
    this.otc = new OtcWorld({
      now,
      chance: SeededChance.of(scenario.seed, "otc"),
      instances: scenario.instances,
      nextFate: () => this.faults.take("backup-fate")?.fate,
    });
    const index = ledgerTable.dueIndex;
    this.tables = new MemoryTables(
      [
        { name: config.policiesTable, partitionKey: policiesTable.partitionKey },
        { name: config.ledgerTable, partitionKey: ledgerTable.partitionKey, sortKey: ledgerTable.sortKey, index },
      ],
      {
        now,
        indexLagMs: () => this.faults.lasting("index-lag")?.lagMs ?? 0,
        pageSize: () => this.faults.lasting("small-pages")?.size ?? Number.POSITIVE_INFINITY,
      },
    );
    this.inbox = new Inbox({ now, faults: this.faults, tell: this.tell });
    for (const edit of scenario.edits) this.timeline.schedule(edit.at, () => this.#apply(edit));
    for (const fault of scenario.faults) {
      if (fault.kind === "ledger-restored" && fault.at < scenario.endAt)
        this.timeline.schedule(fault.at, () => this.#restore(fault.at - fault.backMs));
    }
    if (scenario.retention !== undefined) layHistory(this, scenario.retention);
  }

  readonly tell = (text: string): void => {
    if (this.#tracing) this.story.push({ at: this.timeline.now(), text });
  };

  get policies() {
    return this.tables.table(config.policiesTable);
  }

  get ledger() {
    return this.tables.table(config.ledgerTable);
  }

  /** How many shards the site has now: changed half-way, as a deployment does. */
  get shards(): number {
    const { startAt, endAt, shards = { first: 1, later: 1 } } = this.scenario;
    return this.timeline.now() < (startAt + endAt) / 2 ? shards.first : shards.later;
  }

  /** Starts one invocation now, of one shard. It goes on as the timeline runs. */
  invoke(fn: FunctionName, extraBlows: readonly Blow[] = [], shard = 0): Invocation {
    const blows = [...this.#blowsFor(fn), ...extraBlows];
    const process = new SimProcess({
      name: `${fn}#${this.invocations.length + 1}`,
      timeline: this.timeline,
      latency: this.#latency,
      blows,
      clockOffMs: () => this.faults.lasting("clock-off")?.byMs ?? 0,
      tell: this.tell,
    });
    const invocation: Invocation = { fn, process };
    this.invocations.push(invocation);
    const context = { getRemainingTimeInMillis: () => process.remainingMs() };
    const container = this.#containers.take(
      { fn, isNewer: this.#isDeployed(), shards: this.shards },
      process,
      this.timeline.now(),
    );
    container.site ??= this.#siteIn(container);
    const end = (error?: unknown) => {
      process.endedAt = this.timeline.now();
      // Over the wire a container is used again; elsewhere every process is a new one.
      if (this.scenario.isWired === true) container.idleSinceAt = process.endedAt;
      if (error !== undefined) {
        invocation.error = error;
        this.tell(`${process.name} failed: ${error instanceof Error ? error.message : "?"}`);
      }
    };
    entries[fn].run({ shard }, context, container.site).then(
      () => end(),
      (error: unknown) => end(error),
    );
    return invocation;
  }

  /** The site of one container: the real composition, with the outside replaced by the simulated one. */
  #siteIn(container: Container): Site {
    const { tables, faults, tell, otc, timeline, identity, calls } = this;
    const record = (entry: LogEntry) => {
      this.logs.push(entry);
      tell(
        `${container.process.name}: ${entry.message}${entry.failure === undefined ? "" : ` [${entry.failure.code}]`}`,
      );
    };
    const door = { world: otc, faults, timeline, tell };
    const site = buildSite(
      { ...config, shards: container.deployed.shards },
      {
        functionName: container.deployed.fn,
        transport: wireTo({ door, identity, calls }, container),
        dynamoDb: tableClient({ tables, faults, process: container, tell, isNewer: container.deployed.isNewer }),
        secrets: simulatedSecrets({ container, faults, identity }),
        notifier: this.inbox.notifierFor(container),
        telemetry: { emit: (values) => void this.metrics.push({ at: timeline.now(), values }) },
        log: { info: record, warn: record, error: record },
        clock: {
          now: () => container.process.now(),
          sleep: (ms) => container.effect("sleep", () => undefined, ms),
        },
        chance: {
          newId: () => `write-${++this.#writeIds}`,
          fraction: () => this.#latency.fraction(),
        },
      },
    );
    return this.scenario.isWired === true ? site : { ...site, provider: new SimulatedOtc(door, container.process) };
  }

  /** Whether the next process runs newer code: never before a deployment, now and then during it, always after it and its rolling back. */
  #isDeployed(): boolean {
    const deployment = this.scenario.faults.find((fault) => fault.kind === "deployment");
    if (deployment === undefined || this.timeline.now() < deployment.at) return false;
    if (this.faults.lasting("deployment") !== undefined) return this.#deployment.happens(0.5);
    const backUntilAt = deployment.at + deployment.forMs + (deployment.backForMs ?? 0);
    return this.timeline.now() >= Math.min(backUntilAt, this.scenario.endAt);
  }

  #blowsFor(fn: FunctionName): Blow[] {
    const blows: Blow[] = [];
    for (;;) {
      const kill = this.faults.take("kill", (fault) => fault.fn === fn);
      if (kill === undefined) break;
      blows.push(kill);
    }
    for (;;) {
      const freeze = this.faults.take("freeze", (fault) => fault.fn === fn);
      if (freeze === undefined) return blows;
      blows.push({ ...freeze, forMs: freeze.frozenMs });
    }
  }

  /** An item as something else than our functions writes it. */
  put(item: Record<string, unknown>): void {
    const Item = marshall(item, { removeUndefinedValues: true });
    this.tables.execute(new PutItemCommand({ TableName: config.ledgerTable, Item }));
  }

  #apply({ policyId, row }: Edit): void {
    this.tell(row === undefined ? `ops delete row ${policyId}` : `ops write row ${JSON.stringify(row).slice(0, 160)}`);
    const TableName = config.policiesTable;
    if (row === undefined) this.tables.execute(new DeleteItemCommand({ TableName, Key: marshall({ policyId }) }));
    else this.tables.execute(new PutItemCommand({ TableName, Item: marshall(row, { removeUndefinedValues: true }) }));
  }

  #restore(at: number): void {
    this.tell(`the ledger is put back to ${new Date(at).toISOString()}`);
    this.ledger.restore(at, this.timeline.now());
    this.restoredAt = this.timeline.now();
    this.faults.take("ledger-restored");
  }
}
