// DELETE /backups/{id} and the batch: what goes, what is refused, and what a lost answer leaves behind.

import { describe, expect, test } from "vitest";
import { aSimulator, create, hourMs, ids, minuteMs, startAt } from "./a-simulator.ts";

const { simulator, rds } = await aSimulator();
const { control } = simulator;

async function finished(name = "nightly-01", instanceId = ids.shop): Promise<string> {
  const id = await create(rds, name, instanceId);
  control.changeBackup(id, { now: "complete" });
  return id;
}
const statuses = async () =>
  (await rds.get(`/backups?instance_id=${ids.shop}`)).body.backups.map((row: { status: string }) => row.status);

test("a deletion answers with nothing, the row is DELETING for a while, then gone", async () => {
  const id = await finished();
  const answer = await rds.delete(`/backups/${id}`);
  expect([answer.status, answer.body]).toEqual([200, ""]);
  expect(await statuses()).toEqual(["DELETING"]);
  control.advanceClock(2 * minuteMs);
  expect(await statuses()).toEqual([]);
  expect(control.backups()).toMatchObject([{ id, status: "GONE", goneBecause: "deleted" }]);
});

test.each([200, 202, 204] as const)("accepted with %s, as the knob says", async (status) => {
  control.setKnobs({ deleteStatus: status });
  expect((await rds.delete(`/backups/${await finished()}`)).status).toBe(status);
});

describe("what is refused", () => {
  test("one that is BUILDING, unless a knob lets it go", async () => {
    const id = await create(rds, "nightly-01");
    expect(await rds.delete(`/backups/${id}`)).toMatchObject({ status: 400, body: { error_code: "DBS.201208" } });
    control.setKnobs({ refusals: { deleteBuilding: { status: 409 } } });
    expect((await rds.delete(`/backups/${id}`)).status).toBe(409);
    control.setKnobs({ refusals: { deleteBuilding: null } });
    expect((await rds.delete(`/backups/${id}`)).status).toBe(200);
  });

  test("a FAILED one only where a knob says so", async () => {
    const id = await create(rds, "nightly-01");
    control.changeBackup(id, { now: "fail" });
    control.setKnobs({ failedDeletable: false });
    expect((await rds.delete(`/backups/${id}`)).status).toBe(400);
    control.setKnobs({ failedDeletable: true });
    expect((await rds.delete(`/backups/${id}`)).status).toBe(200);
  });

  test("an automated one, one that is being restored, and an unknown one", async () => {
    const { id } = control.addBackup({
      instanceId: ids.shop,
      name: "automated",
      type: "auto",
      beginAt: startAt - hourMs,
    });
    expect((await rds.delete(`/backups/${id}`)).body.error_code).toBe("DBS.212003");
    const restored = await finished();
    control.changeBackup(restored, { restoringUntilAt: startAt + hourMs });
    expect((await rds.delete(`/backups/${restored}`)).body.error_code).toBe("DBS.201319");
    expect(await rds.delete("/backups/ffffffffffffffffffffffffffffffffbr01")).toMatchObject({
      status: 404,
      body: { error_code: "DBS.201010" },
    });
    expect(control.backups().every((backup) => backup.deleteRequestedAt === null)).toBe(true);
  });

  test("twice: 409 while it goes, 404 when it is gone, or both accepted", async () => {
    const id = await finished();
    await rds.delete(`/backups/${id}`);
    expect((await rds.delete(`/backups/${id}`)).status).toBe(409);
    control.setKnobs({ refusals: { deleteDeleting: null } });
    expect((await rds.delete(`/backups/${id}`)).status).toBe(200);
    control.advanceClock(2 * minuteMs);
    expect((await rds.delete(`/backups/${id}`)).status).toBe(404);
    control.setKnobs({ refusals: { deleteGone: null } });
    expect((await rds.delete(`/backups/${id}`)).status).toBe(200);
  });
});

test("a batch of SQL Server backups: each has its own outcome", async () => {
  const erp = await finished("erp-01", ids.erp);
  const shop = await finished("shop-01", ids.shop);
  const answer = await rds.post("/backups/batch-delete", { backup_ids: [erp, shop, "unknown"] });
  expect(answer.body.delete_results).toMatchObject([
    { backup_id: erp, error_code: "0", error_msg: "Success" },
    { backup_id: shop, error_code: "DBS.200041" },
    { backup_id: "unknown", error_code: "DBS.201010" },
  ]);
  expect(control.backups({ name: "erp-01" })[0]?.status).toBe("DELETING");
  expect(control.backups({ name: "shop-01" })[0]?.status).toBe("COMPLETED");
  expect((await rds.post("/backups/batch-delete", { backup_ids: [] })).status).toBe(400);
  expect((await rds.post("/backups/batch-delete", { backup_ids: Array(51).fill(erp) })).status).toBe(400);
});

test("a lost answer deletes all the same; a 409 and a 500 do not", async () => {
  const id = await finished();
  const rule = { operation: "delete-backup" } as const;
  control.setFaults([
    { ...rule, action: { kind: "status", status: 409 } },
    { ...rule, action: { kind: "status", status: 500 } },
    { ...rule, action: { kind: "drop-after" } },
  ]);
  expect((await rds.delete(`/backups/${id}`)).status).toBe(409);
  expect((await rds.delete(`/backups/${id}`)).status).toBe(500);
  expect(await statuses()).toEqual(["COMPLETED"]);
  await expect(rds.delete(`/backups/${id}`)).rejects.toThrow();
  expect(await statuses()).toEqual(["DELETING"]);
});
