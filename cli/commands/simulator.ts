// `otc-backup simulator`: the OTC simulator alone, for trying clients against it. Everything it does is in local/simulator.

import { once } from "node:events";
import { Command, Option } from "commander";
import { parseKnobWords } from "../../local/simulator/knob-words.ts";
import type { KnobChange } from "../../local/simulator/knobs.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../local/simulator/simulator.ts";
import { CliError } from "../cli-error.ts";
import { print } from "../output.ts";
import { fleetNamed } from "../simulator-fleet.ts";
import { callLine, greeting, greetingJson } from "../simulator-greeting.ts";
import { stopSignal } from "../stop-signal.ts";
import { wholeNumber } from "../whole-number.ts";

const PORTS = { min: 0, max: 65_535 };

interface Options {
  port: string;
  controlPort?: string;
  speed: string;
  fleet: string;
  seed: string;
  knob: string[];
  state?: string;
  log?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ otc-backup simulator --port 8080
  $ otc-backup simulator --speed 60 --fleet regions --state sim.json --log
  $ otc-backup simulator --fleet 10000 --knob rateLimitPerSecond=20 --knob retryAfter=seconds
  $ curl -s -X PUT http://127.0.0.1:8081/clock -d '{"advanceMs": 3600000}'

docs/otc-api.md says what is imitated and what is not, and describes the control API and every knob.
Exit codes: 0 ended by Ctrl-C, 2 wrong option, port in use, unusable fleet or state file.`;

function readSpeed(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= 0 && value <= 100_000) return value;
  throw new CliError(`--speed is "${text}"`, { hint: "write a number from 0, which stops the clock, to 100000" });
}

function readKnobs(words: readonly string[], speed: number): KnobChange {
  try {
    // Clients from outside sign with the machine's clock, whatever time it is in here.
    return { ...(speed === 1 ? {} : { signatureClock: "real" as const }), ...parseKnobWords(words) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`--knob: ${reason}`, { hint: "GET /knobs of a running simulator's control lists all knobs" });
  }
}

/** What cannot be opened or read is for the person at the keyboard to put right. */
async function begin(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const inUse = message.includes("is in use");
    throw new CliError(message, inUse ? { hint: "--port and --control-port choose others; 0 takes any free one" } : {});
  }
}

/** Without --control-port the control has the next port after the API's or, where that is taken, any free one. */
async function startOnPorts(options: SimulatorOptions, controlPort: number | undefined): Promise<Simulator> {
  if (controlPort !== undefined) return begin({ ...options, controlPort });
  const port = options.port ?? 0;
  const next = port === 0 || port === PORTS.max ? 0 : port + 1;
  try {
    return await begin({ ...options, controlPort: next });
  } catch (error) {
    const taken = error instanceof CliError && error.message.startsWith(`port ${next} `);
    if (taken) return begin({ ...options, controlPort: 0 });
    throw error;
  }
}

async function run(options: Options): Promise<void> {
  const port = wholeNumber("--port", options.port, PORTS);
  const controlPort =
    options.controlPort === undefined ? undefined : wholeNumber("--control-port", options.controlPort, PORTS);
  const seed = wholeNumber("--seed", options.seed, { min: 0, max: 2 ** 32 });
  const speed = readSpeed(options.speed);
  const fleet = fleetNamed(options.fleet);
  const knobs = readKnobs(options.knob, speed);
  const state = options.state === undefined ? {} : { statePath: options.state };
  const log = options.log === true ? { onCall: (call: Parameters<typeof callLine>[0]) => print(callLine(call)) } : {};
  const simulator = await startOnPorts({ port, seed, fleet, knobs, ...state, ...log }, controlPort);
  simulator.control.setSpeed(speed);
  const started = { simulator, fleet, statePath: options.state };
  const stop = stopSignal();
  print(options.json === true ? greetingJson(started) : greeting(started));
  if (!stop.aborted) await once(stop, "abort");
  await simulator.close();
}

/** The verb, ready to be added to the program. */
export function simulatorCommand(): Command {
  return new Command("simulator")
    .description("run the OTC simulator (IAM and RDS over HTTP on loopback) until Ctrl-C")
    .option("--port <port>", "port of the imitated API, 0 for any", "8080")
    .option("--control-port <port>", "port of the control API, 0 for any (default: the next after --port, else any)")
    .option("--speed <factor>", "simulated seconds per second, 0 stops the clock", "1")
    .option(
      "--fleet <name>",
      "small, large (2000), regions (three accounts), a number of instances, or a JSON file",
      "small",
    )
    .addOption(
      new Option("--knob <name=value>", "set a knob, also several times; the value is JSON or text")
        .argParser((word: string, words: string[]) => [...words, word])
        .default([], "none"),
    )
    .option("--state <file>", "keep what exists in this file and begin with what it holds")
    .option("--seed <n>", "seed of all chance: the same seed, the same durations, sizes and ids", "1")
    .option("--log", "print every call as it is answered")
    .option("--json", "print one JSON line instead of text")
    .addHelpText("after", EXAMPLES)
    .action((options: Options) => run(options));
}
