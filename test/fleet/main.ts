// `npm run fleet`: a fleet of three accounts through many nights, driven from outside. Exit code 1 when a report was not the
// truth, 2 when it was called wrongly. The folder stays for whoever wants to look.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startDrivenSite } from "./driven-site.ts";
import { fleetNights } from "./fleet-nights.ts";

const { values } = parseArgs({
  options: {
    databases: { type: "string", default: "400" },
    nights: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
  },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
const counts = { databasesEach: Number(values.databases), nights: Number(values.nights), seed: Number(values.seed) };
if (!Object.values(counts).every((n) => Number.isSafeInteger(n) && n > 0)) {
  console.error("--databases, --nights and --seed are whole numbers above 0");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "fleet-"));
const tell = (line: string) => void process.stdout.write(`${line}\n`);
tell(`in ${folder}`);
const wrong = await fleetNights({
  folder,
  ...counts,
  tell,
  start: startDrivenSite,
});
tell(wrong.length === 0 ? "every dawn's report was the truth" : `${wrong.length} differences`);
process.exitCode = wrong.length === 0 ? 0 : 1;
