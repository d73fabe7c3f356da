// The fault plan: which calls a rule hits, and what each kind of fault does to them.

import { describe, expect, test } from "vitest";
import { account, aSimulator, create, hourMs, ids, loginBody, minuteMs, startAt } from "./a-simulator.ts";

const { simulator, rds, bare } = await aSimulator();
const { control } = simulator;

const post = (name = "nightly-01") => rds.post("/backups", { instance_id: ids.shop, name });
const list = () => rds.get(`/backups?instance_id=${ids.shop}`);
const fails = { kind: "status", status: 500 } as const;

describe("which calls", () => {
  test("the nth, so many times, then no more", async () => {
    control.setFaults([{ operation: "list-backups", nth: 2, times: 2, action: fails }]);
    const seen = [];
    for (let i = 0; i < 5; i += 1) seen.push((await list()).status);
    expect(seen).toEqual([200, 500, 500, 200, 200]);
    expect(control.faults()).toMatchObject([{ matched: 3, hit: 2 }]);
  });

  test("by method, instance, name and region", async () => {
    control.setFaults([
      { method: "DELETE", times: "always", action: fails },
      { instanceId: ids.crm, times: "always", action: fails },
      { nameMatches: "^weekly-", times: "always", action: fails },
      { region: "eu-nl", times: "always", action: fails },
    ]);
    expect((await rds.delete("/backups/none")).status).toBe(500);
    expect((await rds.get(`/backups?instance_id=${ids.crm}`)).status).toBe(500);
    expect((await post("weekly-01")).status).toBe(500);
    expect((await post("nightly-01")).status).toBe(200);
  });

  test("in a span of simulated time, and in a daily window", async () => {
    control.setFaults([
      { operation: "list-backups", afterMs: minuteMs, untilMs: 2 * minuteMs, times: "always", action: fails },
      { operation: "list-backups", daily: { startUtc: "13:00", minutes: 30 }, times: "always", action: fails },
    ]);
    const at = async (ms: number) => {
      control.setClock(startAt + ms);
      return (await list()).status;
    };
    expect([await at(0), await at(minuteMs), await at(2 * minuteMs)]).toEqual([200, 500, 200]);
    expect([await at(hourMs), await at(1.5 * hourMs)]).toEqual([500, 200]);
  });

  test("a share of them, always the same by the seed", async () => {
    const run = async () => {
      control.setFaults([{ operation: "list-backups", probability: 0.5, times: "always", action: fails }]);
      const seen = [];
      for (let i = 0; i < 20; i += 1) seen.push((await list()).status);
      return seen;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });
});

describe("connections", () => {
  test("cut before the effect: nothing exists; after it: the backup does", async () => {
    control.setFaults([
      { operation: "create-backup", action: { kind: "drop-before" } },
      { operation: "create-backup", action: { kind: "drop-after" } },
    ]);
    await expect(post()).rejects.toThrow();
    expect(control.backups()).toEqual([]);
    await expect(post()).rejects.toThrow();
    expect(control.backups()).toMatchObject([{ name: "nightly-01" }]);
    expect(control.calls().byOperation["create-backup"]).toEqual({ "0": 2 });
  });

  test("a slow body arrives whole, a truncated one does not, a cut one breaks", async () => {
    control.setFaults([
      { operation: "list-backups", action: { kind: "slow-body", everyMs: 1, chunkBytes: 20 } },
      { operation: "list-backups", action: { kind: "delay", ms: 5 } },
      { operation: "list-backups", action: { kind: "truncate" } },
      { operation: "list-backups", action: { kind: "truncate", cut: true } },
    ]);
    expect((await list()).body.backups).toEqual([]);
    expect((await list()).body.backups).toEqual([]);
    expect((await list()).body).toMatch(/^\{/);
    await expect(list()).rejects.toThrow();
  });

  test("a body without end", async () => {
    control.setFaults([{ operation: "list-backups", action: { kind: "huge-body", bytes: 1_000_000 } }]);
    const { body } = await list();
    expect(body.length).toBeGreaterThan(900_000);
  });
});

describe("answers", () => {
  test.each(["v3", "v1", "keystone", "nova", "plain"] as const)("an error in the form %s", async (form) => {
    control.setFaults([
      { operation: "list-backups", action: { kind: "status", status: 409, code: "DBS.200019", form } },
    ]);
    const { status, body } = await list();
    expect(status).toBe(409);
    const shape = {
      v3: { error_code: "DBS.200019" },
      v1: { errCode: "DBS.200019" },
      keystone: { error: { code: 409, title: "Conflict" } },
      nova: { badRequest: { code: 409 } },
      plain: { code: "DBS.200019" },
    }[form];
    expect(body).toMatchObject(shape);
  });

  test("HTML, an empty error, and a redirect", async () => {
    const headers = { Location: "http://127.0.0.1:9/elsewhere" };
    control.setFaults([
      { operation: "list-backups", action: { kind: "html", status: 503 } },
      { operation: "list-backups", action: { kind: "status", status: 502, form: "empty" } },
      { operation: "list-backups", action: { kind: "status", status: 302, headers } },
    ]);
    const html = await list();
    expect([html.status, html.headers.get("content-type")]).toEqual([503, "text/html"]);
    expect(html.body).toContain("<h1>503 Service Unavailable</h1>");
    expect(await list()).toMatchObject({ status: 502, body: "" });
    const redirect = await list();
    expect([redirect.status, redirect.headers.get("location")]).toEqual([302, headers.Location]);
  });

  test("an error although the operation took effect", async () => {
    control.setFaults([{ operation: "create-backup", action: { kind: "status", status: 504, performed: true } }]);
    expect((await post()).status).toBe(504);
    expect(control.backups()).toHaveLength(1);
  });

  test("a gateway's error carries a request id; the knob for its prefix", async () => {
    control.setFaults([{ operation: "list-backups", times: "always", action: { kind: "status", status: 429 } }]);
    expect((await list()).body).toMatchObject({ error_code: "APIGW.0308", request_id: expect.any(String) });
    control.setKnobs({ gatewayPrefix: "APIG" });
    expect((await list()).body.error_code).toBe("APIG.0308");
  });
});

describe("listings that lie", () => {
  test("another id, another value, a field that is missing", async () => {
    const id = await create(rds, "nightly-01");
    control.setFaults([
      { operation: "list-backups", action: { kind: "wrong-id" } },
      { operation: "list-backups", action: { kind: "falsify", field: "status", value: "ARCHIVED" } },
      { operation: "list-backups", action: { kind: "falsify", field: "id" } },
    ]);
    expect((await list()).body.backups[0].id).not.toBe(id);
    expect((await list()).body.backups[0]).toMatchObject({ id, status: "ARCHIVED" });
    expect((await list()).body.backups[0]).not.toHaveProperty("id");
  });

  test("half of the rows, with or without a true total_count, and one row twice", async () => {
    for (const name of ["night-1", "night-2"]) control.addBackup({ instanceId: ids.shop, name, beginAt: startAt });
    control.setFaults([
      { operation: "list-backups", action: { kind: "short-list" } },
      { operation: "list-backups", action: { kind: "short-list", rows: 0, totalCount: "shown" } },
      { operation: "list-backups", action: { kind: "duplicate-row" } },
    ]);
    const counts = async () => {
      const { backups, total_count } = (await list()).body;
      return [backups.length, total_count];
    };
    expect(await counts()).toEqual([1, 2]);
    expect(await counts()).toEqual([0, 0]);
    expect(await counts()).toEqual([3, 2]);
  });
});

describe("backups", () => {
  test.each([
    ["fails at once", { kind: "fail-backup", when: "early" }, minuteMs, "FAILED"],
    ["fails late", { kind: "fail-backup", when: "late" }, hourMs, "FAILED"],
    ["never ends", { kind: "never-finish" }, 23 * hourMs, "BUILDING"],
    ["vanishes", { kind: "vanish-after", minutes: 5 }, hourMs, "GONE"],
  ] as const)("one that %s", async (_what, action, afterMs, status) => {
    control.setFaults([{ operation: "create-backup", action }]);
    await create(rds, "nightly-01");
    control.advanceClock(afterMs);
    expect(control.backups()).toMatchObject([{ status }]);
  });

  test("an instance that turns out to be busy, and a row that shows late", async () => {
    control.setFaults([{ operation: "create-backup", action: { kind: "busy-for", minutes: 10 } }]);
    expect((await post()).body.error_code).toBe("DBS.200019");
    control.advanceClock(10 * minuteMs);
    control.setFaults([{ operation: "create-backup", action: { kind: "lag", seconds: 60 } }]);
    expect((await post()).status).toBe(200);
    expect((await list()).body.backups).toEqual([]);
  });

  test("a row that flaps: finished, running again, failed", async () => {
    const id = await create(rds, "nightly-01");
    const seen = (["complete", "reopen", "fail"] as const).map((now) => control.changeBackup(id, { now }).status);
    expect(seen).toEqual(["COMPLETED", "BUILDING", "FAILED"]);
  });
});

test("logins of one project can be hit too", async () => {
  const action = { kind: "status", status: 503 } as const;
  control.setFaults([{ operation: "create-token", projectId: account.projectId, action }]);
  const login = () => bare.post("/v3/auth/tokens", loginBody());
  expect([(await login()).status, (await login()).status]).toEqual([503, 201]);
});
