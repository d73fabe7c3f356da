// `otc-backup local`: the whole system on one machine.

import { resolve } from "node:path";
import { Command } from "commander";
import type { LocalFleet } from "../../local/local-site.ts";
import { runLive } from "../../local/run-live.ts";
import { runNights } from "../../local/run-nights.ts";
import { runStanding } from "../../local/run-standing.ts";
import { readSiteFile } from "../../local/site-files.ts";
import { CliError } from "../cli-error.ts";
import { print, remark } from "../output.ts";
import { findingTally, findingText, isProblem, readPolicyFiles } from "../policy-files.ts";
import { fleetNamed } from "../simulator-fleet.ts";
import { stopSignal } from "../stop-signal.ts";
import { wholeNumber } from "../whole-number.ts";

interface Options {
  nights?: string;
  json?: boolean;
  speed: string;
  fleet?: string;
  folder: string;
  account?: string;
  policies?: string;
  pagePort?: string;
  page: boolean;
}

const noonMs = 12 * 3_600_000;

export function localCommand(): Command {
  return new Command("local")
    .description("run the whole system on this machine: embedded tables, OTC simulator, sample policies")
    .option("--nights <n>", "run n nights in accelerated time on a site of its own, print the figures, and end")
    .option("--json", "with --nights: only the figures, as one JSON object")
    .option(
      "--speed <factor>",
      "simulated seconds per second; 0: time stands until the simulator's control moves it",
      "60",
    )
    .option(
      "--fleet <name>",
      "what the simulator has: small, large, regions (three accounts), a number of instances, or a JSON file of both",
    )
    .option("--folder <path>", "where the site keeps its state", ".local")
    .option(
      "--account <file|real>",
      "drive real OTC with the accounts of this JSON file (real: <folder>/accounts.json), in real time",
    )
    .option("--policies <file>", "YAML with the policies an empty site starts with")
    .option(
      "--page-port <port>",
      "where on 127.0.0.1 the status page is served; 0 takes any (default: the first free from 8484 on)",
    )
    .option("--no-page", "without the status page")
    .action(run);
}

/** What goes with --nights: it plays on a site of its own, in its own time, with the sample databases. */
const ofNights = ["nights", "json", "policies"];

async function run(options: Options, command: Command): Promise<void> {
  const isGiven = (name: string) => command.getOptionValueSource(name) === "cli";
  const strange = command.options.filter(
    (one) => isGiven(one.attributeName()) && !ofNights.includes(one.attributeName()),
  );
  if (options.nights !== undefined && strange.length > 0)
    throw new CliError(`${strange.map((one) => one.long).join(" and ")} cannot go with --nights`, {
      hint: "--nights plays on a site of its own that ends with it; without it a site is started that stays",
    });
  const tell = options.json === true ? () => {} : print;
  const policies = options.policies === undefined ? {} : { policiesFile: await validFile(options.policies) };
  if (options.nights !== undefined) {
    const nights = wholeNumber("--nights", options.nights, { min: 1, max: 366 });
    const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    const figures = await runNights({ nights, startAt: today + noonMs, print: tell, ...policies });
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    if (options.json !== true)
      remark(
        "These nights are over, and their site with them: `npm start` keeps one that every command can be asked of.",
      );
    return;
  }
  if (options.json === true) throw new CliError("--json goes with --nights");
  const speed = wholeNumber("--speed", options.speed, { min: 0, max: 3600 });
  const named = options.account === "real" ? `${options.folder}/accounts.json` : options.account;
  // Other verbs find it in the folder, from wherever they are called.
  const account = named === undefined ? {} : { accountFile: resolve(named) };
  const fleet = named === undefined ? await fleetOf(options) : undefined;
  if (named !== undefined && (isGiven("speed") || options.fleet !== undefined))
    throw new CliError("--account drives real OTC, in real time", { hint: "--speed and --fleet go without it" });
  const site = {
    folder: options.folder,
    page: options.page ? pageOptions(options) : undefined,
    signal: stopSignal(),
    print: tell,
    ...policies,
    ...(fleet === undefined ? {} : { fleet }),
  };
  await (speed === 0 ? runStanding(site) : runLive({ ...site, speed, ...account }));
}

/** The fleet asked for, else the one the site was started with last: what it holds cannot be told from another's ids. */
async function fleetOf({ fleet, folder }: Options): Promise<LocalFleet | undefined> {
  const named = fleet ?? (await readSiteFile(folder))?.fleet;
  return named === undefined ? undefined : { named, seed: fleetNamed(named) };
}

/** The path again. Throws CliError with every problem printed: a site without the policies that were meant backs nothing up. */
async function validFile(file: string): Promise<string> {
  const read = await readPolicyFiles([file], Date.now());
  for (const finding of read.findings) remark(findingText(finding));
  if (!read.findings.some(isProblem)) return file;
  throw new CliError(findingTally(read), { hint: "nothing was started; correct the problems first" });
}

function pageOptions({ pagePort }: Options): { port?: number } {
  return pagePort === undefined ? {} : { port: wholeNumber("--page-port", pagePort, { min: 0, max: 65535 }) };
}
