// Rules of the comparison with OTC: names that prove their run, second looks, rounds, sizes.

import fc from "fast-check";
import { expect, test } from "vitest";
import { adoptRun, backupListedAgain, backupNotListed } from "../../../../shared/domain/audit/reconcile-run.ts";
import {
  addToNote,
  boundedLooks,
  currentRound,
  lookAgain,
  type Reconciliation,
  visitsOf,
} from "../../../../shared/domain/audit/reconciliation.ts";
import type { RemoteBackup } from "../../../../shared/domain/remote.ts";
import { backupName } from "../../../../shared/domain/runs/naming.ts";
import { carriesOurPrefix, proveName } from "../../../../shared/domain/runs/prove-name.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { claim, failBackup, missAtBirth, resend } from "../../../../shared/domain/runs/run-machine.ts";
import { oddSize } from "../../../../shared/domain/runs/size-anomaly.ts";
import { aBuildingRun, minute, slotAt, theTerms } from "../../../support/run-builder.ts";

const instanceId = "d8e6ca5a624745bcb546a227aa3ae1cfin01";
const aPolicyId = fc.stringMatching(/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/, { size: "max" });

test("every name that we give proves its run, whatever the policy is called, and no other", () => {
  const minutes = fc.integer({ min: 0, max: 60_000_000 });
  fc.assert(
    fc.property(aPolicyId, minutes, fc.integer({ min: 1, max: 5 }), (policyId, at, attempt) => {
      const key = { policyId, instanceId, slotAt: at * 60_000 };
      const name = backupName("otcbk", key, attempt);
      const facts = { prefix: "otcbk", policyIds: [policyId, `${policyId.slice(0, 24)}-not-this`] };
      expect(proveName({ name, instanceId }, facts)).toEqual({ key, attempt });
      expect(proveName({ name, instanceId: `x${instanceId.slice(1)}` }, facts)).toBeUndefined();
      expect(proveName({ name, instanceId }, { ...facts, prefix: "other" })).toBeUndefined();
    }),
  );
});

test("a policy that is no more is proved from the name alone while the name holds its whole id", () => {
  const of = (policyId: string) =>
    proveName(
      { name: backupName("otcbk", { policyId, instanceId, slotAt }, 1), instanceId },
      { prefix: "otcbk", policyIds: [] },
    );
  expect(of("nightly-shop")?.key.policyId).toBe("nightly-shop");
  expect(of("a-policy-with-a-name-of-31-char")).toBeUndefined();
});

test.each([
  "otcbk-by-hand",
  "otcbk-nightly-shop-d8e6ca5a-20261124T0230Z-000000",
  "otcbk",
  "otcbk-a-d8e6ca5a-20269924T0230Z-0a0a0a",
])("%s proves nothing", (name) => {
  expect(proveName({ name, instanceId }, { prefix: "otcbk", policyIds: ["nightly-shop"] })).toBeUndefined();
});

test("our prefix is the whole first part of a name", () => {
  const names = ["otcbk-nightly", "otcbk-", "otcbk", "otcbkx-nightly", "x-otcbk-nightly", "nightly-otcbk-"];
  expect(names.filter((name) => carriesOurPrefix(name, "otcbk"))).toEqual(["otcbk-nightly", "otcbk-"]);
});

const completed: Run = { ...aBuildingRun(), state: "completed", reason: "completed", sizeKb: 2048 };

test("a backup vanishes with the second listing without it, a minute later; and comes back as if nothing had been", () => {
  const once = backupNotListed(completed, minute(600));
  expect(once).toMatchObject({ absences: 1, absentSinceAt: minute(600), version: completed.version + 1, alerts: [] });
  expect(once.vanishedAt).toBeUndefined();
  expect(backupNotListed(once, minute(600) + 59_000).vanishedAt).toBeUndefined();
  const gone = backupNotListed(once, minute(601));
  expect(gone).toMatchObject({
    state: "completed",
    vanishedAt: minute(600),
    alerts: [{ kind: "backup-vanished", level: "page" }],
  });
  const back = backupListedAgain(gone, minute(700));
  expect(back).toMatchObject({ state: "completed", absences: 0, version: gone.version + 1 });
  expect([back.vanishedAt, back.absentSinceAt]).toEqual([undefined, undefined]);
  expect(backupListedAgain(once, minute(700)).events).toEqual(once.events);
});

test("each step of a vanishing is a write of its own, and stands in the history", () => {
  const gone = backupNotListed(backupNotListed(completed, minute(600)), minute(601));
  expect(gone.version).toBe(completed.version + 2);
  expect(gone.alerts).toMatchObject([{ raisedAt: minute(601), leaseUntilAt: minute(602) }]);
  const step = { from: "completed", to: "completed", times: 1 };
  const wasGone = { ...step, reason: "backup-gone", at: minute(601), lastAt: minute(601) };
  expect(gone.events).toEqual([...completed.events, wasGone]);
  const isBack = { ...step, reason: "adopted", at: minute(700), lastAt: minute(700) };
  expect(backupListedAgain(gone, minute(700)).events).toEqual([...completed.events, wasGone, isBack]);
});

test("an absence that was over counts for nothing: the next one begins anew", () => {
  const before = { ...completed, absences: 0, absentSinceAt: minute(10) };
  expect(backupNotListed(before, minute(600))).toMatchObject({ absences: 1, absentSinceAt: minute(600) });
});

test("what vanishes once more is told once more, when the first alert had been sent", () => {
  const vanish = (run: Run, at: number) => backupNotListed(backupNotListed(run, at), at + 60_000);
  const gone = vanish(completed, minute(600));
  const told = { ...gone, alerts: gone.alerts.map((alert) => ({ ...alert, sentAt: minute(602) })) };
  expect(vanish(backupListedAgain(told, minute(700)), minute(800)).alerts).toEqual([
    { kind: "backup-vanished", level: "page", attempt: 1, raisedAt: minute(801), leaseUntilAt: minute(802) },
  ]);
  expect(vanish(backupListedAgain(gone, minute(700)), minute(800)).alerts).toEqual(gone.alerts);
  const [adoption] = adopted({ status: "COMPLETED" }).alerts.map((alert) => ({ ...alert, sentAt: minute(91) }));
  const both = { ...told, alerts: [...told.alerts, ...(adoption === undefined ? [] : [adoption])] };
  expect(backupListedAgain(both, minute(700)).alerts).toEqual([adoption]);
});

test("a run that was missed because its record was lost is replaced by what OTC has", () => {
  const key = { policyId: "nightly-shop", instanceId, slotAt, account: "prod" };
  const superseded = missAtBirth(key, theTerms(), minute(3000));
  const backup = { id: "b1", name: backupName("otcbk", key, 2), instanceId, status: "COMPLETED", sizeKb: 7 } as const;
  const facts = { account: "prod", terms: theTerms(), now: minute(3001), over: superseded };
  expect(adoptRun({ key, attempt: 2 }, backup, facts)).toMatchObject({
    ...{ state: "completed", backupId: "b1", attempt: 2, sizeKb: 7, version: superseded.version + 1 },
    ...{ createdAt: minute(3000), dueAt: minute(3001) },
    events: [...superseded.events, { from: "missed", to: "completed", reason: "adopted", at: minute(3001) }],
    alerts: [{ kind: "backup-missed" }, { kind: "backup-adopted", level: "ticket" }],
  });
});

test("a run that adopts the backup it had asked for keeps what it knows of earlier ones", () => {
  const failedOnce = claim(failBackup(aBuildingRun(), minute(5)), "otcbk", minute(6));
  const missed = resend(failedOnce, minute(240));
  expect(missed.state).toBe("missed");
  const backup = { id: "b2", name: missed.name ?? "", instanceId, status: "COMPLETED", sizeKb: 7 } as const;
  const facts = { account: "prod", terms: missed.terms, now: minute(600), over: missed };
  expect(adoptRun({ key: missed, attempt: 2 }, backup, facts)).toMatchObject({
    ...{ state: "completed", backupId: "b2", attempt: 2, earlierBackups: [{ id: "backup-1" }] },
    alerts: [{ kind: "attempt-failed" }, { kind: "backup-missed" }, { kind: "backup-adopted" }],
  });
});

const adoptedKey = { policyId: "nightly-shop", instanceId, slotAt };

/** What OTC shows of a backup, adopted without a record of its run. */
function adopted(shown: Pick<RemoteBackup, "status"> & Partial<RemoteBackup>): Run {
  const backup = { id: "b1", name: "n", instanceId, ...shown };
  return adoptRun({ key: adoptedKey, attempt: 1 }, backup, { account: "prod", terms: theTerms(), now: minute(90) });
}

test("a run is adopted with all that OTC says of its backup", () => {
  const times = { beganAt: minute(5), endedAt: minute(40) };
  const { events, alerts, ...run } = adopted({ status: "COMPLETED", sizeKb: 7, ...times });
  expect(run).toStrictEqual({
    ...{ ...adoptedKey, account: "prod", terms: theTerms(), state: "completed", reason: "adopted", attempt: 1 },
    ...{ version: 1, dueAt: minute(90), createdAt: minute(90), name: "n", backupId: "b1", absences: 0, sizeKb: 7 },
    ...{ ...times, acceptedAt: minute(5), finishedAt: minute(40), earlierBackups: [] },
  });
  const step = { from: "none", to: "completed", reason: "adopted", at: minute(90), times: 1, lastAt: minute(90) };
  expect(events).toEqual([{ ...step, detail: "b1" }]);
  const lease = { raisedAt: minute(90), leaseUntilAt: minute(91) };
  expect(alerts).toEqual([{ kind: "backup-adopted", level: "ticket", attempt: 1, ...lease }]);
});

test.each([
  ["BUILDING", "building", undefined],
  ["UNKNOWN", "building", undefined],
  ["FAILED", "failed", minute(90)],
] as const)("a %s backup of which OTC says no more is adopted as %s", (status, state, finishedAt) => {
  const run = adopted({ status });
  expect(run).toMatchObject({ state, acceptedAt: minute(90) });
  expect(run.finishedAt).toBe(finishedAt);
  for (const unknown of ["sizeKb", "beganAt", "endedAt"]) expect(run).not.toHaveProperty(unknown);
});

test("rounds begin daily, at once after an absence of the auditor, and never while one is under way", () => {
  const day = 1440;
  const first = currentRound(undefined, { now: minute(0), lastAuditAt: undefined });
  expect(first).toEqual({ beganAt: minute(0), afterPolicyId: "", doneAt: minute(0), again: [], notes: [] });
  const over: Reconciliation = { beganAt: minute(0), doneAt: minute(10), again: [], notes: [] };
  expect(currentRound(over, { now: minute(day - 61), lastAuditAt: minute(day - 66) })).toBe(over);
  expect(currentRound(over, { now: minute(day - 60), lastAuditAt: minute(day - 65) }).beganAt).toBe(minute(day - 60));
  expect(currentRound(over, { now: minute(200), lastAuditAt: minute(100) }).afterPolicyId).toBe("");
  expect(currentRound(over, { now: minute(200), lastAuditAt: minute(140) })).toBe(over);
  expect(currentRound(over, { now: minute(200), lastAuditAt: undefined })).toBe(over);
  const running = { ...over, afterPolicyId: "m" };
  expect(currentRound(running, { now: minute(3 * day), lastAuditAt: minute(0) })).toBe(running);
});

test("second looks for backups come first, then the policies after the last one visited, last what could not be listed", () => {
  const unlisted = [
    { policyId: "a", instanceIds: ["a1"] },
    { policyId: "a2", onceListed: "a1" },
  ];
  const again = [...unlisted, { policyId: "e" }, { policyId: "gone" }, { policyId: "b" }];
  const round = { beganAt: 0, doneAt: 0, notes: [], again, afterPolicyId: "c" };
  const looks = [{ policyId: "b" }, { policyId: "d" }, { policyId: "e" }, ...unlisted];
  expect(visitsOf(round, ["e", "a", "a2", "c", "d", "b"])).toEqual(looks);
  const over = { beganAt: 0, doneAt: 0, notes: [], again: [{ policyId: "c" }] };
  expect(visitsOf(over, ["a", "c"])).toEqual([{ policyId: "c" }]);
});

test("a policy that a new round has to visit is visited whole: one bad database must not keep the others from it", () => {
  const again = [
    { policyId: "c", instanceIds: ["c1", "c2"] },
    { policyId: "d", onceListed: "d1" },
  ];
  const looks = [{ policyId: "c" }, { policyId: "d" }];
  expect(visitsOf({ beganAt: 0, doneAt: 0, notes: [], again, afterPolicyId: "" }, ["c", "d"])).toEqual(looks);
});

test("a checkpoint holds a thousand databases by name and two thousand policies", () => {
  const ids = Array.from({ length: 50 }, (_, n) => `db-${n}`);
  const looks = boundedLooks(Array.from({ length: 2500 }, (_, n) => ({ policyId: `p${n}`, instanceIds: ids })));
  expect(looks).toHaveLength(2000);
  expect(looks.filter((look) => look.instanceIds !== undefined)).toHaveLength(20);
  expect(looks.at(-1)).toEqual({ policyId: "p1999", onceListed: "db-0" });
  expect(JSON.stringify(looks).length).toBeLessThan(150_000);
  const whole = { policyId: "whole" };
  const single = { policyId: "p", instanceIds: [...ids, "db-50"] };
  const filled = [whole, ...Array.from({ length: 20 }, () => single), whole];
  expect(boundedLooks(filled).at(0)).toEqual(whole);
  expect(boundedLooks(filled).at(-1)).toStrictEqual(whole);
  expect(boundedLooks(filled).at(-2)).toEqual({ policyId: "p", onceListed: "db-0" });
});

test("what could not be listed is looked at again alone; all or very many of them as a whole", () => {
  const ids = Array.from({ length: 60 }, (_, n) => `db-${n}`);
  expect(lookAgain("p", { unlisted: [], databases: 60 })).toBeUndefined();
  expect(lookAgain("p", { unlisted: ["db-7"], databases: 60 })).toEqual({ policyId: "p", instanceIds: ["db-7"] });
  expect(lookAgain("p", { unlisted: ids.slice(1), databases: 60 })).toEqual({ policyId: "p", onceListed: "db-1" });
  const fifty = ids.slice(10);
  expect(lookAgain("p", { unlisted: fifty, databases: 60 })).toEqual({ policyId: "p", instanceIds: fifty });
  expect(lookAgain("p", { unlisted: ids.slice(9), databases: 60 })).toEqual({ policyId: "p", onceListed: "db-9" });
  expect(lookAgain("p", { unlisted: ["db-7"], databases: 1 })).toEqual({ policyId: "p", onceListed: "db-7" });
});

test("a second look adds to what is noted of the other databases", () => {
  const before = { policyId: "p", account: "prod", orphans: ["a"], phantoms: 1, oddSizes: ["x"] };
  const found = { policyId: "p", account: "prod", orphans: ["b"], phantoms: 2, oddSizes: ["x", "y"] };
  const both = { policyId: "p", account: "prod", orphans: ["a", "b"], phantoms: 3, oddSizes: ["x", "y"] };
  expect(addToNote(before, found)).toEqual(both);
  expect(addToNote(undefined, found)).toEqual(found);
});

test.each<[string, number[], boolean]>([
  ["too little history says nothing", [100, 100, 100, 100, 5], false],
  ["half of the usual is still ordinary", [100, 100, 100, 100, 100, 50], false],
  ["less than half is odd", [100, 100, 100, 100, 100, 49], true],
  ["twice the usual is still ordinary", [100, 100, 100, 100, 100, 200], false],
  ["more than twice is odd", [100, 100, 100, 100, 100, 201], true],
  ["a database that always jumps may jump", [100, 300, 90, 310, 120, 280, 30], false],
  ["steady growth is ordinary", [100, 120, 144, 173, 207, 249], false],
  ["only the last fortnight counts", [1, 1, 1, 1, 1, 1, ...Array<number>(14).fill(100), 101], false],
])("sizes: %s", (_title, sizes, odd) => {
  expect(oddSize(sizes) !== undefined).toBe(odd);
});
