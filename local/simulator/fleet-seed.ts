/**
 * What a fleet is made of when someone writes one down: accounts with users and keys, and instances. Parsed here and turned into
 * records; the believable fleets themselves are in fleet.ts.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import { ControlProblem } from "./control-problem.ts";
import { type InstanceRecord, instanceSchema, type ProjectRecord } from "./records.ts";
import type { Store } from "./store.ts";

const userSeedSchema = z.strictObject({
  name: z.string().min(1),
  password: z.string().min(1),
  accessKey: z.string().optional(),
  secretKey: z.string().optional(),
  /** Permissions such as `rds:backup:create`; `*` allows everything. */
  actions: z.array(z.string()).default(["*"]),
  enabled: z.boolean().default(true),
  consoleOnly: z.boolean().default(false),
  passwordExpiresAt: z.number().nullable().default(null),
});

export const accountSeedSchema = z.strictObject({
  name: z.string().min(1),
  region: z.string().min(1),
  projectId: z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "a project id has 1 to 64 letters, digits or dashes"),
  /** Default: the region, as OTC names the root project. */
  projectName: z.string().optional(),
  domainName: z.string().min(1),
  users: z.array(userSeedSchema).min(1),
});

const fleetSchema = z.strictObject({
  accounts: z.array(accountSeedSchema).min(1),
  /** An instance without projectId belongs to the first account. */
  instances: z.array(instanceSchema),
});

export type FleetSeed = z.input<typeof fleetSchema>;
export type AccountSeed = z.input<typeof accountSeedSchema>;
export type UserSeed = z.input<typeof userSeedSchema>;
type ParsedAccount = z.output<typeof accountSeedSchema>;
type ParsedUser = z.output<typeof userSeedSchema>;

/** 32 hexadecimal digits that always are the same for the same text. */
function idOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function putUser(store: Store, account: ParsedAccount, user: ParsedUser): void {
  const { domainName } = account;
  const key = `${domainName}/${user.name}`;
  const known = store.users.get(key);
  store.putUser({
    key,
    id: idOf(key),
    name: user.name,
    domainName,
    domainId: idOf(domainName),
    projectIds: [...new Set([...(known?.projectIds ?? []), account.projectId])],
    password: user.password,
    actions: user.actions,
    enabled: user.enabled,
    consoleOnly: user.consoleOnly,
    passwordExpiresAt: user.passwordExpiresAt,
    failedLoginAts: [],
    lockedUntilAt: null,
    loginsTried: 0,
    loginsFailed: 0,
  });
  if (user.accessKey !== undefined && user.secretKey !== undefined) {
    const { accessKey, secretKey } = user;
    store.putKey({
      accessKey,
      secretKey,
      userKey: key,
      securityToken: null,
      expiresAt: null,
      failures: 0,
      lockedUntilAt: null,
    });
  }
}

/** A fleet as someone wrote it down; throws Error naming every wrong field. */
export function parseFleet(input: unknown): FleetSeed {
  const parsed = fleetSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Error(z.prettifyError(parsed.error));
}

/** Adds an account's project, users and keys; a user whom another account of the domain has too belongs to both. */
export function plantAccount(store: Store, seed: AccountSeed): ProjectRecord {
  const account = accountSeedSchema.parse(seed);
  const { region, projectId: id, domainName } = account;
  const name = account.projectName ?? region;
  const project: ProjectRecord = { id, name, region, domainName, domainId: idOf(domainName) };
  store.putProject(project);
  for (const user of account.users) putUser(store, account, user);
  return project;
}

/** Fills an empty store; throws ZodError naming the field when the seed is wrong, Error when an instance names no known project. */
export function plantFleet(store: Store, seed: FleetSeed): void {
  const fleet = fleetSchema.parse(seed);
  for (const account of fleet.accounts) plantAccount(store, account);
  const defaultProjectId = fleet.accounts[0]?.projectId ?? "";
  for (const instance of fleet.instances) store.putInstance(placeInstance(store, instance, defaultProjectId));
}

/** Gives an instance its project; throws Error when there is no such project. */
export function placeInstance(store: Store, instance: InstanceRecord, defaultProjectId: string): InstanceRecord {
  const projectId = instance.projectId === "" ? defaultProjectId : instance.projectId;
  if (!store.projects.has(projectId)) {
    throw new ControlProblem(404, `instance ${instance.id}: no account of the fleet has the project "${projectId}"`);
  }
  return { ...instance, projectId };
}
