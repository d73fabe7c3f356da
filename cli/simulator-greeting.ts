// What the simulator says of itself when it has started: where it is, who may log in, and something to paste.

import type { LoggedCall } from "../local/simulator/call-log.ts";
import type { FleetSeed } from "../local/simulator/fleet-seed.ts";
import type { Simulator } from "../local/simulator/simulator.ts";

type Account = FleetSeed["accounts"][number];

/** Two lines for a shell: the first puts a token into TOKEN, the second uses it. */
function loginExample(url: string, account: Account): string[] {
  const { domainName, projectId } = account;
  const { name, password } = account.users[0] ?? { name: "", password: "" };
  const user = { name, password, domain: { name: domainName } };
  const auth = { identity: { methods: ["password"], password: { user } }, scope: { project: { id: projectId } } };
  const login = `curl -si '${url}/v3/auth/tokens?nocatalog=true' -H 'Content-Type: application/json'`;
  return [
    `TOKEN=$(${login} -d '${JSON.stringify({ auth })}' | tr -d '\\r' | sed -n 's/^X-Subject-Token: //p')`,
    `curl -s -H "X-Auth-Token: $TOKEN" '${url}/v3/${projectId}/instances?limit=2'`,
  ];
}

function accountLines(account: Account): string[] {
  const { region, projectId, domainName, users } = account;
  const heading = `  ${region}  project ${projectId}  domain ${domainName}`;
  const ofUsers = users.map(({ name, password, accessKey, secretKey, actions }) => {
    const keys = accessKey === undefined ? "no access key" : `AK ${accessKey}  SK ${secretKey ?? ""}`;
    return `    ${name} / ${password}  ${keys}  may ${(actions ?? ["*"]).join(" ")}`;
  });
  return [heading, ...ofUsers];
}

export interface Started {
  simulator: Simulator;
  fleet: FleetSeed;
  statePath: string | undefined;
}

/** For people. */
export function greeting({ simulator, fleet, statePath }: Started): string {
  const { url, controlUrl, control } = simulator;
  const [first] = fleet.accounts;
  const now = `${new Date(control.now()).toISOString().slice(0, 19)}Z`;
  return [
    "OTC simulator: an imitation of IAM and RDS for trying clients; everything in it is invented. Ctrl-C ends it.",
    `  API       ${url}   (IAM and RDS on one port)`,
    `  control   ${controlUrl}   (faults, knobs, clock, what really exists; GET / lists it)`,
    `  fleet     ${control.instances().filter((instance) => instance.removedAt === null).length} instances`,
    `  time      ${now}, ${control.speed()} simulated seconds per second`,
    `  state     ${statePath === undefined ? "forgotten at the end; --state FILE keeps it" : `kept in ${statePath}`}`,
    "",
    "accounts",
    ...fleet.accounts.flatMap(accountLines),
    ...(first === undefined ? [] : ["", "try", ...loginExample(url, first).map((line) => `  ${line}`)]),
  ].join("\n");
}

/** For programs: one JSON line. `account` is the first of `accounts`. */
export function greetingJson({ simulator, fleet }: Started): string {
  const { url, controlUrl, control } = simulator;
  const endpoints = { iam: url, rds: url };
  const accounts = fleet.accounts.map((account) => ({ ...account, endpoints }));
  const instances = control.instances().length;
  return JSON.stringify({ url, controlUrl, instances, speed: control.speed(), account: accounts[0], accounts });
}

/** One call in one line; simulated time, cut connections as "cut". */
export function callLine(call: LoggedCall): string {
  const { at, method, path, status, user, name, fault } = call;
  const about = [user, name, fault === undefined ? undefined : `fault ${fault}`].filter((part) => part !== undefined);
  const result = status === 0 ? "cut" : String(status);
  return `${new Date(at).toISOString().slice(11, 19)}Z  ${result.padEnd(3)}  ${method} ${path}  ${about.join(", ")}`.trimEnd();
}
