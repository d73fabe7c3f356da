// `npm run fleet`: a fleet of three accounts through many nights, driven from outside. Exit code 1 when a report was not the
// truth. The folder stays for whoever wants to look.

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
const folder = mkdtempSync(join(tmpdir(), "fleet-"));
const tell = (line: string) => void process.stdout.write(`${line}\n`);
tell(`in ${folder}`);
const wrong = await fleetNights({
  folder,
  databasesEach: Number(values.databases),
  nights: Number(values.nights),
  seed: Number(values.seed),
  tell,
  start: startDrivenSite,
});
tell(wrong.length === 0 ? "every dawn's report was the truth" : `${wrong.length} differences`);
process.exitCode = wrong.length === 0 ? 0 : 1;
