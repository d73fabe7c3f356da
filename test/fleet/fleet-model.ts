// The fleet as its driver knows it: three accounts, their databases with tags and names, and the policies written for them.
// What a policy means is worked out here by rules of its own, not by ours.

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export const accountNames = ["north", "south", "alps"] as const;
export type AccountName = (typeof accountNames)[number];
const regions: Record<AccountName, string> = { north: "eu-de", south: "eu-nl", alps: "eu-ch2" };

export interface Database {
  readonly id: string;
  readonly account: AccountName;
  name: string;
  readonly engine: "MySQL" | "PostgreSQL" | "SQLServer";
  version: string;
  tags: Record<string, string>;
  readonly isReplica: boolean;
  /** ACTIVE, or the word OTC shows. */
  status: string;
  keepDays: number;
  addedAt: number;
  removedAt: number | undefined;
  /** Until then it is still backed up although its tags no longer say so. */
  graceUntilAt: number | undefined;
}

export interface ModelPolicy {
  readonly policyId: string;
  readonly account: AccountName;
  /** Minutes after midnight UTC. */
  readonly slotMinute: number;
  readonly weekday?: number;
  readonly listed?: readonly string[];
  means(database: Database): boolean;
  enabled: boolean;
  pausedUntilAt: number | undefined;
}

const suffix = { MySQL: "in01", PostgreSQL: "in03", SQLServer: "in04" } as const;
const version = { MySQL: "8.0", PostgreSQL: "16", SQLServer: "2022_SE" } as const;

export const projectOf = (account: AccountName) => `${accountNames.indexOf(account) + 1}${"0".repeat(31)}`;

function idOf(account: AccountName, n: number, engine: Database["engine"]): string {
  return `${accountNames.indexOf(account) + 1}${String(n).padStart(7, "0")}d3b07384d113edec49eaa623${suffix[engine]}`;
}

export function aDatabase(account: AccountName, n: number, changes: Partial<Database> = {}): Database {
  const engine = changes.engine ?? (["MySQL", "PostgreSQL", "SQLServer"] as const)[n % 3] ?? "MySQL";
  return {
    ...{ id: idOf(account, n, engine), account, engine, version: version[engine], isReplica: false },
    ...{ name: `${engine === "PostgreSQL" ? "pg" : "db"}-${account}-${n}`, tags: { backup: "nightly" } },
    ...{ status: "ACTIVE", keepDays: 7, addedAt: 0, removedAt: undefined, graceUntilAt: undefined },
    ...changes,
  };
}

/** Of every twenty: one replica, one opted out, one without a word, one by name only, two by id only, the rest by tag. */
export function firstDatabases(account: AccountName, count: number): Database[] {
  return Array.from({ length: count }, (_, n) => {
    if (n % 20 === 3) return aDatabase(account, n, { isReplica: true });
    if (n % 20 === 5) return aDatabase(account, n, { tags: { "otc-backup-optout": "rebuilt from source" } });
    if (n % 20 === 6) return aDatabase(account, n, { tags: {} });
    if (n % 20 === 7) return aDatabase(account, n, { engine: "PostgreSQL", name: `crm-${account}-${n}`, tags: {} });
    if (n % 20 === 8 || n % 20 === 9) return aDatabase(account, n, { tags: { team: "listed" } });
    return aDatabase(account, n);
  });
}

export function policiesOf(account: AccountName, databases: readonly Database[]): ModelPolicy[] {
  const here = databases.filter((one) => one.account === account && !one.isReplica);
  const listed = here.filter((one) => one.tags.team === "listed").map(({ id }) => id);
  const weekly = here
    .filter((one) => one.tags.backup === "nightly")
    .slice(0, 3)
    .map(({ id }) => id);
  const common = { account, enabled: true, pausedUntilAt: undefined };
  const means = (ids: readonly string[]) => (one: Database) => ids.includes(one.id);
  return [
    {
      ...common,
      policyId: `${account}-tagged`,
      slotMinute: 22 * 60 + 30,
      means: (one) => one.tags.backup === "nightly",
    },
    {
      ...common,
      policyId: `${account}-named`,
      slotMinute: 23 * 60 + 15,
      means: (one) => one.engine === "PostgreSQL" && one.name.startsWith("crm-"),
    },
    { ...common, policyId: `${account}-listed`, slotMinute: 60, listed, means: means(listed) },
    { ...common, policyId: `${account}-weekly`, slotMinute: 40, weekday: 0, listed: weekly, means: means(weekly) },
  ];
}

export function rowOf({ policyId, account, slotMinute, weekday, listed }: ModelPolicy): Record<string, unknown> {
  const target = policyId.endsWith("-tagged")
    ? { selector: { tags: { backup: "nightly" } } }
    : policyId.endsWith("-named")
      ? { selector: { name: "crm-*", engine: "PostgreSQL" } }
      : { instanceIds: listed };
  const schedule = `${slotMinute % 60} ${Math.floor(slotMinute / 60)} * * ${weekday ?? "*"}`;
  const retention = policyId.endsWith("-named") ? { retention: { keepLast: 3 } } : {};
  return { policyId, account, schedule, ...target, ...retention, owner: `team-${account}` };
}

/** Slots in `[fromAt, toAt)`, oldest first. */
export function slotsOf({ slotMinute, weekday }: ModelPolicy, fromAt: number, toAt: number): number[] {
  const slots: number[] = [];
  for (let day = Math.floor(fromAt / dayMs) * dayMs; day < toAt; day += dayMs) {
    const at = day + slotMinute * 60_000;
    if (at < fromAt || at >= toAt) continue;
    if (weekday === undefined || new Date(at).getUTCDay() === weekday) slots.push(at);
  }
  return slots;
}

export function fleetFile(databases: readonly Database[]): unknown {
  return {
    accounts: accountNames.map((name) => ({
      ...{ name, region: regions[name], projectId: projectOf(name), domainName: `OTC-${name.toUpperCase()}` },
      users: [
        { name: `${name}-backup`, password: `invented-${name}-1` },
        { name: `${name}-prune`, password: `invented-${name}-2` },
      ],
    })),
    instances: databases.map(instanceOf),
  };
}

export function tagList(tags: Record<string, string>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function instanceOf(one: Database): Record<string, unknown> {
  return {
    ...{ id: one.id, name: one.name, projectId: projectOf(one.account), engine: one.engine, version: one.version },
    ...{ type: one.isReplica ? "Replica" : "Single", tags: tagList(one.tags), status: one.status },
    backupStrategy: { startTime: "19:00-20:00", keepDays: one.keepDays },
    maintenanceWindow: "12:00-16:00",
    backupOutcome: "completes",
    ...(one.addedAt === 0 ? {} : { createdAt: one.addedAt }),
  };
}
