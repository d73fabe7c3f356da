// The deployed whole: template through CloudFormation, bundled functions, tables, secrets and topics of an emulator that
// nobody here wrote, and OTC as the simulator plays it. The tests are one story: each night goes on from the one before.

import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { DEMO_INSTANCE_IDS as ids } from "../../local/simulator/fleet.ts";
import { cli } from "../cli/a-cli.ts";
import { completeStage } from "./complete-stage.ts";
import { EmulatedSite } from "./emulated-site.ts";
import { atStage, policiesFile } from "./operator.ts";
import { callsNotAllowed, rightsNotUsed } from "./role-rights.ts";

const emulatorUrl = inject("emulatorUrl");
const slotAt = Date.UTC(2026, 10, 24, 2, 30);
const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
const nightly = { account: "demo", schedule: "30 2 * * *", owner: "team-shop" };
const shop = { ...nightly, policyId: "nightly-shop", instanceIds: [ids.shop] };

/** Used in situations that these nights do not bring about. */
const seldomUsed = [
  /poll-backups does not use dynamodb:DeleteItem .*-ledger alert#\*/, // ends the alert of an account that it alone saw in trouble
  /audit-backups does not use dynamodb:PutItem .*-ledger run#\*/, // a backup that vanished or was adopted is noted on its run
  /prune-backups does not use dynamodb:DeleteItem .*-ledger alert#\*/, // a doubt of retention that is over
  /prune-backups does not use dynamodb:UpdateItem .*-ledger account#\*/, // OTC throttled it, and it learned a pace
  /prune-backups does not use sns:Publish .*-page/, // a doubt of which a human must hear at once
];

/** Where retention is with a run's backup, as the ledger says. */
const stageOf = ({ retention }: Record<string, unknown>) =>
  typeof retention === "object" && retention !== null && "stage" in retention ? retention.stage : undefined;

describe.skipIf(emulatorUrl === "")("a stage in the emulator", () => {
  let site: EmulatedSite;
  const runsOf = async (policyId: string) => (await site.runs()).filter((run) => run.policyId === policyId);
  const shopBackups = () =>
    site.simulator.control.backups({ instanceId: ids.shop }).filter((b) => b.name.startsWith("devbk-"));
  const told = async (kind: string) =>
    (await site.messages()).map(({ subject }) => subject).filter((subject) => subject.includes(kind));

  beforeAll(async () => {
    site = await EmulatedSite.open(emulatorUrl, "emulated", slotAt - 2 * minuteMs);
    await site.putPolicy(shop);
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
    expect([...(await site.minutes(12)), ...(await site.minutes(50, 5))]).toEqual([]);
    const runs = await runsOf("nightly-shop");
    expect(runs).toMatchObject([{ state: "completed", sizeKb: expect.any(Number) }]);
    expect(await runsOf("nightly-failing")).toMatchObject([{ state: "failed", reason: "backup-failed" }]);
    expect(await runsOf("nightly-typo")).toEqual([]);
    expect(shopBackups()).toMatchObject([{ id: runs[0]?.backupId, status: "COMPLETED" }]);
    const messages = await site.messages();
    const failures = messages.filter((m) => m.body.includes("nightly-failing") && m.subject.includes("backup-failed"));
    expect(failures).toMatchObject([{ level: "page", body: expect.stringContaining("team-shop") }]);
    expect(messages.filter((m) => m.body.includes("nightly-typo")).length).toBe(1);
    expect((await site.row("nightly-typo"))?.observed).toMatchObject({ status: "INVALID" });
    expect((await site.row("nightly-shop"))?.observed).toMatchObject({ status: "OK" });
    expect(messages.filter((m) => m.subject.includes("databases-uncovered"))).toHaveLength(1);
  });

  test("the next night: killed after the POST whose answer was lost, cold start, still exactly one backup", async () => {
    site.leapTo(slotAt + dayMs - minuteMs);
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
    site.simulator.control.addFault({
      operation: "create-backup",
      instanceId: ids.wiki,
      action: { kind: "fail-backup", when: "early" },
    });
    await site.minutes(10);
    await site.minutes(50, 5);
    expect((await runsOf("nightly-shop")).map((run) => run.state)).toEqual(["completed", "completed"]);
    expect(shopBackups()).toHaveLength(2);
  });

  test("a third night: the password was changed, which is one page; once the secret is right, backups are made", async () => {
    site.leapTo(slotAt + 2 * dayMs - minuteMs);
    await site.messages();
    site.simulator.control.changePassword("svc-backup", "another-password-9");
    site.simulator.control.expireTokens();
    await site.minutes(10);
    expect(await told("account-unusable")).toEqual(["PAGE account-unusable: account demo"]);
    await site.putSecret("svc-backup", "another-password-9");
    expect(await site.minutes(100, 5)).toEqual([]);
    expect((await runsOf("nightly-shop")).map((run) => run.state)).toEqual(["completed", "completed", "completed"]);
    // One for the version, and one more when its breaker closes for a function that has not called OTC since.
    expect(
      site.simulator.control.logins().find((login) => login.user.endsWith("svc-backup"))?.failed,
    ).toBeLessThanOrEqual(2);
  });

  test("a fourth: nobody looks, which the auditor finds; databases are opted out; then all of it ends", async () => {
    for (const id of [ids.crm, ids.ledger, ids.erp, ids.reports, ids.wiki, ids.legacy])
      site.simulator.control.changeInstance(id, { tags: [{ key: "otc-backup-optout", value: "not tonight" }] });
    site.leapTo(slotAt + 3 * dayMs - minuteMs);
    await site.minutes(2);
    await site.messages();
    site.leapTo(slotAt + 3 * dayMs + 60 * minuteMs);
    site.simulator.control.addFault({
      operation: "list-instances",
      action: { kind: "status", status: 429, retryAfterSeconds: 1 },
    });
    await site.minutes(180, 60, ["create-backups", "prune-backups", "poll-backups"]);
    expect(await told("runs-stuck")).toHaveLength(1);
    await site.minutes(10, 5);
    expect((await runsOf("nightly-shop")).at(-1)?.state).toBe("completed");
    const open = (await site.openAlerts()).map((alert) => String(alert.sk));
    expect(open.filter((sk) => /account-unusable|runs-stuck|databases-uncovered/.test(sk))).toEqual([]);
  });

  test("a week on: what retention does not keep is deleted after its grace, by the user that may, and stays on record", async () => {
    await site.putSecret("svc-prune");
    const retention = { keepLast: 1, minimum: 1 };
    // Marked at one tick, due at the same minute three nights later, perhaps just not yet; deleted a night on, and on record with the next.
    for (let night = 4; night < 10; night += 1) {
      // One night the row is wrong, for which retention keeps everything and says so.
      const wrong = night === 6 ? { timezone: "Europe/Berlln" } : {};
      await site.putPolicy({ ...shop, retention, ...wrong });
      site.leapTo(slotAt + night * dayMs - 10 * minuteMs);
      expect(await site.minutes(50, 10)).toEqual([]);
      if (night === 6) expect(await told("prune-blocked")).toHaveLength(1);
    }
    const runs = await runsOf("nightly-shop");
    const there = site.simulator.control.backups({ instanceId: ids.shop }).filter((b) => b.status === "COMPLETED");
    const deleted = runs.filter((run) => stageOf(run) === "deleted").map((run) => run.backupId);
    expect(deleted.length).toBeGreaterThan(0);
    expect(there.filter(({ id }) => deleted.includes(id))).toEqual([]);
    expect(there.map(({ id }) => id)).toContain(runs.at(-1)?.backupId);
  });

  test("the dashboard's widget answers with the page of this stage", async () => {
    const { value, error } = await site.function("status-widget").invoke(site.now(), { widgetContext: {} });
    expect(error).toBeUndefined();
    expect(String(value)).toContain("nightly-shop");
  });

  describe("for the operator at the command line", () => {
    beforeAll(async () => {
      await completeStage(emulatorUrl, site.deployed.template);
      // A clock that runs: what waits for its turn looks at it again.
      vi.useFakeTimers({ toFake: ["Date"], now: site.now(), shouldAdvanceTime: true });
      for (const [name, value] of Object.entries(atStage(emulatorUrl, site))) vi.stubEnv(name, value);
    });

    afterAll(() => {
      vi.useRealTimers();
      vi.unstubAllEnvs();
    });

    const on = (...args: string[]) => cli(...args, "--stage", "emulated");
    const asked = async (...args: string[]) => {
      const { code, out } = await on(...args, "--json");
      return { code, answer: JSON.parse(out) };
    };

    interface Found {
      readonly check: string;
      readonly result: string;
      readonly detail: string;
      readonly remedy?: string;
    }
    const doctor = async () => {
      const { code, answer } = await asked("doctor");
      const of = (result: string): Found[] => answer.findings.filter((found: Found) => found.result === result);
      return { code, fails: of("fail"), good: of("ok").map(({ check, detail }) => `${check}: ${detail}`) };
    };

    test("doctor looks at everything in AWS and at OTC; what fails are the alarms whose composite the emulator lacks", async () => {
      const { code, fails, good } = await doctor();
      expect(code).toBe(3);
      expect(fails.map(({ check }) => check)).toEqual(["alarms"]);
      const gauges = [
        ...["overdue-policies", "worst-freshness", "stuck-backups", "unaccounted-slots", "policies-dropped"],
        "silent-shards",
      ];
      expect(fails[0]?.detail.match(/otc-backup-emulated-[a-z-]+/g)?.toSorted()).toEqual(
        gauges.map((key) => `otc-backup-emulated-${key}`).toSorted(),
      );
      for (const part of ["any second", "audit-backups: is enabled", "login works", "may list backups"])
        expect(good.filter((line) => line.includes(part))).not.toEqual([]);
      expect(good.filter((line) => line.startsWith("topic"))).toHaveLength(2);
    });

    test("doctor says what somebody changed by hand", async () => {
      await site.spoil();
      const { fails } = await doctor();
      expect(fails.map(({ check }) => check).toSorted()).toEqual([
        "alarms",
        "schedule otc-backup-emulated-poll-backups",
      ]);
      expect(fails.find(({ check }) => check === "alarms")?.detail).toContain("tick-lag");
      for (const { remedy } of fails) expect(remedy).toMatch(/\w/);
    });

    test("status, runs, why, next, coverage, plan, report and prune tell of this stage", async () => {
      expect((await on("status")).out).toContain("nightly-shop");
      const { answer } = await asked("runs", "list", "--days", "30");
      expect(JSON.stringify(answer)).toContain("nightly-typo");
      expect((await on("why", "nightly-shop")).out).toContain("completed");
      expect((await on("next")).out).toContain("nightly-shop");
      expect((await on("coverage")).out).toContain("not tonight");
      expect((await on("plan")).code).toBe(0);
      expect((await on("report")).out).toContain("good");
      // The stage is not in infra/settings.ts, so its prefix is the variable's: with the wrong one nothing would be ours.
      expect((await on("prune", "--dry-run")).out).not.toContain("foreign");
    });

    test("policies are validated, applied, listed and removed, and the next tick obeys", async () => {
      const file = policiesFile([{ ...nightly, policyId: "from-a-file", instanceIds: [ids.erp] }]);
      expect((await cli("policies", "validate", file)).code).toBe(0);
      expect((await on("policies", "apply", file, "--yes")).code).toBe(0);
      expect(await site.minutes(1)).toEqual([]);
      const { answer } = await asked("policies", "list");
      expect(JSON.stringify(answer)).toContain("from-a-file");
      expect((await site.row("from-a-file"))?.observed).toMatchObject({ status: "OK" });
      expect((await on("policies", "remove", "from-a-file", "--yes")).code).toBe(0);
      expect(await site.row("from-a-file")).toBeUndefined();
    });
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

  test("no function makes a call its role does not allow, and no part of a role is unused", () => {
    const { template } = site.deployed;
    const found = [...site.functions].flatMap(([name, each]) => [
      ...callsNotAllowed(template, name, each.calls()),
      ...rightsNotUsed(template, name, each.calls()),
    ]);
    expect(found.filter((line) => !seldomUsed.some((seldom) => seldom.test(line)))).toEqual([]);
  });
});
