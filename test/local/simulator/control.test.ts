// The control API as drivers in other languages see it, and what it says to junk.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROUTES } from "../../../local/simulator/control-routes.ts";
import { parseKnobs } from "../../../local/simulator/knobs.ts";
import { OPERATIONS } from "../../../local/simulator/operations.ts";
import { REFUSAL_NAMES } from "../../../local/simulator/refusals.ts";
import { account, aSimulator, call, create, hourMs, ids, startAt } from "./a-simulator.ts";

const { simulator, rds, control } = await aSimulator();
const patch = (path: string, body: unknown) => call(`${simulator.controlUrl}${path}`, "PATCH", { body });

describe("junk is refused, and changes nothing", () => {
  const junk: Array<[string, string, unknown, number, RegExp]> = [
    ["PUT", "/clock", "{", 400, /not JSON/],
    ["PUT", "/clock", undefined, 400, /object/],
    ["PUT", "/clock", {}, 400, /names none of at, advanceMs, speed/],
    ["PUT", "/clock", { at: "tomorrow" }, 400, /ISO 8601/],
    ["PUT", "/clock", { at: 1e30 }, 400, /1970 to 2200/],
    ["PUT", "/clock", { speed: -1 }, 400, /speed/],
    ["PUT", "/clock", { att: 1 }, 400, /att/],
    ["PATCH", "/knobs", { failureRate: 2 }, 400, /failureRate/],
    ["PATCH", "/knobs", { visibilityLag: 2 }, 400, /visibilityLag/],
    ["PATCH", "/knobs?projectId=none", { failureRate: 1 }, 404, /no project "none"; there is de3/],
    ["PATCH", "/knobs?project=none", { failureRate: 1 }, 400, /unknown query parameter "project"/],
    ["PATCH", "/knobs", { refusals: { nothing: { status: 400 } } }, 400, /nothing/],
    ["PUT", "/faults", {}, 400, /array/],
    [
      "PUT",
      "/faults",
      [{ operation: "make-backup", action: { kind: "html" } }],
      400,
      /no "make-backup"; there is unknown, create-backup/,
    ],
    ["POST", "/faults", { action: { kind: "explode" } }, 400, /kind/],
    ["POST", "/faults", { nameMatches: "(", action: { kind: "html" } }, 400, /regular expression/],
    ["POST", "/instances", { id: "no such id!", name: "a" }, 400, /1 to 64 letters/],
    ["POST", "/instances", { id: ids.shop, name: "a" }, 409, /already/],
    ["POST", "/instances", { id: "newin01", name: "a", projectId: "none" }, 404, /no account/],
    ["POST", "/instances", { id: "newin01", name: "a", replicaOfId: "none" }, 404, /replicaOfId/],
    ["PATCH", "/instances/none", { name: "a" }, 404, /no instance "none"/],
    ["PATCH", `/instances/${ids.shop}`, { nmae: "a" }, 400, /nmae/],
    ["PATCH", `/instances/${ids.shop}`, { id: "other" }, 400, /cannot be changed/],
    ["POST", `/instances/${ids.shop}/occupy`, { minutes: 0 }, 400, /minutes/],
    ["POST", "/backups", { instanceId: "none", name: "n", beginAt: 1 }, 404, /no instance/],
    ["PATCH", "/backups/none", { now: "fail" }, 404, /no backup/],
    ["POST", "/users/nobody/lock", { minutes: 1 }, 404, /no user "nobody"; there is OTC-/],
    ["POST", "/accounts", { name: "x" }, 400, /region/],
    ["POST", "/accounts", { ...account, users: [{ name: "u", password: "p" }] }, 409, /already/],
    ["GET", "/call-log?limit=many", undefined, 400, /limit is "many"/],
    ["GET", "/nothing", undefined, 404, /GET \/ lists/],
    ["DELETE", "/clock", undefined, 404, /there is GET \/clock, PUT \/clock/],
    ["GET", "/instances/%ZZ", undefined, 404, /no GET/],
  ];
  test.each(junk)("%s %s %j", async (method, path, body, status, text) => {
    const before = JSON.stringify((await control.get("/truth")).body);
    const knobs = JSON.stringify((await control.get("/knobs")).body);
    const answer = await call(`${simulator.controlUrl}${path}`, method, { body });
    expect([answer.status, answer.body.error]).toEqual([status, expect.stringMatching(text)]);
    expect(JSON.stringify((await control.get("/truth")).body)).toBe(before);
    expect(JSON.stringify((await control.get("/knobs")).body)).toBe(knobs);
    expect((await control.get("/faults")).body).toEqual([]);
  });
});

test("the clock: set, moved, sped up, stopped", async () => {
  const at = Date.UTC(2026, 11, 24, 18);
  expect((await control.put("/clock", { at: "2026-12-24T19:00:00+01:00" })).body).toMatchObject({ at });
  expect((await control.put("/clock", { advanceMs: hourMs })).body).toMatchObject({ at: at + hourMs });
  expect((await control.put("/clock", { at: startAt, speed: 0 })).body).toEqual({
    at: startAt,
    iso: "2026-11-24T12:00:00.000Z",
    speed: 0,
  });
  await control.put("/clock", { speed: 1 });
});

test("what really exists, from a create to a row that vanished", async () => {
  const id = await create(rds, "nightly-01");
  expect((await patch(`/backups/${id}`, { now: "vanish" })).body).toMatchObject({
    status: "GONE",
    goneBecause: "vanished",
  });
  const truth = (await control.get("/truth")).body;
  expect(truth.backups).toMatchObject([{ id, status: "GONE" }]);
  expect(truth.calls.byOperation["create-backup"]).toEqual({ "200": 1 });
  expect(truth.projects).toMatchObject([{ region: "eu-de" }]);
  const [last] = (await control.get("/call-log?limit=1")).body;
  expect(last).toMatchObject({
    operation: "create-backup",
    status: 200,
    name: "nightly-01",
    user: "admin",
    region: "eu-de",
  });
});

test("a reset is as at the start", async () => {
  await create(rds, "nightly-01");
  await patch("/knobs", { failureRate: 1 });
  await patch(`/knobs?projectId=${account.projectId}`, { failureRate: 0.5 });
  await control.post("/faults", { action: { kind: "html" } });
  await control.post("/reset");
  const truth = (await control.get("/truth")).body;
  expect([truth.backups, truth.calls.total]).toEqual([[], 0]);
  expect((await control.get("/faults")).body).toEqual([]);
  expect((await control.get(`/knobs?projectId=${account.projectId}`)).body.failureRate).toBe(0);
});

describe("the page about the simulator", () => {
  const page = readFileSync("docs/otc-api.md", "utf8");

  test("names every knob with its default", () => {
    const rows = Object.entries(parseKnobs({})).map(
      ([name, value]) => `| \`${name}\` | \`${JSON.stringify(value)}\` |`,
    );
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });

  test("names every refusal, and every route but the bare readings of one thing", () => {
    expect(REFUSAL_NAMES.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    const paths = ROUTES.map(({ route }) => (route.split(" ")[1] ?? "").split("{id}")[0] ?? "");
    expect(paths.filter((path) => !page.includes(`$C${path}`))).toEqual([]);
  });

  test("names every path of the imitated API", () => {
    const parts = OPERATIONS.map(({ path }) => path.split("/").at(-1) ?? "").filter((part) => !part.startsWith("{"));
    expect(parts.filter((part) => !page.includes(part))).toEqual([]);
  });
});
