// The auditor's rules, one by one, on literal dates.

import { expect, test } from "vitest";
import { freshnessOf } from "../../../../shared/domain/audit/audit-freshness.ts";
import { policyDrop } from "../../../../shared/domain/audit/policy-drop.ts";
import { unaccountedSlots } from "../../../../shared/domain/audit/unaccounted-slots.ts";
import type { Policy } from "../../../../shared/domain/policy.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { missAtBirth, pauseAtBirth } from "../../../../shared/domain/runs/run-machine.ts";
import { whyStuck } from "../../../../shared/domain/runs/stuck-runs.ts";
import { parsePolicy } from "../../../../shared/policies/parse-policy.ts";
import { aBuildingRun, aRequestedRun, aWaitingRun, minute, slotAt, theTerms } from "../../../support/run-builder.ts";

const hour = 60;
const day = 24 * hour;
const database = "d8e6ca5a624745bcb546a227aa3ae1cfin01";
const otherDatabase = "e8e6ca5a624745bcb546a227aa3ae1cfin01";

function aPolicy(changes: Record<string, unknown> = {}): Policy {
  const row = {
    policyId: "nightly-shop",
    account: "prod",
    instanceIds: [database],
    schedule: "30 2 * * *",
    ...changes,
  };
  const parse = parsePolicy(row, slotAt);
  if (!parse.ok) throw new Error(parse.problems.map((problem) => problem.message).join("; "));
  return parse.policy;
}

/** A run of the policy, a number of days after the first. */
function aRun(days: number, changes: Partial<Run> = {}): Run {
  const at = minute(days * day);
  const run = missAtBirth(
    { policyId: "nightly-shop", instanceId: database, slotAt: at, account: "prod" },
    theTerms(),
    at,
  );
  return { ...run, ...changes };
}

const good = (days: number) =>
  aRun(days, { state: "completed", reason: "completed", backupId: `b${days}`, sizeKb: 1024 });

const paused = (days: number) =>
  pauseAtBirth(
    { policyId: "nightly-shop", instanceId: database, slotAt: minute(days * day), account: "prod" },
    theTerms(),
    {
      now: minute(days * day),
      detail: "migration",
    },
  );

test.each<[string, { policy?: Record<string, unknown>; after: number; now: number; runs: Run[] }, string[]]>([
  ["the grace is not over", { after: -day, now: 9, runs: [] }, []],
  ["the grace is over to the minute", { after: -day, now: 10, runs: [] }, ["2026-11-24T02:30:00.000Z"]],
  ["its run is there, in whatever state", { after: -day, now: 10, runs: [aRun(0)] }, []],
  ["the policy came into force with the slot", { after: 0, now: 60, runs: [] }, []],
  ["the policy is disabled", { policy: { enabled: false }, after: -day, now: 60, runs: [] }, []],
  [
    "one of two databases has no run",
    { policy: { instanceIds: [database, otherDatabase] }, after: -day, now: 60, runs: [aRun(0)] },
    ["2026-11-24T02:30:00.000Z"],
  ],
  [
    "a selector's slot has no run at all",
    { policy: { instanceIds: undefined, selector: { engine: "MySQL" } }, after: -day, now: day + 10, runs: [aRun(0)] },
    ["2026-11-25T02:30:00.000Z"],
  ],
])("a slot is unaccounted or not: %s", (_title, { policy, after, now, runs }, expected) => {
  const row = JSON.parse(JSON.stringify(policy ?? {}));
  const made = policy !== undefined && "selector" in policy ? withoutIds(row) : aPolicy(row);
  const slots = unaccountedSlots(made, { now: minute(now), afterAt: minute(after), runs });
  expect(slots.map((slot) => new Date(slot.slotAt).toISOString())).toEqual(expected);
});

function withoutIds(row: Record<string, unknown>): Policy {
  const { target: _target, ...rest } = aPolicy();
  return { ...rest, target: { kind: "selector", selector: row.selector as Record<string, never> } };
}

test.each<[string, Run[], number, { ageHours: number; missed: boolean }]>([
  ["exactly the target old is fine", [good(0)], 36 * hour, { ageHours: 36, missed: false }],
  ["a minute more is not", [good(0)], 36 * hour + 1, { ageHours: 36 + 1 / 60, missed: true }],
  ["the newest good one counts, not the newest", [good(0), aRun(1)], 30 * hour, { ageHours: 30, missed: false }],
  [
    "one that vanished does not count",
    [good(0), { ...good(1), vanishedAt: minute(2 * day) }],
    48 * hour,
    { ageHours: 48, missed: true },
  ],
  ["one below the floor does not count", [{ ...good(0), sizeKb: 0 }], 37 * hour, { ageHours: 37, missed: true }],
  ["without any, the first slot owed counts", [aRun(0), aRun(1)], 30 * hour, { ageHours: 30, missed: false }],
  [
    "after a pause the next slot counts",
    [good(0), paused(1), paused(2)],
    3 * day + 5 * hour,
    { ageHours: 5, missed: false },
  ],
  [
    "a pause before the newest good one changes nothing",
    [paused(0), good(1)],
    2 * day,
    { ageHours: 24, missed: false },
  ],
  ["a pause does not excuse for ever", [good(0), paused(1)], 2 * day + 37 * hour, { ageHours: 37, missed: true }],
])("freshness: %s", (_title, runs, now, { ageHours, missed }) => {
  const [judged] = freshnessOf(aPolicy(), { now: minute(now), runs });
  expect(judged?.missed).toBe(missed);
  expect((judged?.ageMs ?? 0) / 3_600_000).toBeCloseTo(ageHours, 5);
});

test("a database without any run counts from the first slot after its policy came into force", () => {
  const facts = { now: minute(5 * hour), runs: [], owedAfterAt: minute(-1) };
  expect(freshnessOf(aPolicy(), facts)).toMatchObject([{ ageMs: 5 * 3_600_000, missed: false, cause: "no-run" }]);
});

test("disabled and paused policies are not judged", () => {
  const facts = { now: minute(60 * day), runs: [] };
  expect(freshnessOf(aPolicy({ enabled: false }), facts)).toEqual([]);
  expect(freshnessOf(aPolicy({ pausedUntil: "2027-03-01", pauseReason: "migration" }), facts)).toEqual([]);
});

test.each<[string, Run, number, string | undefined]>([
  ["waiting inside its start window", aWaitingRun(), 240, undefined],
  ["waiting a quarter of an hour after it", aWaitingRun(), 256, "waits although its start window is over"],
  ["requested and due for a look", aRequestedRun(), 25, undefined],
  ["requested and not looked up for half an hour", aRequestedRun(), 32, "its request is not being looked up"],
  ["building and not looked at for half an hour", aBuildingRun(), 32, "its backup is not being looked at"],
  [
    "building, looked at, long past its window, and told",
    {
      ...aBuildingRun(),
      dueAt: minute(800),
      alerts: [
        {
          kind: "backup-overdue",
          level: "page",
          attempt: 1,
          raisedAt: minute(721),
          leaseUntilAt: minute(722),
          sentAt: minute(721),
        },
      ],
    },
    800,
    undefined,
  ],
  [
    "building, looked at, long past its window, and nobody told",
    { ...aBuildingRun(), dueAt: minute(800) },
    800,
    "is past its completion window and nobody was told",
  ],
  ["ended, its alert not sent in time", aRun(0), 17, "its alert has not been sent"],
  ["ended, its sender still has time", aRun(0), 16, undefined],
])("a run is stuck or not: %s", (_title, run, now, expected) => {
  expect(whyStuck(run, minute(now))).toBe(expected);
});

test("policies: the baseline is the highest count of late, and a lower one becomes normal after a day", () => {
  const first = policyDrop(undefined, 10, minute(0));
  expect(first).toEqual({ baseline: { policies: 10 }, pct: 0 });
  const fewer = policyDrop(first.baseline, 9, minute(5));
  expect(fewer).toEqual({ baseline: { policies: 10, fewerSinceAt: minute(5) }, pct: 0 });
  const slowly = policyDrop(fewer.baseline, 7, minute(600));
  expect(slowly).toEqual({ baseline: { policies: 10, fewerSinceAt: minute(5) }, pct: 30 });
  expect(policyDrop(slowly.baseline, 7, minute(5 + day))).toEqual({ baseline: { policies: 7 }, pct: 0 });
  expect(policyDrop(slowly.baseline, 12, minute(700))).toEqual({ baseline: { policies: 12 }, pct: 0 });
  expect(policyDrop({ policies: 10 }, 0, minute(0)).pct).toBe(100);
});

/** Versions of the policy by the day on which each came into force. */
const versions = (...list: [day: number, enabled: boolean][]) =>
  list.map(([days, enabled]) => ({ since: minute(days * day), policy: aPolicy({ enabled }) }));

test.each<[string, { runs: Run[]; versions: ReturnType<typeof versions>; now: number }, boolean]>([
  [
    "just enabled again after three days",
    { runs: [good(0)], versions: versions([-1, true], [0.5, false], [3.5, true]), now: 3.5 * day + 5 },
    false,
  ],
  [
    "its first slot still has time",
    { runs: [good(0)], versions: versions([-1, true], [0.9, false], [3.1, true]), now: 4 * day + 12 * hour },
    false,
  ],
  [
    "its first slot has had its time",
    { runs: [good(0)], versions: versions([-1, true], [0.9, false], [3.1, true]), now: 4 * day + 13 * hour },
    true,
  ],
  [
    "off for five minutes only",
    { runs: [good(0)], versions: versions([-1, true], [0.4, false], [0.404, true]), now: 37 * hour },
    true,
  ],
  [
    "enabled for an hour long ago, and now again",
    {
      runs: [good(0)],
      versions: versions([-1, true], [0.1, false], [3, true], [3.05, false], [30.1, true]),
      now: 30.2 * day,
    },
    false,
  ],
  [
    "switched off over every slot, day after day",
    {
      runs: [good(0)],
      versions: versions(...Array.from({ length: 20 }, (_, n): [number, boolean] => [0.4 + n * 0.5, n % 2 === 1])),
      now: 9 * day,
    },
    true,
  ],
  [
    "switched off over every slot since it was made",
    {
      runs: [],
      versions: versions(...Array.from({ length: 20 }, (_, n): [number, boolean] => [0.4 + n * 0.5, n % 2 === 0])),
      now: 9 * day,
    },
    true,
  ],
  ["never switched", { runs: [good(0)], versions: versions([-1, true]), now: 37 * hour }, true],
])("a policy that was disabled misses its target or not: %s", (_title, facts, missed) => {
  const [judged] = freshnessOf(aPolicy(), { ...facts, now: minute(facts.now) });
  expect(judged?.missed).toBe(missed);
});

test("a database that was added to an old policy counts from then", () => {
  const both = aPolicy({ instanceIds: [database, otherDatabase] });
  const history = [...versions([-30, true]), { since: minute(0.5 * day), policy: both }];
  const judged = freshnessOf(both, { now: minute(day + hour), runs: [good(0), good(1)], versions: history });
  expect(judged.map((one) => [one.instanceId, one.ageMs / 3_600_000])).toEqual([
    [database, 1],
    [otherDatabase, 1],
  ]);
});
