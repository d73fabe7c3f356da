// Five nights against an OTC that neither our simulator nor our client was written with: backups by password and by keys, a lost answer,
// a gateway that gives up, a backup that fails, and retention that deletes. What stands there in the end is asked of that OTC.

import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { ConsoleNotifier } from "../../local/console-log.ts";
import { localTableNames, startEmbeddedTables } from "../../local/embedded-tables.ts";
import { SteppedClock } from "../../local/local-clock.ts";
import { tickAll } from "../../local/local-scheduler.ts";
import { nextTickAt, openRuns } from "../../local/next-tick.ts";
import type { AccountSecrets } from "../../shared/adapters/secrets-manager-accounts.ts";
import { parseConfig } from "../../shared/config.ts";
import { buildSite } from "../../shared/services.ts";
import { OtcByThePage, type PageProject } from "../support/otc-by-the-page.ts";

const hourMs = 3_600_000;
const startAt = Date.UTC(2026, 10, 23, 12);
const users = [
  { name: "maker", password: "made-up-1", mayDelete: false },
  { name: "pruner", password: "made-up-2", mayDelete: true },
];
const keys = [
  { access: "AKMAKER", secret: "made-up-3", mayDelete: false },
  { access: "AKPRUNER", secret: "made-up-4", mayDelete: true },
];
const ids = (n: number) => `d8e6ca5a624745bcb546a227aa3ae1c${n}in01`;
const projects: PageProject[] = [
  {
    ...{ id: "0483b6b16e954cb88930a360d2c4e663", domain: "OTC-EU-DE-00000000001000012345", users, keys: [] },
    instances: [1, 2, 3].map((n) => ({ id: ids(n), name: `db-${n}`, ...(n === 2 ? { replicaOf: ids(1) } : {}) })),
  },
  {
    id: "1583b6b16e954cb88930a360d2c4e664",
    domain: "OTC-2",
    users: [],
    keys,
    instances: [{ id: ids(4), name: "db-4" }],
  },
];

const secrets: AccountSecrets = {
  read: async (name) => {
    const [account, role] = name.split("/");
    const [index, which] = [account === "by-password" ? 0 : 1, role === "prune" ? 1 : 0];
    const { id: projectId = "", domain: domainName = "" } = projects[index] ?? {};
    const { name: userName = "", password = "" } = users[which] ?? {};
    const { access: accessKey = "", secret: secretKey = "" } = keys[which] ?? {};
    const auth =
      index === 0
        ? ({ method: "token", domainName, userName, password } as const)
        : ({ method: "aksk", accessKey, secretKey } as const);
    return { ok: true, value: { version: "1", region: "eu-de", projectId, auth } };
  },
};

async function aSiteThere() {
  const clock = new SteppedClock(startAt);
  const otc = await new OtcByThePage(projects, () => clock.now()).listen();
  const tables = await startEmbeddedTables();
  onTestFinished(() => tables.close());
  const notifier = new ConsoleNotifier(clock, () => {});
  const config = parseConfig({
    ...{ STAGE: "local", POLICIES_TABLE: localTableNames.policies, LEDGER_TABLE: localTableNames.ledger },
    ...{ ACCOUNT_SECRET_PREFIX: "x", PAGE_TOPIC_ARN: "x", TICKET_TOPIC_ARN: "x" },
    OTC_ENDPOINTS: JSON.stringify({ "eu-de": { iam: otc.url, rds: `${otc.url}/v3` } }),
  });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const chance = { fraction: () => 0.5, newId: () => crypto.randomUUID() };
  const parts = { dynamoDb: tables.client, secrets, notifier, telemetry: { emit: () => {} }, log, clock, chance };
  const site = buildSite(config, parts);
  const put = (row: Record<string, unknown>) =>
    tables.client.send(new PutItemCommand({ TableName: localTableNames.policies, Item: marshall(row) }));
  const liveUntil = async (endAt: number) => {
    while (clock.now() < endAt) {
      expect((await tickAll(site)).errors).toEqual([]);
      clock.set(
        Math.min((await nextTickAt(site, clock.now(), await openRuns(site))) ?? endAt, clock.now() + 6 * hourMs),
      );
    }
  };
  return { otc, site, put, liveUntil, notices: notifier.delivered };
}

test("nights of backups, failures and retention against an OTC by the page", async () => {
  const { otc, site, put, liveUntil, notices } = await aSiteThere();
  const common = { schedule: "30 2 * * *", retention: { keepLast: 1, minimum: 1 } };
  await put({ policyId: "by-password", account: "by-password", selector: { name: "db-*" }, ...common });
  await put({ policyId: "by-keys", account: "by-keys", instanceIds: [ids(4)], ...common });
  const auto = { type: "auto", fails: false, beganAt: startAt - 48 * hourMs, endsAt: startAt - 47 * hourMs } as const;
  const [project] = projects;
  otc.backups.push({ ...auto, id: "a".repeat(32), projectId: project?.id ?? "", instanceId: ids(1), name: "auto-1" });
  const night = (n: number) => startAt + (n - 1) * 24 * hourMs + 14.5 * hourMs;

  otc.nextPost = ["dropped-after", "gateway-timeout"];
  await liveUntil(night(1) + 6 * hourMs);
  otc.nextPost = ["throttled", "fails-later"];
  await liveUntil(night(5) + 20 * hourMs);

  const manual = [...otc.backups, ...otc.gone].filter(({ type }) => type === "manual");
  // Exactly one that did not fail, per night and database that can be backed up.
  const perNight = Map.groupBy(
    manual.filter(({ fails }) => !fails),
    ({ instanceId, name }) => `${instanceId} ${/\d{8}T\d{4}Z/.exec(name)}`,
  );
  expect([...perNight.values()].map((same) => same.length)).toEqual(Array.from({ length: 15 }, () => 1));
  expect(manual.filter(({ instanceId }) => instanceId === ids(2))).toEqual([]);
  expect(manual.filter(({ fails }) => fails)).toHaveLength(1);

  // Grace is 72 hours: that of the first night is over, the newest stays by rule, the others have not waited long enough.
  for (const id of [ids(1), ids(3), ids(4)]) {
    const left = otc.backups.filter((each) => each.instanceId === id && each.type === "manual");
    const nightsLeft = left.map(({ name }) => /\d{8}/.exec(name)?.[0]).toSorted();
    expect(nightsLeft, id).toEqual(["20261125", "20261126", "20261127", "20261128"]);
  }
  expect(otc.gone.length).toBe(4);
  expect(otc.backups.filter(({ type }) => type === "auto")).toHaveLength(1);

  // The ledger says of each backup what OTC says of it.
  const runs = (
    await Promise.all(["by-password", "by-keys"].map((id) => site.runs.ofPolicy(id, { fromAt: 0, toAt: startAt * 2 })))
  ).flat();
  const ended = Map.groupBy(runs, ({ state }) => state);
  expect([...ended].map(([state, list]) => [state, list.length]).toSorted()).toEqual([["completed", 15]]);
  for (const { backupId, retention } of ended.get("completed") ?? []) {
    const known = manual.find(({ id }) => id === backupId);
    expect(known).toBeDefined();
    expect(otc.gone.some(({ id }) => id === backupId)).toBe(retention?.stage === "deleted");
  }
  expect(notices.map(({ subject }) => subject.split(":")[0]).filter((what) => what?.startsWith("PAGE"))).toEqual([]);
  expect(otc.calls.filter((call) => / (400|401|404) ?$/.test(call))).toEqual([]);
  expect(otc.calls.filter((call) => call.startsWith("POST /v3/auth/tokens")).length).toBeLessThan(40);
}, 120_000);
