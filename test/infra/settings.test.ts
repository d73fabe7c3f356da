// Settings are refused with a message that says what to write instead, before anything is deployed.

import { describe, expect, test } from "vitest";
import { checkSettings, placeholdersIn, settingsProblems } from "../../infra/check-settings.ts";
import { planDeployment } from "../../infra/plan-deployment.ts";
import { type StageSettings, stages } from "../../infra/settings.ts";
import { someSettings } from "./synthesized-stage.ts";

const own = { page: { emails: ["a@dbops.test"], httpsUrls: [] }, ticket: { emails: ["b@dbops.test"], httpsUrls: [] } };

describe("settings", () => {
  test("of every stage in the repository are usable", () => {
    for (const [stage, settings] of Object.entries(stages)) expect(settingsProblems(stage, settings)).toEqual([]);
  });

  test.each<[string, Partial<StageSettings>]>([
    ['account is "123": write the 12 digits of the AWS account, or leave it out', { account: "123" }],
    ['region is "Frankfurt": write an AWS region such as eu-central-1', { region: "Frankfurt" }],
    ['owner is " ": say in 1 to 120 characters who answers for the backups', { owner: " " }],
    ["logRetentionDays is 100: use one of 1, 3, 5,", { logRetentionDays: 100 }],
    ["reservedConcurrency is 0: use 1 to 10, or leave it out", { reservedConcurrency: 0 }],
    ['page is "no endpoint": name at least one', { page: { emails: [], httpsUrls: [] } }],
    ['ticket.emails[0] is "nobody": write an e-mail address', { ticket: { emails: ["nobody"], httpsUrls: [] } }],
    [
      'page.httpsUrls[0] is "http://x.test/": write an https URL',
      { page: { emails: [], httpsUrls: ["http://x.test/"] } },
    ],
    [
      "tickEveryMinutes.create-backups is 5: use 1 to 4 minutes",
      { tickEveryMinutes: { "create-backups": 5, "poll-backups": 1, "audit-backups": 5, "prune-backups": 60 } },
    ],
    [
      "tickEveryMinutes.poll-backups is 3: tick at least every 120 seconds (pollBoundSeconds), every minute or",
      { tickEveryMinutes: { "create-backups": 1, "poll-backups": 3, "audit-backups": 5, "prune-backups": 60 } },
    ],
    [
      "tickEveryMinutes.audit-backups is 6: use 1 to 5 minutes",
      { tickEveryMinutes: { "create-backups": 1, "poll-backups": 1, "audit-backups": 6, "prune-backups": 60 } },
    ],
    ['PRUNE_GRACE_HOURS is "23": must be at least 24', { pruneGraceHours: 23 }],
    ['BACKUP_NAME_PREFIX is "way-too-long"', { backupNamePrefix: "way-too-long" }],
    ['OTC_RATE_PER_SECOND is "0"', { otcRatePerSecond: 0 }],
    ["http://iam.test", { otcEndpoints: { "eu-de": { iam: "http://iam.test", rds: "https://rds.test" } } }],
  ])("are refused with: %s", (message, changed) => {
    const problems = settingsProblems("prod", someSettings(changed));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  test("are refused all at once, under the stage's name", () => {
    const wrong = someSettings({ region: "moon", account: "1" });
    expect(() => checkSettings("prod", wrong)).toThrow(/^settings of stage "prod" are not usable: account .*; region /);
  });

  test("need a stage whose name fits into every resource's name", () => {
    expect(settingsProblems("Prod_1", someSettings())[0]).toContain('the stage\'s name is "Prod_1"');
  });
});

describe("a deployment", () => {
  test("goes to the stack of the stage and passes every other option on", () => {
    const ready = { live: someSettings({ account: "210987654321", ...own }) };
    const cdkArguments = ["deploy", "otc-backup-live", "--require-approval", "never"];
    for (const given of [
      ["--stage", "live", "--require-approval", "never"],
      ["--require-approval", "never", "--stage=live"],
    ]) {
      expect(planDeployment(given, ready)).toEqual({ kind: "run", cdkArguments });
    }
  });

  test.each([[[]], [["--stage"]], [["--require-approval", "never"]]])("without a stage is refused: %j", (given) => {
    expect(planDeployment(given, stages)).toMatchObject({ kind: "refuse", message: "no stage given" });
  });

  test.each(["live", "toString"])("of an unknown stage is refused: %s", (stage) => {
    expect(planDeployment(["--stage", stage], stages)).toMatchObject({
      kind: "refuse",
      message: `stage "${stage}" is not known`,
      hint: "use one of dev, prod, or add it to infra/settings.ts",
    });
  });

  test("with unusable settings is refused with all that is wrong, before the CDK is started", () => {
    const plan = planDeployment(["--stage", "live"], { live: someSettings({ ...own, region: "moon", account: "1" }) });
    expect(plan).toMatchObject({ kind: "refuse", hint: "correct infra/settings.ts" });
    expect(plan).toMatchObject({
      message: expect.stringMatching(/"live" are not usable:\n {2}account .*\n {2}region /),
    });
  });

  test("that would alert example addresses is refused", () => {
    const plan = planDeployment(["--stage", "dev"], stages);
    expect(plan).toMatchObject({ kind: "refuse", message: expect.stringContaining("dbops-dev@example.com") });
  });

  test.each(["a@example.com", "a@b.example.org", "https://x.invalid/y", "https://pager.example/z"])(
    "sees that %s is an example",
    (endpoint) => {
      expect(
        placeholdersIn(someSettings({ account: "210987654321", ...own, page: { emails: [endpoint], httpsUrls: [] } })),
      ).toEqual([endpoint]);
    },
  );

  test.each(["a@dbops.test", "https://events.pagerduty.com/x", "a@examples.com"])(
    "takes %s for a real address",
    (endpoint) => {
      expect(
        placeholdersIn(someSettings({ account: "210987654321", ...own, page: { emails: [endpoint], httpsUrls: [] } })),
      ).toEqual([]);
    },
  );
});
