// The deployed whole: template through CloudFormation, bundled functions, tables, secrets and topics of an emulator that
// nobody here wrote, and OTC as the simulator plays it.

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { DEMO_INSTANCE_IDS as ids } from "../../local/simulator/fleet.ts";
import { EmulatedSite } from "./emulated-site.ts";
import { rightsOf } from "./role-rights.ts";

const emulatorUrl = inject("emulatorUrl");
const slotAt = Date.UTC(2026, 10, 24, 2, 30);
const minuteMs = 60_000;
const nightly = { account: "demo", schedule: "30 2 * * *", owner: "team-shop" };
/** Used in situations that these nights do not bring about. */
const seldomUsed = [
  /poll-backups.* dynamodb:DeleteItem .*-ledger$/, // ends the alert of an account that it alone saw in trouble
  /audit-backups.* dynamodb:(UpdateItem|DeleteItem|BatchGetItem) .*-ledger$/, // a pace learned, an alert ended, a run healed
  /prune-backups.* dynamodb:DeleteItem .*-ledger$/, // a guard's alert that is over
];

/** Where retention is with a run's backup, as the ledger says. */
const stageOf = ({ retention }: Record<string, unknown>) =>
  typeof retention === "object" && retention !== null && "stage" in retention ? retention.stage : undefined;

/** Rights that are used on a function's behalf and so never appear among its own calls. */
const usedOnItsBehalf = [
  "kms:Decrypt",
  "kms:GenerateDataKey",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "sqs:SendMessage",
];

describe.skipIf(emulatorUrl === "")("a stage in the emulator", () => {
  let site: EmulatedSite;

  beforeAll(async () => {
    site = await EmulatedSite.open(emulatorUrl, "emulated", slotAt - 2 * minuteMs);
    await site.putPolicy({ ...nightly, policyId: "nightly-shop", instanceIds: [ids.shop] });
    await site.putPolicy({
      ...nightly,
      policyId: "nightly-failing",
      instanceIds: new Set([ids.legacy]),
      maxAttempts: "1",
    });
    await site.putPolicy({ ...nightly, policyId: "nightly-typo", instanceIds: [ids.shop], timezone: "Europe/Berlln" });
  });

  afterAll(() => site?.close());

  test("what the emulator left out of the template is a short list of known types", () => {
    process.stdout.write(
      `left out by the emulator: ${[...site.deployed.leftOut].map(([type, count]) => `${count} ${type}`).join(", ")}\n`,
    );
    expect([...site.deployed.leftOut.keys()].toSorted()).toEqual([
      "AWS::CloudWatch::Alarm",
      "AWS::CloudWatch::CompositeAlarm",
      "AWS::Lambda::EventInvokeConfig",
      "AWS::SNS::Subscription",
      "AWS::SNS::TopicPolicy",
      "AWS::SQS::QueuePolicy",
      "AWS::Scheduler::Schedule",
      "AWS::Scheduler::ScheduleGroup",
    ]);
  });

  test("a night: the good database is backed up once, the failing one pages, the typo is told on its row", async () => {
    expect(await site.minutes(60)).toEqual([]);
    const runs = await site.runs();
    const of = (policyId: string) => runs.filter((run) => run.policyId === policyId);
    expect(of("nightly-shop")).toMatchObject([{ state: "completed", sizeKb: expect.any(Number) }]);
    expect(of("nightly-failing")).toMatchObject([{ state: "failed", reason: "backup-failed" }]);
    expect(of("nightly-typo")).toEqual([]);
    const live = site.simulator.control.backups({ instanceId: ids.shop }).filter((b) => b.name.startsWith("devbk-"));
    expect(live).toMatchObject([{ id: of("nightly-shop")[0]?.backupId, status: "COMPLETED" }]);
    const messages = await site.messages();
    const failures = messages.filter((m) => m.body.includes("nightly-failing") && m.subject.includes("backup-failed"));
    expect(failures).toMatchObject([{ level: "page", body: expect.stringContaining("team-shop") }]);
    expect(messages.filter((m) => m.body.includes("nightly-typo")).length).toBe(1);
    expect((await site.row("nightly-typo"))?.observed).toMatchObject({ status: "INVALID" });
    expect((await site.row("nightly-shop"))?.observed).toMatchObject({ status: "OK" });
  });

  test("the next night: killed after the POST whose answer was lost, cold start, still exactly one backup", async () => {
    site.leapTo(slotAt + 1440 * minuteMs - minuteMs);
    site.simulator.control.addFault({
      operation: "create-backup",
      instanceId: ids.shop,
      action: { kind: "drop-after" },
    });
    await site.minutes(1);
    expect(site.simulator.control.faults()).toMatchObject([{ hit: 1 }]);
    await site.function("create-backups").kill();
    await site.putPolicy({ ...nightly, policyId: "nightly-typo", instanceIds: [ids.wiki] });
    site.simulator.control.occupyInstance(ids.wiki, 10);
    await site.minutes(60);
    const runs = (await site.runs()).filter((run) => run.policyId === "nightly-shop");
    expect(runs.map((run) => run.state)).toEqual(["completed", "completed"]);
    const live = site.simulator.control.backups({ instanceId: ids.shop }).filter((b) => b.name.startsWith("devbk-"));
    expect(live).toHaveLength(2);
  });

  test("a third night: the password was changed, which is one page; once the secret is right, backups are made", async () => {
    site.leapTo(slotAt + 2880 * minuteMs - minuteMs);
    await site.messages();
    site.simulator.control.changePassword("svc-backup", "another-password-9");
    site.simulator.control.expireTokens();
    await site.minutes(10);
    const told = (await site.messages()).map((message) => message.subject);
    expect(told.filter((subject) => subject.includes("account-unusable"))).toEqual([
      "PAGE account-unusable: account demo",
    ]);
    await site.putSecret("svc-backup", "another-password-9");
    expect(await site.minutes(100, 5)).toEqual([]);
    const runs = (await site.runs()).filter((run) => run.policyId === "nightly-shop");
    expect(runs.map((run) => run.state)).toEqual(["completed", "completed", "completed"]);
    // One for the version, and one more when its breaker closes for a function that has not called OTC since.
    expect(
      site.simulator.control.logins().find((login) => login.user.endsWith("svc-backup"))?.failed,
    ).toBeLessThanOrEqual(2);
  });

  test("a week on: what retention does not keep is deleted after its grace, by the user that may, and stays on record", async () => {
    await site.putSecret("svc-prune");
    const retention = { keepLast: 1, minimum: 1 };
    await site.putPolicy({ ...nightly, policyId: "nightly-shop", instanceIds: [ids.shop], retention });
    for (let night = 3; night < 8; night += 1) {
      site.leapTo(slotAt + night * 1440 * minuteMs - 10 * minuteMs);
      expect(await site.minutes(110, 10)).toEqual([]);
    }
    const runs = (await site.runs()).filter((run) => run.policyId === "nightly-shop");
    const there = site.simulator.control.backups({ instanceId: ids.shop }).filter((b) => b.status === "COMPLETED");
    const deleted = runs.filter((run) => stageOf(run) === "deleted").map((run) => run.backupId);
    expect(deleted.length).toBeGreaterThan(0);
    expect(there.filter(({ id }) => deleted.includes(id))).toEqual([]);
    expect(there.map(({ id }) => id)).toContain(runs.at(-1)?.backupId);
  });

  test("every metric an alarm of ours watches is emitted, under the very dimensions it watches", () => {
    const emitted = new Set(site.metrics().map((m) => `${m.name} ${JSON.stringify(m.dimensions)}`));
    const watched = Object.values(site.deployed.template.Resources)
      .filter(({ Type, Properties }) => Type === "AWS::CloudWatch::Alarm" && Properties.Namespace === "OtcBackup")
      .map(({ Properties }) => {
        const dimensions = Properties.Dimensions.map((d: { Name: string; Value: string }) => [d.Name, d.Value]);
        return `${Properties.MetricName} ${JSON.stringify(Object.fromEntries(dimensions))}`;
      });
    expect(watched.length).toBeGreaterThan(3);
    expect(watched.filter((metric) => !emitted.has(metric))).toEqual([]);
  });

  test("no function calls an AWS action its role does not allow, and none may more than it does", () => {
    const found = [...site.functions].flatMap(([name, each]) => {
      const allowed = rightsOf(site.deployed.template, name);
      const missing = [...each.actions].filter((action) => !allowed.has(action));
      const spare = [...allowed].filter((action) => !each.actions.has(action) && !usedOnItsBehalf.includes(action));
      return [...missing.map((a) => `${name} lacks ${a}`), ...spare.map((a) => `${name} does not need ${a}`)];
    });
    expect(found.filter((line) => !seldomUsed.some((seldom) => seldom.test(line)))).toEqual([]);
  });
});
