// What people read on a terminal, as text worth reviewing, and beside it what must hold of any such text.
// After a wanted change: UPDATE_GOLDEN=1 npx vitest run test/golden, then review the difference like code.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { judgeInstances, judgeSkew } from "../../cli/doctor/check-account.ts";
import { judgeAlarms, judgeSchedules, judgeSubscriptions } from "../../cli/doctor/check-delivery.ts";
import { judgePolicies, judgeTicks } from "../../cli/doctor/check-policies.ts";
import { printedFindings } from "../../cli/doctor/finding.ts";
import { editPreview } from "../../cli/edit-preview.ts";
import { tableText } from "../../cli/output.ts";
import { findingText } from "../../cli/policy-files.ts";
import { runStory } from "../../cli/run-story.ts";
import { statusText } from "../../cli/status-text.ts";
import { tracesText } from "../../cli/trace-text.ts";
import { failure } from "../../shared/domain/failure.ts";
import type { Policy } from "../../shared/domain/policy.ts";
import { traceOf } from "../../shared/domain/runs/decision-trace.ts";
import type { Run } from "../../shared/domain/runs/run.ts";
import { alertsDelivered, giveUp, postpone } from "../../shared/domain/runs/run-machine.ts";
import { parsePolicy } from "../../shared/policies/parse-policy.ts";
import { planEdits } from "../../shared/policies/plan-edits.ts";
import { parsePolicyFile } from "../../shared/policies/policy-file.ts";
import { siteStatus } from "../../shared/status/status-model.ts";
import * as site from "../shared/status/status-builder.ts";

const { now, night, database } = site;
const minuteMs = 60_000;
const flags = "--stage prod";

const busy = failure("instance-busy", "createBackup: instance-busy (409 DBS.200047 another operation is running)", {
  evidence: { operation: "createBackup", status: 409, providerCode: "DBS.200047", requestId: "8f3c2b1a" },
});

function aMissedNight(): Run {
  let run = site.aWaiting({ slotAt: night(0) });
  for (let i = 1; i < 4; i += 1) run = postpone(run, busy, { now: night(0) + i * minuteMs, retryAt: night(0) });
  const missed = giveUp(run, run.terms.startByAt);
  return alertsDelivered(missed, missed.alerts, run.terms.startByAt + 1000);
}

function answer(run: Run | undefined, changes: { policy?: Policy; accountedThroughAt?: number } = {}) {
  const { policy = site.aPolicy({ timezone: "Europe/Berlin" }), accountedThroughAt = now } = changes;
  const key = { policyId: "nightly-shop", instanceId: database, slotAt: night(0) };
  const facts = { policy, version: 3, sinceAt: night(40), problems: [], accountedThroughAt };
  return { ...key, zone: "Europe/Berlin", trace: traceOf({ ...key, ...facts, now, run }) };
}

function preview(row: Record<string, unknown>, table: Record<string, unknown> | undefined, at = now): string {
  const parse = parsePolicy(row, at);
  if (!parse.ok) throw new Error(JSON.stringify(parse.problems));
  const rows = table === undefined ? [] : [["nightly-shop", { fields: table }] as const];
  const [edit] = planEdits([{ policy: parse.policy, contentHash: parse.contentHash, row }], new Map(rows));
  if (edit === undefined) throw new Error("one row, one edit");
  return editPreview(edit, { now: at, consequences: [] });
}

const row = {
  policyId: "nightly-shop",
  account: "prod",
  instanceIds: [database],
  schedule: "30 2 * * *",
  timezone: "Europe/Berlin",
};

function aBadSite(): string {
  const second = "ff28bafd75d54e83a2a43e8d2b8d2b1cin04";
  const crm = site.aPolicy({ policyId: "nightly-crm", instanceIds: [database, second] });
  const shop = site.aPolicy({ policyId: "nightly-shop-of-a-very-long-name", instanceIds: [database] });
  const off = site.aPolicy({ policyId: "old-wiki", enabled: false });
  const runs = [1, 2].flatMap((ago) =>
    [database, second].map((instanceId) => site.aGood({ slotAt: night(ago), instanceId })),
  );
  const tonight = [site.aGood({ slotAt: night(0) }), { ...aMissedNight(), instanceId: second }];
  return statusText(
    siteStatus(
      site.siteOf([
        site.factsOf({ inForce: crm, runs: [...runs, ...tonight], sinceAt: night(3) }),
        site.factsOf({ inForce: shop, runs: [site.aBuilding({ slotAt: night(0) })], sinceAt: night(6) }),
        site.factsOf({ inForce: off, problems: ['schedule: "30 25 * * *": is no cron expression; write five fields'] }),
      ]),
    ),
    flags,
  );
}

const cases: Record<string, () => string> = {
  "status-of-a-bad-morning": aBadSite,
  "status-of-a-good-morning": () => {
    const runs = [2, 1, 0].map((ago) => site.aGood({ slotAt: night(ago) }));
    return statusText(siteStatus(site.siteOf([site.factsOf({ runs, sinceAt: night(40) })])), flags);
  },
  "why-a-night-was-missed": () => tracesText([answer(aMissedNight())], now, flags),
  "why-there-is-no-run": () => tracesText([answer(undefined, { accountedThroughAt: night(1) })], now, flags),
  "why-five-good-nights": () => tracesText(Array(5).fill(answer(site.aGood({ slotAt: night(0) }))), now, flags),
  "run-that-was-missed": () => runStory(aMissedNight(), now),
  "edit-of-a-row": () =>
    preview({ ...row, retention: { keepLast: 3 } }, { ...row, retention: { keepLast: 7 }, colour: "blue" }),
  "edit-before-the-clocks-change": () =>
    [
      preview(row, undefined, Date.UTC(2027, 2, 26, 12)),
      preview({ ...row, pausedUntil: "2027-10-31", pauseReason: "migration" }, undefined, Date.UTC(2027, 9, 29, 12)),
    ].join("\n"),
  "findings-in-a-file": () =>
    parsePolicyFile("policies:\n  - policyId: X\n    shedule: 3\n    retention: { keepLast: 0 }\n", now)
      .problems.map((problem) => findingText({ file: "policies.yaml", ...problem }))
      .join("\n"),
  "doctor-finds-much": () => {
    const arn = "arn:aws:sns:eu-central-1:111122223333:otc-backup-prod-page:1";
    const broken = {
      policyId: "nightly-crm",
      policy: undefined,
      version: undefined,
      sinceAt: undefined,
      instanceIds: [],
    };
    const replica = {
      id: database,
      name: "shop-replica",
      status: "ACTIVE",
      isReplica: true,
      engine: "MySQL",
      tags: [],
    };
    return printedFindings([
      ...judgePolicies([{ ...broken, problems: ['schedule: "x": is no cron expression'] }]),
      ...judgeTicks(night(0), now, false),
      ...judgeSchedules([{ Name: "otc-backup-prod-create-backups", State: "DISABLED" }]),
      ...judgeSubscriptions("otc-backup-prod-page", [
        { SubscriptionArn: arn },
        { SubscriptionArn: "PendingConfirmation", Endpoint: "ops@example.com" },
      ]),
      ...judgeSubscriptions("otc-backup-prod-ticket", []),
      ...judgeAlarms(
        [
          { AlarmName: "otc-backup-prod-tick-lag", ActionsEnabled: false, StateValue: "ALARM" },
          { AlarmName: "otc-backup-prod-stuck-backups", ActionsEnabled: true, StateValue: "OK" },
        ],
        [
          {
            AlarmName: "findings",
            AlarmActions: [arn],
            AlarmRule: 'ALARM("arn:x:alarm:otc-backup-prod-stuck-backups")',
          },
        ],
      ),
      ...judgeSkew("account prod", 90_000),
      ...judgeInstances(site.aPolicy(), [replica]),
      ...judgeInstances(site.aPolicy(), []),
    ]);
  },
  "table-that-wraps": () => tableText(["policy", "problem"], [["nightly-shop", "word ".repeat(40).trim()]]),
};

test.each(Object.entries(cases))("%s", (name, make) => {
  const text = `${make()}\n`;
  const path = fileURLToPath(new URL(`cli/${name}.txt`, import.meta.url));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
  for (const line of text.split("\n")) {
    expect(line.length, line).toBeLessThanOrEqual(100);
    expect(line, "no colour without a terminal, no blanks at the end").toMatch(/^$|[^\s]$/);
  }
  expect(text).not.toContain("\u001b");
});
