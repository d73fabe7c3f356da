// The verb as a person types it, on a local site that does not run.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { coverageCommand } from "../../cli/commands/coverage.ts";
import { ConsoleNotifier } from "../../local/console-log.ts";
import { localTableNames } from "../../local/embedded-tables.ts";
import { SteppedClock } from "../../local/local-clock.ts";
import { openLocalSite } from "../../local/local-site.ts";
import { createBackups } from "../../shared/workflows/create-backups.ts";
import { surveyAccounts } from "../../shared/workflows/survey-accounts.ts";
import { aRow, noPolicies, slotAt } from "../support/test-site.ts";
import { cli } from "./a-cli.ts";

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A folder with a site that was surveyed once and stopped. */
async function aSurveyedFolder(row: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "otc-backup-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const clock = new SteppedClock(slotAt + 3_600_000);
  const notifier = new ConsoleNotifier(clock, () => {});
  const local = await openLocalSite({ clock, log: silent, notifier, folder, policiesFile: noPolicies });
  const put = new PutItemCommand({ TableName: localTableNames.policies, Item: marshall(row) });
  await local.tables.client.send(put);
  const tick = { stopAt: clock.now() + 60_000 };
  await createBackups(local.site, tick);
  await surveyAccounts(local.site, tick);
  await local.close();
  await writeFile(join(folder, "clock.json"), JSON.stringify({ at: new Date(clock.now()).toISOString() }));
  return folder;
}

async function typed(...words: string[]): Promise<{ said: string; exitCode: number }> {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  process.exitCode = 0;
  await coverageCommand().parseAsync(words, { from: "user" });
  write.mockRestore();
  const exitCode = Number(process.exitCode);
  process.exitCode = 0;
  return { said: lines.join(""), exitCode };
}

afterEach(() => void vi.restoreAllMocks());

test("what nobody backs up is listed by name, and the exit code says that somebody has to act", async () => {
  const folder = await aSurveyedFolder(aRow());
  const { said, exitCode } = await typed("--local", "--folder", folder);
  expect(exitCode).toBe(3);
  expect(said).toContain("UNCOVERED  crm-prod");
  expect(said).not.toContain("UNCOVERED  shop-prod");
});

test("when everything is covered it says so with exit code 0, and a limit gets its day", async () => {
  const { instanceIds: _ids, ...row } = aRow({ selector: { name: "*" } });
  const folder = await aSurveyedFolder(row);
  const { said, exitCode } = await typed("--local", "--folder", folder, "--json", "--limit", "70");
  expect(exitCode).toBe(0);
  expect(JSON.parse(said)).toMatchObject({
    needsAttention: false,
    accounts: [{ account: "demo", databases: 7, replicas: 1, covered: 7, uncovered: [] }],
    forecasts: [{ account: "demo", perDay: 7 }],
  });
  const shown = await cli("policies", "show", "nightly-shop", "--local", "--folder", folder, "--json");
  const { matched } = JSON.parse(shown.out);
  expect(matched).toMatchObject({ replicas: 1 });
  expect(matched.databases).toHaveLength(7);
});
