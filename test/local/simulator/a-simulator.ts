// A simulator for one test file and a client that knows nothing but HTTP. The clock stands still until a test moves it.

import { afterAll, afterEach } from "vitest";
import { DEMO_ACCOUNT, DEMO_INSTANCE_IDS } from "../../../local/simulator/fleet.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../local/simulator/simulator.ts";

export const ids = DEMO_INSTANCE_IDS;
export const account = DEMO_ACCOUNT;
export const admin = userNamed("admin");

function userNamed(name: string) {
  const user = DEMO_ACCOUNT.users.find((one) => one.name === name);
  if (user === undefined) throw new Error(`no user ${name}`);
  return user;
}

export const startAt = Date.UTC(2026, 10, 24, 12, 0);
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

export interface Answer {
  status: number;
  headers: Headers;
  /** The JSON of the body, or its text where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers whose form is the very thing they assert
  body: any;
}

export interface Client {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

export async function call(
  url: string,
  method: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
) {
  const { body, headers = {} } = options;
  const content = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: { ...(content === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    ...(content === undefined ? {} : { body: content }),
    redirect: "manual",
  });
  const text = await response.text();
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Some answers are no JSON; the test sees their text.
  }
  return { status: response.status, headers: response.headers, body: parsed } as Answer;
}

/** The body of a password login. */
export function loginBody(changes: { password?: string; user?: string; domain?: string; scope?: unknown } = {}) {
  const { password = admin.password, user = admin.name, domain = account.domainName } = changes;
  const scope = "scope" in changes ? changes.scope : { project: { id: account.projectId } };
  const identity = { methods: ["password"], password: { user: { name: user, password, domain: { name: domain } } } };
  return { auth: { identity, ...(scope === undefined ? {} : { scope }) } };
}

export interface Subject {
  readonly simulator: Simulator;
  /** Calls without credentials. */
  readonly bare: Client;
  /** Calls with a token of the demo project's admin; paths are below /v3/{project}. */
  readonly rds: Client;
  readonly control: Client;
  /** Everything as at the start, with a new token. */
  renew(): Promise<void>;
}

function clientOn(base: string, headers: Record<string, string> = {}): Client {
  const withAll = (more: Record<string, string> = {}) => ({ ...headers, ...more });
  return {
    get: (path, more) => call(`${base}${path}`, "GET", { headers: withAll(more) }),
    post: (path, body, more) => call(`${base}${path}`, "POST", { body, headers: withAll(more) }),
    put: (path, body) => call(`${base}${path}`, "PUT", { body, headers: withAll() }),
    delete: (path) => call(`${base}${path}`, "DELETE", { headers: withAll() }),
  };
}

/** A client for one project, with a token of its own. */
export async function clientFor(simulator: Simulator, login: unknown, projectId: string): Promise<Client> {
  const { headers } = await call(`${simulator.url}/v3/auth/tokens?nocatalog=true`, "POST", { body: login });
  return clientOn(`${simulator.url}/v3/${projectId}`, { "X-Auth-Token": headers.get("x-subject-token") ?? "" });
}

/** One simulator for the whole file, as new before each test but for what `options` says. */
export async function aSimulator(options: SimulatorOptions = {}): Promise<Subject> {
  const simulator = await startSimulator({ now: () => startAt, ...options });
  const tokenOf = () => clientFor(simulator, loginBody(), account.projectId);
  let current = await tokenOf();
  const renew = async () => {
    simulator.control.reset();
    simulator.control.setClock(startAt);
    current = await tokenOf();
  };
  afterEach(renew);
  afterAll(() => simulator.close());
  const rds: Client = {
    get: (path, headers) => current.get(path, headers),
    post: (path, body, headers) => current.post(path, body, headers),
    put: (path, body) => current.put(path, body),
    delete: (path) => current.delete(path),
  };
  return { simulator, bare: clientOn(simulator.url), rds, control: clientOn(simulator.controlUrl), renew };
}

/** Asks for a backup; the id of what was accepted. */
export async function create(rds: Client, name: string, instanceId: string = ids.shop): Promise<string> {
  const answer = await rds.post("/backups", { instance_id: instanceId, name });
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body.backup.id;
}

/** A login as the demo project's admin. */
export function bareLogin({ bare }: Subject): Promise<Answer> {
  return bare.post("/v3/auth/tokens?nocatalog=true", loginBody());
}
