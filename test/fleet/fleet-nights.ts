// A fleet's nights driven from outside: at every dawn what the command line says is compared with the truth.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { readReport } from "./dawn-report.ts";
import type { DrivenSite, DrivenSiteOptions } from "./driven-site.ts";
import { FleetDriver } from "./fleet-driver.ts";
import { aNoon, dice } from "./fleet-events.ts";
import { accountNames, dayMs, firstDatabases, fleetFile, policiesOf, rowOf } from "./fleet-model.ts";
import { type Dawn, lostOf, truthAtDawn } from "./fleet-truth.ts";

const hourMs = 3_600_000;

export interface NightsOptions {
  readonly folder: string;
  readonly databasesEach: number;
  readonly nights: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
  readonly start: (options: DrivenSiteOptions) => Promise<DrivenSite>;
}

/** One line per difference between report and truth. */
export async function fleetNights(options: NightsOptions): Promise<string[]> {
  const { folder, databasesEach, nights, tell } = options;
  const databases = accountNames.flatMap((account) => firstDatabases(account, databasesEach));
  const policies = accountNames.flatMap((account) => policiesOf(account, databases));
  const [fleet, rows] = [join(folder, "fleet.json"), join(folder, "policies.yaml")];
  writeFileSync(fleet, JSON.stringify(fleetFile(databases)));
  writeFileSync(rows, stringify(policies.map(rowOf)));
  const site = await options.start({ folder, fleetFile: fleet, policiesFile: rows });
  try {
    const firstDay = Math.ceil(((await site.now()) - 12 * hourMs) / dayMs);
    const driver = new FleetDriver(site, { databases, policies, now: await site.now() });
    const roll = dice(options.seed);
    const wrong: string[] = [];
    for (let night = 0; night < nights; night += 1) {
      const day = (firstDay + night) * dayMs;
      await driver.passTo(day + 12 * hourMs);
      const told = night === 0 ? [] : await aNoon({ driver, night, roll });
      const startedAt = Date.now();
      await driver.passTo(day + 30 * hourMs);
      const passedMs = Date.now() - startedAt;
      const differences = await compareDawn(driver);
      tell(`night ${night}: ${Math.round(passedMs / 1000)} s, ${differences.length} differences (${told.join("; ")})`);
      for (const line of differences) tell(`  ${line}`);
      wrong.push(...differences.map((line) => `night ${night}: ${line}`));
    }
    return wrong;
  } finally {
    await site.close();
  }
}

async function compareDawn(driver: FleetDriver): Promise<string[]> {
  const backups = await driver.backups();
  const report = await readReport(driver.site, driver.policies);
  return accountNames.flatMap((account) => {
    const truth = truthAtDawn(driver.facts(account, backups));
    const vanished = lostOf(account, { backups, untilAt: driver.now });
    const said = report.at(account);
    // What vanished within the last day may be found already.
    const lost = said.lost.filter((name) => truth.lost.includes(name) || !vanished.includes(name));
    return differencesOf({ ...said, lost }, truth, (key) => report.why(key)).map((line) => `${account} ${line}`);
  });
}

function differencesOf(said: Dawn, truth: Dawn, why: (key: string) => string): string[] {
  const fields = Object.keys(truth) as (keyof Dawn)[];
  return fields.flatMap((field) => {
    const [a, b] = [said[field], truth[field]];
    if (isDeepStrictEqual(a, b)) return [];
    if (!Array.isArray(a) || !Array.isArray(b))
      return [`${field}: said ${JSON.stringify(a)}, true is ${JSON.stringify(b)}`];
    const only = (one: string[], other: string[]) => one.filter((id) => !other.includes(id)).slice(0, 5);
    const reasons = field === "atRisk" ? only(a, b).map((key) => ` [${why(key)}]`) : [];
    return [`${field}: said too much ${only(a, b)}, too little ${only(b, a)}${reasons.join("")}`];
  });
}
