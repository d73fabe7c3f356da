// What following many backups costs in calls and writes, and that sparing them hides no failure.

import { expect, test } from "vitest";
import { aRow, aSite } from "../support/test-site.ts";

const databases = 30;
const ids = Array.from({ length: databases }, (_, n) => `${(0x6b0e0000 + n).toString(16)}d3b07384d113edec49eaa623in01`);

test("thirty backups cost little more than a POST and a look each, and a failure is seen in time", async () => {
  const { simulator, create, minutes, runs, notices, clock } = await aSite([
    aRow({ policyId: "fleet", instanceIds: ids, maxAttempts: 1 }),
  ]);
  for (const [n, id] of ids.entries())
    simulator.control.addInstance({ id, name: `db-${n}`, engine: "MySQL", volumeGb: 40, backupSizeKb: 1_000_000 });
  const before = simulator.control.calls().total;
  await create();
  await minutes(6);
  const [victim] = simulator.control.backups({ instanceId: ids[7] ?? "" });
  simulator.control.changeBackup(victim?.id ?? "", { now: "fail" });
  const failedAt = clock.now();
  await minutes(2);
  expect(notices.map((notice) => notice.subject)).toEqual([expect.stringContaining(ids[7] ?? "")]);
  const [failed] = (await runs("fleet")).filter((run) => run.state === "failed");
  // The bound and the ten seconds within which looks and their alerts are made.
  expect((failed?.finishedAt ?? 0) - failedAt).toBeLessThanOrEqual(130_000);
  await minutes(120);
  const states = (await runs("fleet")).map((run) => run.state);
  expect(states.filter((state) => state === "completed")).toHaveLength(databases - 1);
  expect((simulator.control.calls().total - before) / databases).toBeLessThanOrEqual(3);
});
