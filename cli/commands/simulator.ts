/**
 * `otc-backup simulator`: the OTC simulator alone, for trying clients against it. Everything it does is in local/simulator.
 */
import { Command } from "commander";
import { DEMO_ACCOUNT, DEMO_FLEET, generateFleet } from "../../local/simulator/fleet.ts";
import type { FleetSeed } from "../../local/simulator/fleet-seed.ts";
import { type Simulator, startSimulator } from "../../local/simulator/simulator.ts";

const WRONG_USAGE = 2;
const LARGE_FLEET = 2000;
const MOST_INSTANCES = 50_000;

interface Options {
  port: string;
  controlPort: string;
  speed: string;
  fleet: string;
  seed: string;
  state?: string;
  json?: boolean;
}

class UsageError extends Error {}

function parseNumber(option: string, text: string, allowed: { min: number; max: number; whole: boolean }): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const fits = value >= allowed.min && value <= allowed.max && (!allowed.whole || Number.isInteger(value));
  if (fits) return value;
  const kind = allowed.whole ? "a whole number" : "a number";
  throw new UsageError(`${option} is "${text}"; it must be ${kind} from ${allowed.min} to ${allowed.max}`);
}

function parseFleet(text: string): FleetSeed {
  if (text === "small") return DEMO_FLEET;
  if (text === "large") return generateFleet(LARGE_FLEET);
  if (!/^\d+$/.test(text))
    throw new UsageError(`--fleet is "${text}"; it must be small, large or a number of instances`);
  return generateFleet(parseNumber("--fleet", text, { min: 1, max: MOST_INSTANCES, whole: true }));
}

async function start(options: Options): Promise<Simulator> {
  const ports = { min: 0, max: 65_535, whole: true };
  const port = parseNumber("--port", options.port, ports);
  const controlPort = parseNumber("--control-port", options.controlPort, ports);
  const speed = parseNumber("--speed", options.speed, { min: 0, max: 100_000, whole: false });
  const seed = parseNumber("--seed", options.seed, { min: 0, max: 2 ** 32, whole: true });
  const state = options.state === undefined ? {} : { statePath: options.state };
  const simulator = await startSimulator({ port, controlPort, seed, fleet: parseFleet(options.fleet), ...state });
  if (speed !== 1) simulator.control.setKnobs({ signatureClock: "real" });
  simulator.control.setSpeed(speed);
  return simulator;
}

/** The answer to "and now?": a login that anyone can paste. */
function loginExample(url: string): string {
  const { domainName, projectId } = DEMO_ACCOUNT;
  const { name, password } = DEMO_ACCOUNT.users[0] ?? { name: "", password: "" };
  const user = { name, password, domain: { name: domainName } };
  const auth = { identity: { methods: ["password"], password: { user } }, scope: { project: { id: projectId } } };
  const parts = [`curl -si '${url}/v3/auth/tokens?nocatalog=true'`, "-H 'Content-Type: application/json'"];
  return [...parts, `-d '${JSON.stringify({ auth })}'`].join(" ");
}

function describe(simulator: Simulator, options: Options): string {
  const { url, controlUrl, control } = simulator;
  const instances = control.instances().length;
  if (options.json === true) {
    const account = { ...DEMO_ACCOUNT, endpoints: { iam: url, rds: url } };
    return JSON.stringify({ url, controlUrl, instances, speed: control.speed(), account });
  }
  const users = DEMO_ACCOUNT.users.map(
    (user) => `  ${user.name} / ${user.password}, AK ${user.accessKey}, SK ${user.secretKey}`,
  );
  return [
    `OTC simulator (IAM and RDS) listening on ${url}, control on ${controlUrl}`,
    `${instances} instances, time runs ${control.speed()}-fold, now ${new Date(control.now()).toISOString()}`,
    `account ${DEMO_ACCOUNT.domainName}, project ${DEMO_ACCOUNT.projectId}; invented credentials:`,
    ...users,
    `try: ${loginExample(url)}`,
    `     curl -s ${controlUrl}/        lists what can be driven; Ctrl-C ends`,
  ].join("\n");
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

async function run(options: Options, command: Command): Promise<void> {
  let simulator: Simulator;
  try {
    simulator = await start(options);
  } catch (error) {
    // A taken port, an unreadable state file and a bad option are all for the person at the keyboard to put right.
    const message = error instanceof Error ? error.message : String(error);
    return command.error(`error: ${message}`, { exitCode: WRONG_USAGE });
  }
  const interrupted = untilInterrupted();
  process.stdout.write(`${describe(simulator, options)}\n`);
  await interrupted;
  await simulator.close();
}

/** The verb, ready to be added to the program. Exit code 2 for wrong options, a port in use or an unusable state file. */
export function simulatorCommand(): Command {
  return new Command("simulator")
    .description("run the OTC simulator (IAM and RDS over HTTP on loopback) until Ctrl-C")
    .option("--port <port>", "port of the imitated API, 0 for any", "8080")
    .option("--control-port <port>", "port of the control API, 0 for any", "8081")
    .option("--speed <factor>", "simulated seconds per second", "1")
    .option("--state <file>", "keep records in this file")
    .option("--fleet <small|large|N>", "which instances there are", "small")
    .option("--seed <N>", "seed of all chance", "1")
    .option("--json", "print one JSON line instead of text")
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_USAGE))
    .action((options: Options, command: Command) => run(options, command));
}
