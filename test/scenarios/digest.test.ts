// The digest and the outside switch on a whole site: once a day, also when nobody is well, and never a half one.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { HttpsDeadManSwitch } from "../../shared/adapters/dead-man-switch.ts";
import { ConfigError, parseConfig } from "../../shared/config.ts";
import { failed, failure } from "../../shared/domain/failure.ts";
import { aRow, aSite, instanceIds, slotAt, withoutRunsOfPolicies } from "../support/test-site.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** 07:00 UTC, the default hour, after the slot of `aRow`. */
const sevenAt = slotAt + 4.5 * hourMs;

const digests = (notices: readonly { subject: string }[]) =>
  notices.map((notice) => notice.subject).filter((subject) => subject.startsWith("DIGEST"));

async function aMorningSite() {
  const site = await aSite([aRow(), aRow({ policyId: "nightly-crm", instanceIds: [instanceIds.crm], enabled: false })]);
  await site.audit();
  await site.create();
  site.clock.set(slotAt + hourMs);
  await site.create();
  await site.poll();
  return site;
}

test("the digest goes out once, at its hour, however many audits there are at once", async () => {
  const { audit, clock, notices, gauges } = await aMorningSite();
  clock.set(sevenAt - minuteMs);
  await audit();
  expect(digests(notices)).toEqual([]);
  clock.set(sevenAt);
  await Promise.all([audit(), audit(), audit()]);
  clock.set(sevenAt + 10 * minuteMs);
  await audit();
  expect(digests(notices)).toEqual(["DIGEST 1 of 1 good, oldest 4 h 30 m, 0 retried, 0 paged"]);
  expect(notices.at(-1)?.body).toContain("nightly-crm: disabled");
  expect(gauges().DigestAgeHours).toBeCloseTo(10 / 60, 1);
});

test("a digest that cannot be delivered is tried again after its claim, and its absence shows", async () => {
  const { site, audit, clock, notices, gauges } = await aMorningSite();
  clock.set(sevenAt);
  const deaf = { ...site, notifier: { publish: async () => failed(failure("notify-failed", "the topic is gone")) } };
  await expect(audit(deaf)).rejects.toThrow("the topic is gone");
  expect(gauges()).toMatchObject({ AuditHeartbeat: 0 });
  expect(gauges().DigestAgeHours).toBeCloseTo(4.5, 1);
  clock.set(sevenAt + 5 * minuteMs);
  await audit();
  expect(digests(notices)).toHaveLength(1);
});

test("half a digest is not sent: a policy whose runs cannot be read holds it back", async () => {
  const { site, audit, clock, notices } = await aMorningSite();
  clock.set(sevenAt);
  const runs = withoutRunsOfPolicies(site.runs, failure("storage-unavailable", "throttled"));
  // Every policy fails twice: the audit reads its runs, and the digest does.
  await expect(audit({ ...site, runs })).rejects.toThrow("audit-backups: 4 parts failed");
  expect(digests(notices)).toEqual([]);
});

/** An outside switch on loopback, and what reached it. */
async function anOutside(answer: { status: number; location?: string }) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location }).end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/abc`);
  return { heard, deadManSwitch: new HttpsDeadManSwitch(url) };
}

test("the outside switch is called after an audit that found all well, and after no other", async () => {
  const { heard, deadManSwitch } = await anOutside({ status: 200 });
  const { site, audit, clock } = await aMorningSite();
  await audit({ ...site, deadManSwitch });
  expect(heard).toEqual(["GET /ping/abc"]);
  clock.set(slotAt + 60 * hourMs);
  await audit({ ...site, deadManSwitch });
  expect(heard).toHaveLength(1);
});

test.each([
  ["an error", { status: 500 }],
  ["a redirect", { status: 302, location: "http://127.0.0.1:1/elsewhere" }],
])("a switch that answers with %s is counted, and fails no audit", async (_title, answer) => {
  const { heard, deadManSwitch } = await anOutside(answer);
  const { site, audit, gauges } = await aMorningSite();
  await audit({ ...site, deadManSwitch });
  expect(heard).toHaveLength(1);
  expect(gauges()).toMatchObject({ AuditHeartbeat: 1, PingFailures: 1 });
});

const environment = {
  ...{ STAGE: "s", POLICIES_TABLE: "p", LEDGER_TABLE: "l", ACCOUNT_SECRET_PREFIX: "a" },
  ...{ PAGE_TOPIC_ARN: "x", TICKET_TOPIC_ARN: "y" },
};

test("settings: off by default, https only, an hour that exists on a clock that exists", () => {
  expect(parseConfig(environment)).toMatchObject({ digest: { hour: 7, timeZone: "UTC" } });
  expect(parseConfig(environment).deadManUrl).toBeUndefined();
  expect(parseConfig({ ...environment, DEAD_MAN_URL: "https://hc.test/ping/1" }).deadManUrl?.host).toBe("hc.test");
  for (const wrong of [
    { DEAD_MAN_URL: "http://hc.test/ping/1" },
    { DEAD_MAN_URL: "https://user:pass@hc.test/" },
    { DEAD_MAN_URL: "hc.test" },
    { DIGEST_HOUR: "24" },
    { DIGEST_HOUR: "seven" },
    { DIGEST_TIME_ZONE: "CET" },
  ])
    expect(() => parseConfig({ ...environment, ...wrong })).toThrow(ConfigError);
});
