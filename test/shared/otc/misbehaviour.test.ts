// The client against servers that misbehave, over real sockets on loopback. Asked each time: what kind of failure is it,
// and may the call have been performed all the same?

import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Answer, aClient, errorOf, instanceId, json, oddServer, quickClock } from "../../support/odd-server.ts";
import { selfSigned } from "../../support/self-signed.ts";

const request = { instanceId, name: "otcbk-nightly-20260115t0336Z" };
const accepted = {
  backup: {
    id: "2f4ddb93-b901-4b08-93d8-1d2e472f30fe",
    name: request.name,
    begin_time: "2026-01-15T03:36:57",
    status: "BUILDING",
    type: "manual",
    instance_id: instanceId,
  },
};

const createAgainst = async (answer: Answer) => {
  const server = await oddServer(answer);
  return { server, error: await errorOf(aClient(server.url).createBackup(request)) };
};

test.each<[string, Answer, object]>([
  ["no answer at all", () => {}, { class: "unreachable", effect: "unknown" }],
  [
    "an answer that drips for ever",
    (_asked, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    },
    { class: "unreachable", effect: "unknown" },
  ],
  ["a connection cut before the answer", (_asked, response) => void response.destroy(), { effect: "unknown" }],
  [
    "a connection cut inside the answer",
    (_asked, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
      response.write('{"backup":{"id":"', () => response.destroy());
    },
    { effect: "unknown" },
  ],
  [
    "an answer without end",
    (_asked, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(Buffer.alloc(200 * 1024, 32));
    },
    { class: "unreadable", effect: "unknown", code: "TOO_LARGE" },
  ],
  [
    "a small answer that unpacks to a huge one",
    (_asked, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync(Buffer.alloc(5 * 1024 * 1024, 32)));
    },
    { class: "unreadable", effect: "unknown", code: "TOO_LARGE" },
  ],
  [
    "a page of HTML with 200",
    (_asked, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>proxy</html>"),
    { class: "unreadable", effect: "unknown", status: 200 },
  ],
  [
    "a page of HTML with 502",
    (_asked, response) => void response.writeHead(502, { "content-type": "text/html" }).end("<html>bad gateway</html>"),
    { class: "retry-soon", effect: "unknown", status: 502 },
  ],
  [
    "JSON that says it is text",
    (_asked, response) => void response.writeHead(200, { "content-type": "text/plain" }).end(JSON.stringify(accepted)),
    { class: "unreadable", effect: "unknown" },
  ],
  [
    "half of a JSON body",
    (_asked, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(accepted).slice(0, 60));
    },
    { class: "unreadable", effect: "unknown" },
  ],
  ["an empty body", (_asked, response) => json(response, 200, {}), { class: "unreadable", effect: "unknown" }],
  [
    "a backup without an id",
    (_asked, response) => json(response, 200, { backup: { ...accepted.backup, id: undefined } }),
    { class: "unreadable", effect: "unknown" },
  ],
  [
    "an id that would leave its path",
    (_asked, response) => json(response, 200, { backup: { ...accepted.backup, id: "../../instances" } }),
    { class: "unreadable", effect: "unknown" },
  ],
  [
    "the backup of somebody else",
    (_asked, response) => json(response, 200, { backup: { ...accepted.backup, name: "other" } }),
    { class: "unreadable", effect: "unknown" },
  ],
  [
    "v3 errors",
    (_asked, response) => json(response, 409, { error_code: "DBS.201205", error_msg: "a backup is in progress" }),
    { class: "instance-busy", effect: "none", code: "DBS.201205", providerMessage: "a backup is in progress" },
  ],
  [
    "v1 errors",
    (_asked, response) => json(response, 404, { errCode: "DBS.200002", externalMessage: "no such instance" }),
    { class: "instance-gone", effect: "none", code: "DBS.200002" },
  ],
  [
    "Nova's errors",
    (_asked, response) => json(response, 400, { badRequest: { code: 400, message: "not like this" } }),
    { class: "configuration", effect: "none", code: undefined, providerMessage: "not like this" },
  ],
  [
    "the gateway's errors, as text",
    (_asked, response) => {
      const body = { error_code: "APIGW.0101", error_msg: "The API does not exist", request_id: "9e4f0c" };
      response.writeHead(404, { "content-type": "text/plain" }).end(JSON.stringify(body));
    },
    { class: "configuration", effect: "none", code: "APIGW.0101", requestId: "9e4f0c" },
  ],
])("a create that meets %s is sent once and judged", async (_name, answer, expected) => {
  const { server, error } = await createAgainst(answer);
  expect(error).toMatchObject({ name: "OtcError", operation: "createBackup", ...expected });
  expect(server.asked).toHaveLength(1);
});

test("a name that leads nowhere is known to have had no effect", async () => {
  const error = await errorOf(aClient("http://nowhere.invalid").createBackup(request));
  expect(error).toMatchObject({ class: "unreachable", effect: "none" });
});

test("a certificate that nobody vouches for is refused before a byte of the request leaves", async () => {
  let requests = 0;
  const server = createTlsServer(selfSigned, () => {
    requests += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Node warns of the setting that is to have no effect; among the results of a test run that would only frighten.
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  onTestFinished(() => {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    warned.mockRestore();
  });
  const error = await errorOf(aClient(url).createBackup(request));
  expect(error).toMatchObject({ class: "unreachable", effect: "none", code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  expect(requests).toBe(0);
});

test.each([301, 302, 307, 308])("a redirect (%i) is refused, and the other host never hears of us", async (status) => {
  const stranger = await oddServer((_asked, response) => json(response, 200, accepted));
  const { server, error } = await createAgainst((_asked, response) => {
    response.writeHead(status, { location: `${stranger.url}/v3/steal` }).end();
  });
  expect(error).toMatchObject({ class: "configuration", status });
  expect(server.asked).toHaveLength(1);
  expect(stranger.asked).toEqual([]);
});

test.each(["../../v3/x", "a/b", "", "x".repeat(65), "a%2Fb", "a\r\nHost: evil"])(
  "the id %j is never sent",
  async (id) => {
    const server = await oddServer((_asked, response) => json(response, 200, {}));
    const client = aClient(server.url);
    for (const call of [
      () => client.deleteBackup(id),
      () => client.listBackups({ instanceId: id }),
      () => client.getAutomatedPolicy(id),
      () => client.getRestoreTimes(id),
      () => client.createBackup({ ...request, instanceId: id }),
    ]) {
      expect(await errorOf(call())).toMatchObject({ class: "configuration", effect: "none" });
    }
    expect(server.asked).toEqual([]);
  },
);

test("reads are repeated after passing faults, three times in all, and then give up", async () => {
  const server = await oddServer((_asked, response) => json(response, 503, { error_code: "APIGW.0613" }));
  expect(await errorOf(aClient(server.url).listInstances())).toMatchObject({ class: "retry-soon", status: 503 });
  expect(server.asked).toHaveLength(3);
});

test("in an outage the budget keeps repeated reads to a tenth", async () => {
  const server = await oddServer((_asked, response) => json(response, 503, {}));
  const client = aClient(server.url);
  for (let i = 0; i < 40; i += 1) await errorOf(client.getQuotas());
  expect(server.asked.length).toBeLessThanOrEqual(40 + 10 + 4);
});

test.each([
  ["a number of seconds", "7", 7_000],
  ["a date", "Thu, 15 Jan 2026 03:37:30 GMT", 30_000],
  ["nothing", undefined, undefined],
  ["zero", "0", 1_000],
  ["a negative number", "-5", 1_000],
  ["a day", "86400", 900_000],
  ["an absurd number", "1e99", undefined],
  ["words", "later", undefined],
] as const)("Retry-After with %s", async (_name, header, expected) => {
  const { error } = await createAgainst((_asked, response) => {
    response.sendDate = false;
    const headers = { date: "Thu, 15 Jan 2026 03:37:00 GMT", ...(header !== undefined && { "retry-after": header }) };
    json(response, 429, { error_code: "APIGW.0308", error_msg: "slow down" }, headers);
  });
  expect(error).toMatchObject({ class: "throttled", effect: "none", retryAfterMs: expected });
});

test("deleting succeeds with an empty body, whichever 2xx says so, and needs no body of its own", async () => {
  const statuses = [200, 201, 202, 204];
  const server = await oddServer((_asked, response) => {
    response.writeHead(statuses.shift() ?? 500, { "x-request-id": "req-1" }).end();
  });
  const client = aClient(server.url);
  for (let i = 0; i < 4; i += 1) expect(await client.deleteBackup("b-1")).toEqual({ requestId: "req-1" });
  expect(server.asked.map(({ method, body }) => [method, body])).toEqual(Array(4).fill(["DELETE", ""]));
});

test("how far the clocks differ is read from the latest answer", async () => {
  const server = await oddServer((_asked, response) => {
    response.sendDate = false;
    json(response, 200, { quotas: { resources: [] } }, { date: "Thu, 15 Jan 2026 03:36:55 GMT" });
  });
  const skewAt = async (at: number) => {
    const client = aClient(server.url, { clock: quickClock(at) });
    expect(client.clockSkewMs()).toBeUndefined();
    await client.getQuotas();
    return client.clockSkewMs();
  };
  const itsTime = Date.UTC(2026, 0, 15, 3, 36, 55);
  expect(await skewAt(itsTime + 500)).toBe(0);
  expect(await skewAt(itsTime + 90_999)).toBe(90_000);
  expect(await skewAt(itsTime - 61_000)).toBe(-61_000);
});
