// The knobs that no other file turns: how long things take, how much they weigh, how an error is worded.

import { expect, test } from "vitest";
import { parseKnobWords } from "../../../local/simulator/knob-words.ts";
import { parseKnobs } from "../../../local/simulator/knobs.ts";
import {
  aSimulator,
  bareLogin,
  call,
  create,
  dayMs,
  hourMs,
  ids,
  loginBody,
  minuteMs,
  startAt,
} from "./a-simulator.ts";

const subject = await aSimulator({ knobs: { tokenLifetimeHours: 24 * 60 } });
const { simulator, bare, rds } = subject;
const { control } = simulator;
const exactly = (seconds: number) => ({ min: seconds, max: seconds });
const only = () => control.backups().at(-1);

test("durations and weights of backups", async () => {
  control.setKnobs({ backupSeconds: exactly(60), sizeJitterPercent: 0, deletingSeconds: exactly(7) });
  const id = await create(rds, "nightly-01");
  expect(only()).toMatchObject({ endAt: startAt + minuteMs, sizeKb: 84 * 1_048_576 });
  control.advanceClock(minuteMs);
  await rds.delete(`/backups/${id}`);
  expect(only()).toMatchObject({ goneAt: startAt + minuteMs + 7000 });
  control.setKnobs({ sizeJitterPercent: 50 });
  await create(rds, "nightly-02");
  expect(only()?.sizeKb).not.toBe(84 * 1_048_576);
});

test("how soon one fails that fails early, and the share that fails", async () => {
  control.setKnobs({ failEarlySeconds: exactly(3), failureRate: 1 });
  control.changeInstance(ids.crm, { backupOutcome: "fails-early" });
  await create(rds, "early", ids.crm);
  expect(only()).toMatchObject({ endAt: startAt + 3000, outcome: "FAILED" });
  await create(rds, "by-chance");
  expect(only()).toMatchObject({ outcome: "FAILED" });
});

test("restores and the first backup after them", async () => {
  control.setKnobs({ restoreSeconds: exactly(100), firstBackupSeconds: 50 });
  const id = await create(rds, "nightly-01", ids.wiki);
  control.changeBackup(id, { now: "complete" });
  const source = { instance_id: ids.wiki, type: "backup", backup_id: id };
  await rds.post("/instances/recovery", { source, target: { instance_id: ids.wiki } });
  expect(control.instances().find((one) => one.id === ids.wiki)?.occupied).toEqual([
    { status: "RESTORING", fromAt: startAt, untilAt: startAt + 100_000 },
  ]);
  const restored = await rds.post("/instances", {
    name: "wiki-restored",
    restore_point: source,
    flavor_ref: "f",
    volume: { type: "ESSD", size: 40 },
    availability_zone: "eu-de-01",
    vpc_id: "v",
    subnet_id: "s",
    password: "Invented-1",
  });
  const made = control.instances().find((one) => one.id === restored.body.instance.id);
  expect(made?.occupied.at(-1)).toEqual({
    status: "BACKING UP",
    fromAt: startAt + 100_000,
    untilAt: startAt + 150_000,
  });
});

test("the time in the answer of a create", async () => {
  control.setKnobs({ createTimeFormat: "+0800" });
  const answer = await rds.post("/backups", { instance_id: ids.shop, name: "nightly-01" });
  expect(answer.body.backup.begin_time).toBe("2026-11-24T20:00:00+0800");
});

test.each([
  ["v1", { errCode: "DBS.200002" }],
  ["keystone", { error: { code: 404, title: "Not Found" } }],
  ["nova", { itemNotFound: { code: 404 } }],
  ["plain", { code: "DBS.200002" }],
  ["empty", ""],
] as const)("errors of RDS in the form %s", async (errorForm, body) => {
  control.setKnobs({ errorForm });
  const answer = await rds.get("/backups?instance_id=none");
  expect(answer.status).toBe(404);
  if (body === "") expect(answer.body).toBe("");
  else expect(answer.body).toMatchObject(body);
});

test("how long tokens survive a new password, and wrong passwords are remembered", async () => {
  control.setKnobs({ tokensDieMinutes: 0, failedLoginWindowMinutes: 1 });
  for (let i = 0; i < 6; i += 1) {
    await bare.post("/v3/auth/tokens", loginBody({ password: "wrong" }));
    control.advanceClock(30_000);
  }
  expect((await bareLogin(subject)).status).toBe(201);
  control.changePassword("admin", "another");
  expect((await rds.get("/instances")).status).toBe(401);
});

test("how many failed signatures a key survives, and for how long it is locked", async () => {
  control.setKnobs({ akMaxFailures: 1, akLockMinutes: 60 });
  const at = (ms: number) => `${new Date(startAt + ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const wrong = async (ms: number) => {
    const claim = `Access=SIMULATORADMIN000001, SignedHeaders=x-sdk-date, Signature=${"0".repeat(64)}`;
    const headers = { "X-Sdk-Date": at(ms), Authorization: `SDK-HMAC-SHA256 ${claim}` };
    return (await call(`${simulator.url}/v3/projects`, "GET", { headers })).body.error_msg;
  };
  expect([await wrong(0), await wrong(0)]).toEqual([
    expect.stringContaining("verify"),
    expect.stringContaining("verify"),
  ]);
  expect(await wrong(0)).toContain("reach the limit");
  control.advanceClock(59 * minuteMs);
  expect(await wrong(59 * minuteMs)).toContain("reach the limit");
  control.advanceClock(minuteMs);
  expect(await wrong(hourMs)).toContain("verify");
});

test("how long a stopped instance rests and a removed one is kept", async () => {
  control.setKnobs({ stoppedForDays: 0, recycleDays: 1 });
  control.stopInstance(ids.shop);
  control.removeInstance(ids.crm);
  control.setClock(Date.UTC(2026, 10, 25, 2, 0));
  expect((await rds.get(`/instances?id=${ids.shop}`)).body.instances[0].status).toBe("ACTIVE");
  expect((await rds.get("/recycle-instances")).body.instances).toHaveLength(1);
  control.setClock(startAt + dayMs);
  expect((await rds.get("/recycle-instances")).body.instances).toEqual([]);
});

test("knobs as words: JSON or text, and what is wrong with the others", () => {
  expect(parseKnobWords(["rateLimitPerSecond=5", "retryAfter=seconds", 'backupSeconds={"min":1,"max":2}'])).toEqual({
    rateLimitPerSecond: 5,
    retryAfter: "seconds",
    backupSeconds: { min: 1, max: 2 },
  });
  expect(() => parseKnobWords(["rateLimitPerSecond"])).toThrow('"rateLimitPerSecond" is not name=value');
  expect(() => parseKnobWords(["rate=5"])).toThrow(/rate/);
  expect(() => parseKnobWords(["backupSeconds=5"])).toThrow(/backupSeconds/);
});

test("a change leaves alone what it does not name, refusals row by row", () => {
  const first = parseKnobs({ failureRate: 0.5, refusals: { busy: { status: 403 } } });
  const second = parseKnobs({ refusals: { replica: null } }, first);
  expect(second).toMatchObject({ failureRate: 0.5, refusals: { busy: { status: 403 }, replica: null } });
});
