// Tables of a site that was killed while it made them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { expect, onTestFinished, test } from "vitest";
import { embeddedClient, localTableNames, startEmbeddedTables } from "../../local/embedded-tables.ts";

test("a site whose maker was killed before a table was finished says so, and what to do, instead of waiting for ever", async () => {
  const folder = mkdtempSync(join(tmpdir(), "unfinished-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const server = dynalite({ path: join(folder, "tables"), createTableMs: 1_000_000_000 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const client = embeddedClient(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  await client.send(
    new CreateTableCommand({
      TableName: localTableNames.policies,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "policyId", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "policyId", KeyType: "HASH" }],
    }),
  );
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(startEmbeddedTables(folder)).rejects.toMatchObject({
    name: "CannotStart",
    message: expect.stringContaining("was never finished"),
    hint: expect.stringContaining("remove the folder tables"),
  });
});
