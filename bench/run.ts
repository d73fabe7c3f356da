// `npm run bench`: the performance figures, each beside its floor. Times are only worth comparing within one run; counts are
// the same everywhere, and `npm test` holds the ones that matter. What the figures mean is in docs/performance.md.

import { CommanderError } from "commander";
import { bundles } from "./bundles.ts";
import { type Figure, figureJson, figureText, meetsTarget } from "./figure.ts";
import { fleetNight } from "./fleet-night.ts";
import { idleTick } from "./idle-tick.ts";
import { type BenchOptions, parseOptions } from "./options.ts";
import { besideUs } from "./virtual/beside.ts";
import { virtualNight } from "./virtual/virtual-night.ts";

let shownAt = 0;
const progress = (text: string) => {
  if (Date.now() - shownAt < 1000) return;
  shownAt = Date.now();
  process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${text}` : `${text}\n`);
};

async function measure(options: BenchOptions): Promise<Figure[]> {
  const { rate: permittedRate, latency: latencyMs, pollBound: pollBoundSeconds, speed, failEvery } = options;
  const surroundings = { permittedRate, latencyMs, pollBoundSeconds, speed, failEvery, progress };
  const figures: Figure[] = [];
  for (const databases of options.fleets)
    for (const ceiling of options.ceilings)
      figures.push(...(await fleetNight({ databases, ceiling, ...surroundings })));
  for (const databases of options.virtual)
    for (const ceiling of options.ceilings)
      figures.push(...(await virtualNight({ databases, ceiling, ...surroundings })));
  if (options.beside)
    for (const databases of options.virtual)
      figures.push(...(await besideUs({ databases, ceiling: permittedRate, ...surroundings })));
  const { accounts, perAccount } = options;
  const site = { accounts, databases: accounts * perAccount, ceiling: permittedRate };
  for (const shards of options.shards) figures.push(...(await virtualNight({ ...site, shards, ...surroundings })));
  for (const policies of options.policies) figures.push(...(await idleTick(policies, progress)));
  if (options.bundles) figures.push(...bundles(progress));
  return figures;
}

try {
  const options = parseOptions(process.argv.slice(2));
  const figures = await measure(options);
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
  process.stdout.write(`${options.json ? figureJson(figures, options) : figureText(figures)}\n`);
  const missed = figures.filter((figure) => !meetsTarget(figure)).length;
  if (missed > 0) process.stderr.write(`${missed} figures miss their target\n`);
  process.exit(0);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exit(error.exitCode === 0 ? 0 : 2);
}
