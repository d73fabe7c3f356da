// Several accounts, projects and regions in one simulator: each with its own fleet, limits and faults.

import { afterAll, beforeEach, expect, test } from "vitest";
import { REGIONS_FLEET } from "../../../local/simulator/fleet-regions.ts";
import { startSimulator } from "../../../local/simulator/simulator.ts";
import { type Client, call, clientFor, loginBody, startAt } from "./a-simulator.ts";

const simulator = await startSimulator({ now: () => startAt, fleet: REGIONS_FLEET });
afterAll(() => simulator.close());
const { control } = simulator;

let clients: Client[];
const projectIds = REGIONS_FLEET.accounts.map((one) => one.projectId);
beforeEach(async () => {
  control.reset();
  control.setClock(startAt);
  clients = await Promise.all(
    REGIONS_FLEET.accounts.map(({ domainName, projectId }) =>
      clientFor(simulator, loginBody({ domain: domainName, scope: { project: { id: projectId } } }), projectId),
    ),
  );
});
const [de, nl, ch] = [0, 1, 2].map((index) => (path: string) => (clients[index] as Client).get(path)) as [
  Client["get"],
  Client["get"],
  Client["get"],
];

test("each sees its own instances in its own region", async () => {
  const seen = await Promise.all(
    [de, nl, ch].map(async (get) => {
      const { instances, total_count } = (await get("/instances")).body;
      return [total_count, [...new Set(instances.map((row: { region: string }) => row.region))]];
    }),
  );
  expect(seen).toEqual([
    [8, ["eu-de"]],
    [2, ["eu-nl"]],
    [1, ["eu-ch2"]],
  ]);
});

test("an instance or a backup of another account does not exist; a token of another is refused", async () => {
  const foreign = control.instances().find((instance) => instance.projectId === projectIds[1]);
  const answer = await clients[0]?.post("/backups", { instance_id: foreign?.id, name: "nightly-01" });
  expect(answer).toMatchObject({ status: 404, body: { error_code: "DBS.200002" } });
  expect((await de(`/backups?instance_id=${foreign?.id}`)).status).toBe(404);
  const path = `${simulator.url}/v3/${projectIds[1]}/instances`;
  const login = await call(`${simulator.url}/v3/auth/tokens`, "POST", { body: loginBody() });
  const headers = { "X-Auth-Token": login.headers.get("x-subject-token") ?? "" };
  expect((await call(path, "GET", { headers })).body.error_code).toBe("SYS.0400");
});

test("the same name may be used once in each", async () => {
  const create = (index: number) => {
    const instance = control.instances().find((one) => one.projectId === projectIds[index] && one.type !== "Replica");
    return clients[index]?.post("/backups", { instance_id: instance?.id, name: "nightly-01" });
  };
  expect([(await create(0))?.status, (await create(1))?.status, (await create(2))?.status]).toEqual([200, 200, 200]);
});

test("a limit, a quota and a format of one are none of the others", async () => {
  control.setKnobs({ rateLimitPerSecond: 1, rateLimitBurst: 1, listTimeFormat: "Z" }, projectIds[1]);
  const statuses = async (get: Client["get"]) => [(await get("/instances")).status, (await get("/instances")).status];
  expect([await statuses(de), await statuses(nl), await statuses(ch)]).toEqual([
    [200, 200],
    [200, 429],
    [200, 200],
  ]);
  expect(control.knobs(projectIds[1])).toMatchObject({ rateLimitPerSecond: 1, listTimeFormat: "Z" });
  expect(control.knobs()).toMatchObject({ rateLimitPerSecond: 0, listTimeFormat: "+0000" });
});

test("what is set for all later still holds where an account says nothing of it", async () => {
  control.setKnobs({ rateLimitPerSecond: 1 }, projectIds[1]);
  control.setKnobs({ failureRate: 0.25, rateLimitPerSecond: 9 });
  expect(control.knobs(projectIds[1])).toMatchObject({ failureRate: 0.25, rateLimitPerSecond: 1 });
});

test("an outage of one region", async () => {
  control.setFaults([{ region: "eu-nl", times: "always", action: { kind: "status", status: 503 } }]);
  expect([(await de("/instances")).status, (await nl("/instances")).status]).toEqual([200, 503]);
});

test("a lock of one domain's user leaves the namesake alone", async () => {
  const [first, second] = REGIONS_FLEET.accounts;
  for (let i = 0; i < 5; i += 1) {
    await call(`${simulator.url}/v3/auth/tokens`, "POST", { body: loginBody({ password: "wrong" }) });
  }
  const status = async (domain = "", projectId = "") =>
    (
      await call(`${simulator.url}/v3/auth/tokens`, "POST", {
        body: loginBody({ domain, scope: { project: { id: projectId } } }),
      })
    ).status;
  expect(await status(first?.domainName, first?.projectId)).toBe(401);
  expect(await status(second?.domainName, second?.projectId)).toBe(201);
});
