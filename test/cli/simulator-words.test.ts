// What the simulator's command line reads and says.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fleetNamed } from "../../cli/simulator-fleet.ts";
import { callLine, greeting, greetingJson } from "../../cli/simulator-greeting.ts";
import { DEMO_FLEET } from "../../local/simulator/fleet.ts";
import { startSimulator } from "../../local/simulator/simulator.ts";

function fleetFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "fleet-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "fleet.json");
  writeFileSync(path, content);
  return path;
}

test("fleets by name, by number and from a file", () => {
  expect(fleetNamed("small").instances).toHaveLength(8);
  expect(fleetNamed("17").instances).toHaveLength(17);
  expect(fleetNamed("regions").accounts.map((account) => account.region)).toEqual(["eu-de", "eu-nl", "eu-ch2"]);
  const account = {
    name: "a",
    region: "eu-nl",
    projectId: "p1",
    domainName: "D",
    users: [{ name: "u", password: "p" }],
  };
  const file = fleetFile(JSON.stringify({ accounts: [account], instances: [{ id: "i1in01", name: "db" }] }));
  expect(fleetNamed(file).instances).toMatchObject([{ id: "i1in01", engine: "MySQL" }]);
});

test("wrong ones are named with what is wrong", () => {
  expect(() => fleetNamed("medium")).toThrow('--fleet is "medium", which is no known fleet and no readable file');
  expect(() => fleetNamed("0")).toThrow('--fleet is "0"');
  expect(() => fleetNamed(fleetFile("{"))).toThrow(/cannot be used: .*JSON/);
  expect(() => fleetNamed(fleetFile('{"accounts":[{"name":"a"}],"instances":[]}'))).toThrow(/accounts\[0\]\.region/);
});

test("the greeting has everything a newcomer needs, and nothing for programs is missing", async () => {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const started = { simulator, fleet: DEMO_FLEET, statePath: undefined };
  const text = greeting(started);
  for (const part of [
    simulator.url,
    simulator.controlUrl,
    "svc-backup / not-a-real-password-1",
    "TOKEN=$(curl",
    "--state FILE",
  ])
    expect(text).toContain(part);
  const json: unknown = JSON.parse(greetingJson(started));
  expect(json).toMatchObject({
    url: simulator.url,
    controlUrl: simulator.controlUrl,
    instances: 8,
    account: { projectId: "de300000000000000000000000000001", endpoints: { iam: simulator.url, rds: simulator.url } },
  });
});

test("a call in one line", () => {
  const call = {
    at: Date.UTC(2026, 10, 24, 2, 30, 5),
    operation: "create-backup",
    method: "POST",
    path: "/v3/p/backups",
    status: 0,
    projectId: "p",
    region: "eu-de",
    instanceId: "i",
    name: "nightly-01",
    user: "svc",
    fault: "drop-after",
  };
  expect(callLine(call)).toBe("02:30:05Z  cut  POST /v3/p/backups  svc, nightly-01, fault drop-after");
});
