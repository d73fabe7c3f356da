// The counts that make up what a backup costs, held with a little slack: calls at OTC, items read and written, bytes loaded.
// They are the same on every machine; what they come to in money is in docs/cost.md.

import { expect, test } from "vitest";
import { countTables } from "../../bench/counted-tables.ts";
import { aRow, aSite } from "../support/test-site.ts";

const databases = 40;
const ids = Array.from({ length: databases }, (_, n) => `${(0x6b0e0000 + n).toString(16)}d3b07384d113edec49eaa623in01`);

test("a backup costs at most 2.6 calls and a run at most 6 writes, the index included", async () => {
  const { simulator, create, minutes, runs, tables } = await aSite([aRow({ policyId: "fleet", instanceIds: ids })]);
  for (const [n, id] of ids.entries())
    simulator.control.addInstance({ id, name: `db-${n}`, engine: "MySQL", volumeGb: 40, backupSizeKb: 1_000_000 });
  const callsBefore = simulator.control.calls().total;
  const counts = countTables(tables.client);
  await create();
  await minutes(90);
  expect((await runs("fleet")).map((run) => run.state)).toEqual(ids.map(() => "completed"));
  expect((simulator.control.calls().total - callsBefore) / databases).toBeLessThanOrEqual(2.6);
  expect((counts.writes - counts.siteWrites + counts.indexWrites) / databases).toBeLessThanOrEqual(6);
  expect(counts.writeUnits / counts.writes).toBeLessThanOrEqual(3);
});

test("a tick with nothing due reads each row once and four records of its own, and writes one", async () => {
  const rows = 60;
  const idle = Array.from({ length: rows }, (_, n) => aRow({ policyId: `policy-${n}`, schedule: "0 12 * * *" }));
  const { create, poll, minutes, tables, simulator } = await aSite(idle);
  await minutes(2);
  const counts = countTables(tables.client);
  const callsBefore = simulator.control.calls().total;
  await create();
  expect(counts.reads - rows).toBeLessThanOrEqual(4);
  expect(counts.writes + counts.indexWrites).toBeLessThanOrEqual(1);
  const readsOfCreate = counts.reads;
  await poll();
  expect(counts.reads - readsOfCreate).toBeLessThanOrEqual(4);
  expect(counts.writes + counts.indexWrites).toBeLessThanOrEqual(1);
  expect(simulator.control.calls().total).toBe(callsBefore);
});
