// State on disk: what survives a restart, what a crash may leave, and that damage is told and nothing overwritten.

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type SimulatorOptions, startSimulator } from "../../../local/simulator/simulator.ts";
import { account, call, clientFor, create, hourMs, ids, loginBody, startAt } from "./a-simulator.ts";

let folder: string;
let statePath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simulator-state-"));
  statePath = join(folder, "deep", "state.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function start(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ now: () => startAt, statePath, ...options });
  onTestFinished(() => simulator.close());
  return { simulator, rds: await clientFor(simulator, loginBody(), account.projectId) };
}

test("backups, tokens, instances and locks survive a restart; knobs and faults do not", async () => {
  const first = await start();
  const id = await create(first.rds, "nightly-01");
  first.simulator.control.changeInstance(ids.crm, { name: "crm-renamed" });
  first.simulator.control.removeInstance(ids.wiki);
  first.simulator.control.lockAccount("svc-prune", 60);
  first.simulator.control.setKnobs({ failureRate: 1 });
  const token = await call(`${first.simulator.url}/v3/auth/tokens`, "POST", { body: loginBody() });
  const truth = { instances: first.simulator.control.instances(), backups: first.simulator.control.backups() };
  await first.simulator.close();

  const { simulator } = await start();
  expect({ instances: simulator.control.instances(), backups: simulator.control.backups() }).toEqual(truth);
  expect(simulator.control.knobs().failureRate).toBe(0);
  const headers = { "X-Auth-Token": token.headers.get("x-subject-token") ?? "" };
  const list = await call(`${simulator.url}/v3/${account.projectId}/backups?instance_id=${ids.shop}`, "GET", {
    headers,
  });
  expect(list.body.backups).toMatchObject([{ id }]);
  expect(simulator.control.logins().find(({ user }) => user.endsWith("/svc-prune"))?.lockedUntilAt).not.toBeNull();
});

test("a clock of its own goes on where it was, if it had run ahead", async () => {
  const ahead = Date.now() + 48 * hourMs;
  const first = await startSimulator({ statePath });
  first.control.setClock(ahead);
  first.control.addInstance({ id: "newin01", name: "new" });
  await first.close();
  const second = await startSimulator({ statePath });
  onTestFinished(() => second.close());
  expect(second.control.now()).toBeGreaterThanOrEqual(ahead);
});

test("a last line cut short by a crash is left out, and the rest is there", async () => {
  const first = await start();
  await create(first.rds, "nightly-01");
  await first.simulator.close();
  appendFileSync(statePath, '{"kind":"backup","at":1,"rec');
  const { simulator } = await start();
  expect(simulator.control.backups()).toMatchObject([{ name: "nightly-01" }]);
  expect(readFileSync(statePath, "utf8")).not.toContain('"rec\n');
});

describe("damage is an error that names the line, and the file stays as it is", () => {
  test.each([
    ["another file", "hello\n", /line 1 is not JSON/],
    ["another file without a newline", "hello", /line 1 is no whole record/],
    [
      "a broken line in the middle",
      '{"kind":"simulator-state","at":1,"version":1}\n{"kind"\n{}\n',
      /line 2 is not JSON/,
    ],
    ["a record of something else", '{"a":1}\n', /line 1 is not a record/],
    ["a later version", '{"kind":"simulator-state","at":1,"version":2}\n', /line 1 is not a record.*version/],
    ["a wrong field", '{"kind":"token","at":1,"record":{"token":1}}\n', /line 1 is not a record.*record/],
  ])("%s", async (_what, content, text) => {
    statePath = join(folder, "state.json");
    writeFileSync(statePath, content);
    await expect(startSimulator({ statePath })).rejects.toThrow(text);
    expect(readFileSync(statePath, "utf8")).toBe(content);
  });
});

test("a start that fails because the port is taken leaves the file alone", async () => {
  const { simulator } = await start();
  const before = readFileSync(statePath, "utf8");
  const port = Number(new URL(simulator.url).port);
  await expect(startSimulator({ statePath, port })).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
  expect(readFileSync(statePath, "utf8")).toBe(before);
});

test("history does not grow without end, and no half-written file is left", async () => {
  const { simulator } = await start();
  for (let i = 0; i < 5_200; i += 1) simulator.control.changeInstance(ids.wiki, { volumeGb: 100 + (i % 10) });
  expect(readFileSync(statePath, "utf8").split("\n").length).toBeLessThan(2000);
  expect(readdirSync(join(folder, "deep"))).toEqual(["state.json"]);
});
