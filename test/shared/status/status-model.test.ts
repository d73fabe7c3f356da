import { expect, test } from "vitest";
import { alertsDelivered } from "../../../shared/domain/runs/run-machine.ts";
import { siteStatus } from "../../../shared/status/status-model.ts";
import { verdict } from "../../../shared/status/verdict.ts";
import {
  aBuilding,
  aBusy,
  aFailed,
  aGood,
  aMissed,
  aPaused,
  aPolicy,
  aWaiting,
  database,
  factsOf,
  night,
  now,
  siteOf,
} from "./status-builder.ts";

const hour = 3_600_000;
const told = (run: ReturnType<typeof aFailed>) => alertsDelivered(run, run.alerts, run.slotAt + hour);

test("a database whose last backup is good and young is fresh, with its next slot and last run", () => {
  const runs = [aGood({ slotAt: night(0) }), aGood({ slotAt: night(1) })];
  const status = siteStatus(siteOf([factsOf({ runs })]));
  expect(status.databases).toMatchObject([
    {
      level: "fresh",
      atRisk: false,
      reasons: [],
      freshness: { ageMs: 5.5 * hour, maxAgeMs: 36 * hour },
      lastRun: { slotAt: night(0), state: "completed" },
      nextSlotAt: night(-1),
      typicalDurationMs: 12 * 60_000,
    },
  ]);
  expect(verdict(status)).toEqual({ level: "good", text: "All 1 database fresh" });
});

test.each([
  ["failed", aFailed, "backup-failed"],
  ["missed", aMissed, "superseded"],
] as const)("a last run that ended %s is trouble although the night before still counts", (outcome, make, why) => {
  const runs = [aGood({ slotAt: night(1) }), told(make({ slotAt: night(0) }))];
  const status = siteStatus(siteOf([factsOf({ runs })]));
  expect(status.databases[0]).toMatchObject({
    level: "troubled",
    atRisk: true,
    reasons: [
      `the run of 2026-11-24T02:30Z ended ${outcome}: ${why}`,
      "newest good backup is 29 h 30 m old, target 36 h",
    ],
  });
  expect(verdict(status)).toEqual({ level: "bad", text: "1 of 1 at risk: nightly-shop" });
});

test("a backup under its size floor is no good backup", () => {
  const runs = [aGood({ slotAt: night(0), sizeKb: 0 })].map((run) => alertsDelivered(run, run.alerts, now));
  expect(siteStatus(siteOf([factsOf({ runs })])).databases[0]).toMatchObject({
    level: "stale",
    reasons: ["no good backup, target 36 h", "the run of 2026-11-24T02:30Z ended not-good: completed"],
  });
});

test("the target is missed only when the newest good backup is older than it", () => {
  const runs = [aGood({ slotAt: night(1) }), aBuilding({ slotAt: night(0) })];
  const at = (age: number) => siteStatus(siteOf([factsOf({ runs })], { now: age, accountedThroughAt: age }));
  expect(at(night(1) + 36 * hour).databases[0]?.level).toBe("fresh");
  expect(at(night(1) + 36 * hour + 1).databases[0]?.level).toBe("stale");
});

test("a database without any run is new until its first slot has had its time, and stale from then on", () => {
  const facts = factsOf({ sinceAt: now - hour });
  expect(siteStatus(siteOf([facts])).databases[0]).toMatchObject({ level: "new", atRisk: false });
  const later = night(-1) + 12 * hour + 60_000;
  const status = siteStatus(siteOf([facts], { now: later, accountedThroughAt: later }));
  expect(status.databases[0]).toMatchObject({ level: "stale", atRisk: true });
});

test("a database without any run whose age is not known is stale, not new", () => {
  expect(siteStatus(siteOf([factsOf()])).databases[0]).toMatchObject({ level: "stale" });
});

test("a slot without a run makes trouble by itself and stands among the problems", () => {
  const runs = [aGood({ slotAt: night(2) }), aGood({ slotAt: night(1) })];
  const status = siteStatus(siteOf([factsOf({ runs, sinceAt: night(9) })]));
  expect(status.databases[0]?.reasons).toContain("the slot 2026-11-24T02:30Z has no run");
  expect(status.problems).toMatchObject([
    { kind: "slot-without-run", level: "page", details: [`2026-11-24T02:30Z of ${database} has no run`] },
  ]);
});

test("a slot without a run that a later good backup has made up for is no problem any more", () => {
  const runs = [aGood({ slotAt: night(2) }), aGood({ slotAt: night(0) })];
  const status = siteStatus(siteOf([factsOf({ runs, sinceAt: night(3) })]));
  expect(status.problems).toEqual([]);
  expect(status.databases[0]).toMatchObject({ level: "fresh", missingSlots: [night(1)] });
});

test("a selector's slot whose databases could not be worked out counts for every database it has", () => {
  const inForce = aPolicy({ instanceIds: undefined, selector: { name: "shop-*" } });
  const whole = told(aMissed({ slotAt: night(0), instanceId: "selector" }));
  const facts = factsOf({ inForce, instanceIds: [database], runs: [aGood({ slotAt: night(1) }), whole] });
  const status = siteStatus(siteOf([facts], { names: new Map([[database, "shop-prod"]]) }));
  expect(status.databases).toMatchObject([{ instanceId: database, instanceName: "shop-prod", level: "troubled" }]);
});

test("slots from before the version in force was met need no run, and neither does one of this minute", () => {
  const runs = [aGood({ slotAt: night(1) })];
  expect(siteStatus(siteOf([factsOf({ runs, sinceAt: night(0) })])).problems).toEqual([]);
  const soon = siteOf([factsOf({ runs, sinceAt: night(1) })], {
    now: night(0) + 4 * 60_000,
    accountedThroughAt: night(0),
  });
  expect(siteStatus(soon).problems).toEqual([]);
});

test("paused and switched off are a person's wish: listed last, not at risk, with the reason", () => {
  const pausedUntil = { pausedUntil: "2026-11-26T00:00:00Z", pauseReason: "migration" };
  const paused = factsOf({
    inForce: aPolicy({ policyId: "quiet-one", ...pausedUntil }),
    runs: [aPaused({ slotAt: night(0) })],
  });
  const off = factsOf({ inForce: aPolicy({ policyId: "old-one", enabled: false }) });
  const good = factsOf({ runs: [aGood({ slotAt: night(0) })] });
  const status = siteStatus(siteOf([off, paused, good]));
  expect(status.databases.map(({ policyId, level }) => [policyId, level])).toEqual([
    ["nightly-shop", "fresh"],
    ["quiet-one", "paused"],
    ["old-one", "off"],
  ]);
  expect(status.databases[1]).toMatchObject({ nextSlotAt: night(-2), atRisk: false });
  expect(status.databases[1]?.reasons[0]).toBe("paused until 2026-11-26T00:00Z: migration");
  expect(status.databases[2]?.nextSlotAt).toBeUndefined();
  expect(verdict(status)).toEqual({ level: "good", text: "1 database fresh, 1 paused, 1 switched off" });
});

test("worst first: out of target, then troubled, then fresh by how much of the target is used up", () => {
  const named = (policyId: string, runs: ReturnType<typeof aGood>[]) =>
    factsOf({ inForce: aPolicy({ policyId }), runs: runs.map((run) => ({ ...run, policyId })) });
  const status = siteStatus(
    siteOf([
      named("young-one", [aGood({ slotAt: night(0) })]),
      named("older-one", [aGood({ slotAt: night(1) }), aBuilding({ slotAt: night(0) })]),
      named("failed-one", [aGood({ slotAt: night(1) }), told(aFailed({ slotAt: night(0) }))]),
      named("stale-one", [aGood({ slotAt: night(5) })]),
    ]),
  );
  expect(status.databases.map(({ policyId }) => policyId)).toEqual([
    "stale-one",
    "failed-one",
    "older-one",
    "young-one",
  ]);
  expect(verdict(status).text).toBe("2 of 4 at risk: stale-one, failed-one");
});

test("a row that was never valid is at risk, and its problems are listed", () => {
  const facts = { policyId: "typo", problems: ["schedule: missing"], instanceIds: [], runs: [] };
  const status = siteStatus(siteOf([facts]));
  expect(status.databases[0]).toMatchObject({ policyId: "typo", level: "stale", atRisk: true });
  expect(status.problems[0]).toMatchObject({ kind: "row-invalid", level: "page", subject: "policy typo" });
});

test("an invalid edit leaves the last valid version in force: fresh, and one ticket among the problems", () => {
  const facts = factsOf({ runs: [aGood({ slotAt: night(0) })], problems: ["timezone: wrong"] });
  const standing = {
    subject: "policy nightly-shop",
    kind: "policy-invalid",
    level: "ticket",
    fingerprint: "f",
  } as const;
  const times = { raisedAt: now, leaseUntilAt: now, sentAt: now };
  const status = siteStatus(siteOf([facts], { standing: [{ ...standing, details: [], ...times }] }));
  expect(status.problems).toMatchObject([{ kind: "row-invalid", level: "ticket" }]);
  expect(verdict(status)).toEqual({ level: "warning", text: "All 1 database fresh; 1 problem" });
});

test("open alerts are problems, and alerts that nobody received are worse", () => {
  const account = { subject: "account prod", kind: "account-unusable", level: "page", fingerprint: "f" } as const;
  const sent = {
    ...account,
    details: ["login refused"],
    raisedAt: now - hour,
    leaseUntilAt: now - hour,
    sentAt: now - hour,
  };
  const unsent = aFailed({ slotAt: night(0) });
  const status = siteStatus(siteOf([factsOf({ runs: [aGood({ slotAt: night(1) }), unsent] })], { standing: [sent] }));
  expect(status.problems.map(({ kind, subject }) => [kind, subject])).toEqual([
    ["alert-unsent", `nightly-shop/${database}/2026-11-24T02:30Z`],
    ["alert-open", "account prod"],
  ]);
});

test("when nothing ticks the verdict says so, however fresh the backups are", () => {
  const facts = siteOf([factsOf({ runs: [aGood({ slotAt: night(0) })] })], { accountedThroughAt: now - 51 * 60_000 });
  expect(verdict(siteStatus(facts))).toEqual({
    level: "bad",
    text: "Nothing is being started: create-backups has not finished a tick since 2026-11-24T07:09Z (51 m)",
  });
});

test("what runs now: time under way, progress by the usual duration, never complete", () => {
  const runs = [aGood({ slotAt: night(1), minutes: 20 }), aBuilding({ slotAt: night(0) })];
  const at = (minutes: number) => {
    const then = night(0) + minutes * 60_000;
    return siteStatus(siteOf([factsOf({ runs })], { now: then, accountedThroughAt: then })).running[0];
  };
  expect(at(5)).toMatchObject({ progress: 0.25, underWayMs: 300_000, expectedEndAt: night(0) + 20 * 60_000 });
  expect(at(90)?.progress).toBe(0.99);
  expect(at(13 * 60)).toMatchObject({ overdue: true });
});

test("a waiting run has no progress, and an overdue one is trouble", () => {
  const busy = siteStatus(siteOf([factsOf({ runs: [aGood({ slotAt: night(1) }), aBusy({ slotAt: night(0) })] })]));
  expect(busy.running).toMatchObject([{ run: { state: "waiting", reason: "instance-busy" } }]);
  expect(busy.running[0]).not.toHaveProperty("progress");
  const late = siteOf([factsOf({ runs: [aGood({ slotAt: night(1) }), aWaiting({ slotAt: night(0) })] })], {
    now: night(0) + 12 * hour + 1,
    accountedThroughAt: night(0) + 12 * hour,
  });
  expect(siteStatus(late).databases[0]?.reasons.join()).toContain("is overdue");
});

test("a site without a policy says that nothing is backed up", () => {
  expect(verdict(siteStatus(siteOf([])))).toEqual({
    level: "warning",
    text: "Nothing is backed up: there is no policy",
  });
});

test("runs older than the nights shown are judged and not shown", () => {
  const monthly = aPolicy({ schedule: "30 2 24 * *" });
  const runs = [aGood({ slotAt: Date.UTC(2026, 9, 24, 2, 30) })];
  const status = siteStatus(
    siteOf([factsOf({ inForce: monthly, runs })], { now: now - 6 * hour, accountedThroughAt: now }),
  );
  expect(status.databases[0]).toMatchObject({ level: "fresh", runs: [] });
});
