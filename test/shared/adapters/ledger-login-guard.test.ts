// At most one attempt per credential version, however many processes there are and whichever version each still holds.

import { expect, onTestFinished, test } from "vitest";
import { localTableNames, startEmbeddedTables } from "../../../local/embedded-tables.ts";
import { SteppedClock } from "../../../local/local-clock.ts";
import { DynamoDbTable } from "../../../shared/adapters/dynamodb-table.ts";
import { breakerMs, LedgerLoginGuard } from "../../../shared/adapters/ledger-login-guard.ts";

const wrong = { code: "IAM.0062", locked: false };

async function guards(count: number) {
  const tables = await startEmbeddedTables();
  onTestFinished(() => tables.close());
  const clock = new SteppedClock(Date.UTC(2026, 10, 24, 2, 30));
  const table = new DynamoDbTable(tables.client, localTableNames.ledger);
  return { clock, guards: Array.from({ length: count }, () => new LedgerLoginGuard(table, clock, "prod")) };
}

test("of several processes at once one may try, and once it is refused none may until the breaker closes", async () => {
  const { clock, guards: all } = await guards(4);
  const permits = await Promise.all(all.map((guard) => guard.begin("v1")));
  expect(permits.filter((permit) => permit.allowed)).toHaveLength(1);
  await all[0]?.refused("v1", wrong);
  for (const guard of all) expect(await guard.begin("v1")).toMatchObject({ allowed: false, reason: "refused-before" });
  clock.set(clock.now() + breakerMs);
  expect(await all[1]?.begin("v1")).toEqual({ allowed: true });
});

test("a process that still holds the refused version is refused, also after a newer one was accepted", async () => {
  const { guards: all } = await guards(2);
  const [early, late] = all;
  await early?.begin("v1");
  await early?.refused("v1", wrong);
  expect(await early?.begin("v2")).toEqual({ allowed: true });
  await early?.succeeded("v2", {});
  expect(await late?.begin("v1")).toMatchObject({ allowed: false, reason: "refused-before" });
  expect(await late?.begin("v2")).toEqual({ allowed: true });
});

test("a verdict reported between the first reading and the claim is found under the claim", async () => {
  const { guards: all } = await guards(2);
  const [first, second] = all;
  await first?.begin("v1");
  expect(await second?.begin("v1")).toMatchObject({ reason: "in-progress" });
  await first?.refused("v1", wrong);
  expect(await second?.begin("v1")).toMatchObject({ reason: "refused-before" });
});

test("a process that died at its login holds the others up for half a minute, and no longer", async () => {
  const { clock, guards: all } = await guards(2);
  await all[0]?.begin("v1");
  clock.set(clock.now() + 29_000);
  expect(await all[1]?.begin("v1")).toMatchObject({ reason: "in-progress" });
  clock.set(clock.now() + 1_000);
  expect(await all[1]?.begin("v1")).toEqual({ allowed: true });
});
