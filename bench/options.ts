// What `npm run bench` can be asked for. Wrong input is refused before anything is measured, with the option, the value and what
// would be right.

import { Command, InvalidArgumentError } from "commander";

export interface BenchOptions {
  readonly json: boolean;
  readonly fleets: readonly number[];
  /** Databases of one account, on a virtual clock. */
  readonly virtual: readonly number[];
  /** Numbers of shards that a large site is tried with, on a virtual clock. */
  readonly shards: readonly number[];
  readonly accounts: number;
  readonly perAccount: number;
  readonly policies: readonly number[];
  readonly rate: number;
  readonly ceilings: readonly number[];
  readonly latency: number;
  readonly pollBound: number;
  readonly speed: number;
  readonly failEvery: number;
  /** Whether what a user would pick today is measured beside the nights on a virtual clock. */
  readonly beside: boolean;
  readonly bundles: boolean;
}

/** Above this a tenth of a second of this machine would count for more than a second of the night, unless asked for. */
const highestSpeed = 10;
/** As the functions' own setting allows. */
const highestCeiling = 1000;

function numberFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most))
      throw new InvalidArgumentError(`give a number from ${least} to ${most}`);
    return value;
  };
}

function wholeTo(most: number): (text: string) => number {
  return (text) => {
    if (!/^[1-9]\d*$/.test(text) || Number(text) > most)
      throw new InvalidArgumentError(`give a whole number from 1 to ${most}`);
    return Number(text);
  };
}

function listOf(most: number): (text: string) => number[] {
  return (text) => {
    const values = text.split(",").filter((part) => part !== "");
    if (!values.every((part) => /^[1-9]\d*$/.test(part) && Number(part) <= most))
      throw new InvalidArgumentError(`give whole numbers from 1 to ${most}, as 10,100`);
    return values.map(Number);
  };
}

/** Ends the process on `--help`; throws CommanderError, whose message has been printed, on wrong input. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const program = new Command("bench")
    .description("performance figures, each beside its floor")
    .option("--json", "one JSON value instead of text", false)
    .option("--fleets <n,…>", "databases that are due at one slot", listOf(100_000), [10, 100, 1000])
    .option("--virtual <n,…>", "the same on a virtual clock", listOf(100_000), [1000])
    .option("--shards <n,…>", "schedules that share the accounts of a large site, on a virtual clock", listOf(20), [])
    .option("--accounts <n>", "with --shards: accounts of the site", wholeTo(1000), 50)
    .option("--per-account <n>", "with --shards: databases of each account", wholeTo(10_000), 400)
    .option("--policies <n,…>", "policies of which none is due", listOf(1_000_000), [1000, 10_000, 100_000])
    .option("--rate <n>", "calls per second that OTC admits, which we are not told", numberFrom(0.1, 10_000), 10)
    .option("--ceilings <n,…>", "calls per second that our configuration allows", listOf(highestCeiling))
    .option("--latency <ms>", "simulated milliseconds until OTC answers", numberFrom(0, 14_000), 250)
    .option("--poll-bound <s>", "longest time between two looks at a building backup", numberFrom(30, 3600), 120)
    .option("--speed <n>", "simulated seconds per second; default: 60 calls per second here", numberFrom(0.1, 1000))
    .option("--fail-every <n>", "every so manieth backup fails", numberFrom(2, 1_000_000), 20)
    .option("--no-beside", "leave out the tools beside the nights on a virtual clock")
    .option("--no-bundles", "leave the bundles out")
    .exitOverride()
    .allowExcessArguments(false)
    .parse(args, { from: "user" });
  const { ceilings, speed, ...given } = program.opts<
    Omit<BenchOptions, "ceilings" | "speed"> & { ceilings?: number[]; speed?: number }
  >();
  return {
    ...given,
    ceilings: ceilings ?? ceilingsFor(given.rate),
    speed: speed ?? Math.min(highestSpeed, Math.max(1, 60 / given.rate)),
  };
}

/** One that does not bind, so that the limit has to be found; one that says the truth. */
function ceilingsFor(rate: number): number[] {
  const ceilings = [rate * 20, rate].map((one) => Math.min(highestCeiling, Math.ceil(one)));
  return [...new Set(ceilings)];
}
