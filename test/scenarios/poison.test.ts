// Records that nobody can read: they stop no tick and no other run, they are never written over, and a human hears of them.

import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, test } from "vitest";
import { localTableNames } from "../../local/embedded-tables.ts";
import { aRow, aSite, instanceIds, liveBackups } from "../support/test-site.ts";

const slot = "2026-11-24T02:30Z";

/** A run's item as the next version of this software might write it, or as a hand might leave it. */
function aStrangeItem(fields: Record<string, unknown>): Record<string, unknown> {
  return {
    pk: "run#nightly-other",
    sk: `${slot}#${instanceIds.crm}`,
    policyId: "nightly-other",
    instanceId: instanceIds.crm,
    slotAt: "2026-11-24T02:30:00.000Z",
    state: "building",
    version: 7,
    lane: "poll",
    dueAt: "2026-11-24T02:29:00.000Z",
    ...fields,
  };
}

test.each([
  { name: "a newer form", fields: { schemaVersion: 2, hovering: true }, told: "was written by newer code" },
  { name: "no form at all", fields: { schemaVersion: 1, terms: "lost" }, told: "is not readable" },
])("a run of $name is left alone, stops nobody, and is told", async ({ fields, told }) => {
  const site = await aSite([aRow()]);
  const item = marshall(aStrangeItem(fields));
  await site.tables.client.send(new PutItemCommand({ TableName: localTableNames.ledger, Item: item }));
  await site.minutes(30);
  await site.audit();
  expect(liveBackups(site.simulator)).toMatchObject([{ status: "COMPLETED" }]);
  expect(await site.runs()).toMatchObject([{ state: "completed" }]);
  expect(site.notices).toMatchObject([{ level: "page", subject: "PAGE runs-stuck: the ledger" }]);
  expect(site.notices[0]?.body).toContain(told);
  expect(site.notices[0]?.body).toContain("run#nightly-other");
  const Key = { pk: { S: "run#nightly-other" }, sk: { S: `${slot}#${instanceIds.crm}` } };
  const stored = await site.tables.client.send(new GetItemCommand({ TableName: localTableNames.ledger, Key }));
  expect(stored.Item).toEqual(item);
});
