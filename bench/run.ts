// `npm run bench`: the performance figures, each beside its floor. Times are only worth comparing within one run; counts are
// the same everywhere, and `npm test` holds the ones that matter. What the figures mean is in docs/performance.md.

import { Command, InvalidArgumentError } from "commander";
import { bundles } from "./bundles.ts";
import { type Figure, figureJson, figureText, meetsTarget } from "./figure.ts";
import { fleetNight } from "./fleet-night.ts";
import { idleTick } from "./idle-tick.ts";

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("give a number above 0");
  return value;
}

function counts(text: string): number[] {
  const values = text.split(",").filter((part) => part !== "");
  if (!values.every((part) => /^[1-9]\d*$/.test(part))) throw new InvalidArgumentError("give whole numbers, as 10,100");
  return values.map(Number);
}

const program = new Command("bench")
  .description("performance figures, each beside its floor")
  .option("--json", "one JSON value instead of text")
  .option("--fleets <n,…>", "databases that are due at one slot", counts, [10, 100, 1000])
  .option("--policies <n,…>", "policies of which none is due", counts, [1000, 10_000, 100_000])
  .option("--rate <n>", "calls per second that OTC admits, which we are not told", positive, 10)
  .option("--ceilings <n,…>", "calls per second that our configuration allows", counts)
  .option("--latency <ms>", "simulated milliseconds until OTC answers", positive, 250)
  .option("--poll-bound <s>", "longest time between two looks at a building backup, in seconds", positive, 120)
  .option("--speed <n>", "simulated seconds per second; default: 60 calls per second of this machine", positive)
  .option("--fail-every <n>", "every so manieth backup fails", positive, 20)
  .option("--no-bundles", "leave the bundles out")
  .parse();
const options = program.opts<{
  json?: boolean;
  fleets: number[];
  policies: number[];
  rate: number;
  ceilings?: number[];
  latency: number;
  pollBound: number;
  speed?: number;
  failEvery: number;
  bundles: boolean;
}>();
const settings = {
  ...options,
  // One that does not bind, so that the limit has to be found; one that says the truth, so that create-backups has 70 % of it.
  ceilings: options.ceilings ?? [Math.ceil(options.rate * 20), Math.ceil(options.rate)],
  speed: options.speed ?? Math.max(1, 60 / options.rate),
};

let shownAt = 0;
const progress = (text: string) => {
  if (Date.now() - shownAt < 1000) return;
  shownAt = Date.now();
  process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${text}` : `${text}\n`);
};

const figures: Figure[] = [];
const { rate: permittedRate, latency: latencyMs, pollBound: pollBoundSeconds, speed, failEvery } = settings;
const surroundings = { permittedRate, latencyMs, pollBoundSeconds, speed, failEvery, progress };
for (const databases of settings.fleets)
  for (const ceiling of settings.ceilings) figures.push(...(await fleetNight({ databases, ceiling, ...surroundings })));
for (const policies of settings.policies) figures.push(...(await idleTick(policies, progress)));
if (settings.bundles) figures.push(...bundles(progress));
if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
process.stdout.write(`${settings.json === true ? figureJson(figures, settings) : figureText(figures)}\n`);
const missed = figures.filter((figure) => !meetsTarget(figure)).length;
if (missed > 0) process.stderr.write(`${missed} figures miss their target\n`);
process.exit(0);
