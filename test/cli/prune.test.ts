// The verbs prune and hold on a site that does not run, as a person would type them.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { localTableNames, startEmbeddedTables } from "../../local/embedded-tables.ts";
import { DynamoDbRunStore } from "../../shared/adapters/dynamodb-run-store.ts";
import { DynamoDbTable } from "../../shared/adapters/dynamodb-table.ts";
import { nights } from "../support/retention-history.ts";
import { aRow } from "../support/test-site.ts";

const run = promisify(execFile);
interface Said {
  readonly out: string;
  readonly code: number;
}

/** A folder with the tables of a local site: a policy that keeps two of its four nights. */
async function aFolder(): Promise<(...args: string[]) => Promise<Said>> {
  const folder = mkdtempSync(join(tmpdir(), "prune-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const tables = await startEmbeddedTables(folder);
  const row = aRow({ retention: { keepLast: 2, minimum: 1 } });
  await tables.client.send(new PutItemCommand({ TableName: localTableNames.policies, Item: marshall(row) }));
  const ledger = new DynamoDbTable(tables.client, localTableNames.ledger);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const runs = new DynamoDbRunStore(ledger, { log, newWriteId: () => "planted" });
  for (const night of nights(4, "2026-11-24")) await runs.insert({ ...night, account: "demo" });
  await tables.close();
  return async (...args) => {
    const typed = ["cli/otc-backup.js", ...args, "--local", "--folder", folder];
    return run(process.execPath, typed, { env: { ...process.env, TZ: "UTC", NO_COLOR: "1" } }).then(
      ({ stdout }) => ({ out: stdout, code: 0 }),
      (error: { stderr: string; code: number }) => ({ out: error.stderr, code: error.code }),
    );
  };
}

test("a dry run says what stays and what goes, and a hold changes that", async () => {
  const type = await aFolder();
  const plan = async () => {
    const { out } = await type("prune", "--dry-run", "--json", "--now", "2026-11-24T09:00Z");
    const [database] = JSON.parse(out).databases;
    return { remove: database.remove.map((entry: { slot: string }) => entry.slot), refused: database.refused };
  };
  expect(await plan()).toEqual({ remove: ["2026-11-22T02:30Z", "2026-11-21T02:30Z"], refused: [] });

  expect(await type("hold", "b-2026-11-21T02:30Z", "--reason", "before the migration")).toMatchObject({ code: 0 });
  expect(await plan()).toEqual({ remove: ["2026-11-22T02:30Z"], refused: [] });
}, 120_000);
