// The permitted rate: a bucket per account and service, and every form of Retry-After.

import { expect, test } from "vitest";
import { aSimulator, bareLogin, startAt } from "./a-simulator.ts";

const subject = await aSimulator();
const { simulator, rds } = subject;
const { control } = simulator;
const status = async () => (await rds.get("/instances?limit=1")).status;

test("a burst is admitted, then so many per second of simulated time", async () => {
  control.setKnobs({ rateLimitPerSecond: 2, rateLimitBurst: 3 });
  const seen = [];
  for (let i = 0; i < 4; i += 1) seen.push(await status());
  expect(seen).toEqual([200, 200, 200, 429]);
  control.advanceClock(500);
  expect([await status(), await status()]).toEqual([200, 429]);
  control.advanceClock(60_000);
  expect([await status(), await status(), await status(), await status()]).toEqual([200, 200, 200, 429]);
});

test("a refused call takes no effect and is answered in the gateway's form", async () => {
  control.setKnobs({ rateLimitPerSecond: 1, rateLimitBurst: 1 });
  await status();
  const answer = await rds.post("/backups", { instance_id: "x", name: "nightly-01" });
  expect(answer).toMatchObject({ status: 429, body: { error_code: "APIGW.0308", request_id: expect.any(String) } });
  expect(control.backups()).toEqual([]);
});

test("Retry-After: none, seconds, a date, and absurd ones", async () => {
  control.setKnobs({ rateLimitPerSecond: 0.1, rateLimitBurst: 1 });
  await status();
  const header = async () => (await rds.get("/instances?limit=1")).headers.get("retry-after");
  expect(await header()).toBeNull();
  control.setKnobs({ retryAfter: "seconds" });
  expect(await header()).toBe("10");
  control.setKnobs({ retryAfter: "date" });
  expect(await header()).toBe(new Date(startAt + 10_000).toUTCString());
  control.setKnobs({ retryAfter: "seconds", retryAfterSeconds: 1_000_000_000 });
  expect(await header()).toBe("1000000000");
  control.setKnobs({ retryAfterSeconds: -5 });
  expect(await header()).toBe("-5");
});

test("IAM has a limit of its own", async () => {
  control.setKnobs({ rateLimitPerSecond: 1, rateLimitBurst: 1 });
  expect((await bareLogin(subject)).status).toBe(201);
  expect(await bareLogin(subject)).toMatchObject({ status: 429, body: { error_code: "IAM.0012" } });
  expect(await status()).toBe(200);
});

test("the machine's clock may fill the bucket instead", async () => {
  control.setKnobs({ rateLimitPerSecond: 0.000001, rateLimitBurst: 1, rateLimitClock: "real" });
  expect([await status(), await status()]).toEqual([200, 429]);
  control.advanceClock(3_600_000);
  expect(await status()).toBe(429);
});

test("answers take as long as the knob says", async () => {
  control.setKnobs({ latencyMs: 1 });
  expect(await status()).toBe(200);
});
