// `npm run simulate`: runs seeds on all cores, shows progress, and for the first failing seed prints how to see it again
// and the shortest story that still breaks the same promise.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { generateScenario } from "./plan/generate-scenario.ts";
import { nothing, runSeeds, type Tally, together } from "./run-seeds.ts";
import { shrink } from "./shrink.ts";
import { tellStory } from "./story.ts";

const usage = `npm run simulate -- [--seeds N] [--from F] [--seed S] [--workers W] [--json]
  --seeds N    how many seeds to run (default 2000), from F (default 1; "now" takes seeds nobody has run yet)
  --seed S     one seed: prints its story, shrunk when it breaks a promise
  --workers W  threads (default: all cores)
  --until-broken  stops at the first broken promise
  --json       one JSON object as the last line`;

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly seed: number | undefined;
  readonly workers: number;
  readonly json: boolean;
  readonly untilBroken: boolean;
}

const stretch = 20;

function readOptions(): Options {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      seeds: text,
      from: text,
      seed: text,
      workers: text,
      json: { type: "boolean" },
      "until-broken": { type: "boolean" },
    },
  });
  return {
    seeds: wholeNumber("seeds", values.seeds) ?? 2000,
    from: values.from === "now" ? Math.floor(Date.now() / 1000) : (wholeNumber("from", values.from) ?? 1),
    seed: wholeNumber("seed", values.seed),
    workers: wholeNumber("workers", values.workers) ?? availableParallelism(),
    json: values.json ?? false,
    untilBroken: values["until-broken"] ?? false,
  };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text) || (name !== "from" && name !== "seed" && Number(text) === 0))
    throw new Error(`--${name} is ${JSON.stringify(text)}: give a whole number${name === "seed" ? "" : " above 0"}`);
  return Number(text);
}

async function runAll(options: Options): Promise<Tally> {
  const endAt = options.from + options.seeds;
  let next = options.from;
  let tally = nothing;
  let lastShownAt = Date.now();
  const startedAt = Date.now();
  const take = () => {
    const seeds = { from: next, count: Math.min(stretch, endAt - next) };
    next += seeds.count;
    return seeds;
  };
  const note = (part: Tally) => {
    tally = together(tally, part);
    if (options.untilBroken && tally.failures.length > 0) next = endAt;
    for (const { seed, violations } of part.failures)
      console.error(`seed ${seed}: ${violations.map((v) => `${v.invariant} ${v.what}`)[0]}`);
    if (Date.now() - lastShownAt < 5_000) return;
    lastShownAt = Date.now();
    const perSecond = Math.round(tally.seeds / ((lastShownAt - startedAt) / 1000));
    console.error(`${tally.seeds} of ${options.seeds} seeds, ${tally.failures.length} broken, ${perSecond} a second`);
  };
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL("seed-worker.ts", import.meta.url));
      const more = () => {
        if (next < endAt) worker.postMessage(take());
        else worker.terminate().then(() => resolve(), reject);
      };
      worker.on("error", reject);
      worker.on("message", (part: Tally) => {
        note(part);
        more();
      });
      more();
    });
  if (options.workers === 1) while (next < endAt) note(await runSeeds(take()));
  else await Promise.all(Array.from({ length: options.workers }, work));
  return tally;
}

async function explain(seed: number, invariant: string): Promise<void> {
  console.error(`\nagain: npm run simulate -- --seed ${seed}`);
  const small = await shrink(generateScenario(seed), invariant);
  for (const line of await tellStory(small)) console.error(line);
}

async function main(): Promise<number> {
  const options = readOptions();
  const one = options.seed;
  const tally = one === undefined ? await runAll(options) : await runSeeds({ from: one, count: 1 });
  const first = tally.failures.toSorted((a, b) => a.seed - b.seed)[0];
  const invariant = first?.violations[0]?.invariant;
  if (first !== undefined && invariant !== undefined && !options.untilBroken) await explain(first.seed, invariant);
  else if (one !== undefined) for (const line of await tellStory(generateScenario(one))) console.error(line);
  const { failures, ...sums } = tally;
  const from = one ?? options.from;
  if (options.json)
    console.log(JSON.stringify({ from, ...sums, violations: failures.length, failures: failures.slice(0, 20) }));
  else {
    const counts = `${sums.backups} backups, ${sums.invocations} invocations, ${sums.effects} effects, ${sums.faults} faults`;
    console.log(`${sums.seeds} seeds from ${from}: ${failures.length} broken; ${counts}`);
  }
  return failures.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 2;
}
