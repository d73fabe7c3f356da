// One account's login is broken, another one is throttled to a call a second: the nights of the third are, to the minute, those it
// has when all is well.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { type AccountName, accountNames, aDatabase, fleetFile, policiesOf, projectOf, rowOf } from "./fleet-model.ts";
import { type SiteInProcess, siteInProcess } from "./site-in-process.ts";

const minuteMs = 60_000;
const startAt = Date.UTC(2026, 10, 24, 22);
const everything = { fromAt: 0, toAt: Date.UTC(2100, 0) };

async function aFleet(databasesEach: number): Promise<SiteInProcess> {
  const folder = mkdtempSync(join(tmpdir(), "isolation-"));
  const databases = accountNames.flatMap((account) =>
    Array.from({ length: databasesEach }, (_, n) => aDatabase(account, n)),
  );
  const policies = accountNames.flatMap((account) => policiesOf(account, databases)).filter((one) => isTagged(one));
  const [fleet, rows] = [join(folder, "fleet.json"), join(folder, "policies.yaml")];
  writeFileSync(fleet, JSON.stringify(fleetFile(databases)));
  writeFileSync(rows, stringify(policies.map(rowOf)));
  const site = await siteInProcess({ folder, fleetFile: fleet, policiesFile: rows, startAt });
  onTestFinished(async () => {
    await site.close();
    rmSync(folder, { recursive: true });
  });
  return site;
}

const isTagged = ({ policyId }: { policyId: string }) => policyId.endsWith("-tagged");

/** Everything a person could tell one night from another by. Instants count in whole minutes. */
async function nightOf(site: SiteInProcess, account: AccountName) {
  const minutesIn = (at: number | undefined) => (at === undefined ? undefined : Math.floor((at - startAt) / minuteMs));
  const runs = await site.local.site.runs.ofPolicy(`${account}-tagged`, everything);
  return {
    runs: runs.map((run) => ({
      ...{ name: run.name, state: run.state, attempt: run.attempt, alerts: run.alerts.map(({ kind }) => kind) },
      requested: minutesIn(run.requestedAt),
      accepted: minutesIn(run.acceptedAt),
      finished: minutesIn(run.finishedAt),
    })),
    told: site.notices.filter(({ body }) => body.includes(account)).map(({ subject }) => subject),
  };
}

test("to the minute, a healthy account does not notice what befalls the others", async () => {
  const allWell = await aFleet(20);
  await allWell.passTo(startAt + 100 * minuteMs);
  const troubled = await aFleet(20);
  await troubled.control("POST", "/users/north-backup/password", { password: "changed-unannounced" });
  await troubled.control("POST", "/tokens/expire");
  await troubled.control("PATCH", `/knobs?projectId=${projectOf("south")}`, {
    rateLimitPerSecond: 1,
    rateLimitBurst: 1,
  });
  await troubled.passTo(startAt + 100 * minuteMs);

  const healthy = await nightOf(troubled, "alps");
  expect(healthy).toEqual(await nightOf(allWell, "alps"));
  expect(healthy.runs.map(({ state }) => state)).toEqual(Array(20).fill("completed"));
  expect(healthy.told).toEqual([]);

  // The throttled one is slower and complete; the broken one is told of once, and its slot is not lost sight of.
  const throttled = await nightOf(troubled, "south");
  expect(throttled.runs.map(({ state }) => state)).toEqual(Array(20).fill("completed"));
  expect(throttled.told).toEqual([]);
  expect(JSON.stringify(await troubled.control("GET", "/calls"))).toContain('"429":');
  const broken = await nightOf(troubled, "north");
  expect(broken.told).toEqual(["PAGE account-unusable: account north"]);
  expect(broken.runs.map(({ state }) => state)).toEqual(["waiting"]);
}, 300_000);
