// Which databases nobody backs up, and what became of those that were there.

import { expect, test } from "vitest";
import { coverageOf } from "../../../../shared/domain/coverage/coverage.ts";
import { lifeOf } from "../../../../shared/domain/coverage/instance-life.ts";
import type { Instance } from "../../../../shared/domain/remote.ts";

const now = Date.UTC(2026, 10, 24, 8);
const hourMs = 3_600_000;

function anInstance(id: string, changes: Partial<Instance> = {}): Instance {
  return { id, name: `db-${id}`, status: "ACTIVE", isReplica: false, engine: "MySQL", tags: [], ...changes };
}

const optedOut = (value: string) => ({ tags: [{ key: "otc-backup-optout", value }] });

test("a database is covered when an enabled policy means it, and shared when several do", () => {
  const coverage = coverageOf(
    [anInstance("b"), anInstance("a"), anInstance("c"), anInstance("r", { isReplica: true })],
    [
      { policyId: "one", instanceIds: ["a", "b", "b", "elsewhere"] },
      { policyId: "also", instanceIds: ["a"] },
    ],
    now,
  );
  expect(coverage).toMatchObject({ databases: 3, replicas: 1, covered: 2, uncovered: [{ id: "c", name: "db-c" }] });
  expect(coverage.shared).toEqual([{ id: "a", name: "db-a", policyIds: ["also", "one"] }]);
});

test("opting out needs a reason, stays visible, and does not undo a policy", () => {
  const instances = [
    anInstance("a", optedOut("test data, ticket 4711")),
    anInstance("b", optedOut(" ")),
    anInstance("c", optedOut("a policy means it")),
  ];
  const coverage = coverageOf(instances, [{ policyId: "p", instanceIds: ["c"] }], now);
  expect(coverage.optedOut).toEqual([{ id: "a", name: "db-a", reason: "test data, ticket 4711" }]);
  expect(coverage.uncovered).toEqual([{ id: "b", name: "db-b", remark: "its tag otc-backup-optout gives no reason" }]);
  expect(coverage.covered).toBe(1);
});

test("a tag that was meant to opt a database out and is misspelt is named", () => {
  const tags = (key: string) => ({ tags: [{ key, value: "scratch" }] });
  const coverage = coverageOf([anInstance("a", tags("OTC_Backup_OptOut")), anInstance("b", tags("backup"))], [], now);
  expect(coverage.uncovered.map((one) => one.remark)).toEqual([
    "its tag is called OTC_Backup_OptOut, not otc-backup-optout",
    undefined,
  ]);
});

test("a database is judged an hour after it was made, and at once when OTC does not say when that was", () => {
  const made = (id: string, agoMs: number) => anInstance(id, { createdAt: now - agoMs });
  const coverage = coverageOf([made("young", hourMs - 1), made("old", hourMs), anInstance("unknown")], [], now);
  expect(coverage.young.map((one) => one.id)).toEqual(["young"]);
  expect(coverage.uncovered.map((one) => one.id)).toEqual(["old", "unknown"]);
});

test("OTC's own backup is weak when it is off or kept for less than seven days, on databases that matter", () => {
  const kept = (id: string, keepDays: number) =>
    anInstance(id, { backupStrategy: { startTime: "01:00-02:00", keepDays } });
  const instances = [kept("off", 0), kept("six", 6), kept("seven", 7), anInstance("unsaid"), kept("uncovered", 0)];
  const coverage = coverageOf(instances, [{ policyId: "p", instanceIds: ["off", "six", "seven", "unsaid"] }], now);
  expect(coverage.weakNative.map(({ id, keepDays }) => [id, keepDays])).toEqual([
    ["off", 0],
    ["six", 6],
  ]);
});

const meant =
  (...ids: string[]) =>
  (id: string) =>
    ids.includes(id) ? ["p"] : [];
const first = lifeOf({
  now,
  instances: [anInstance("a", { engineVersion: "8.0" }), anInstance("b")],
  before: undefined,
  policiesOf: meant("a"),
});

test("a database that goes is told once with the policies that meant it; one that nobody meant is not", () => {
  const later = lifeOf({ now: now + hourMs, instances: [], before: first, policiesOf: () => [] });
  expect(later.gone).toEqual([{ id: "a", name: "db-a", goneSinceAt: now + hourMs, policyIds: ["p"] }]);
  const evenLater = lifeOf({ now: now + 2 * hourMs, instances: [], before: later, policiesOf: () => [] });
  expect(evenLater.gone).toEqual(later.gone);
});

test("one of the same name under another id is pointed out", () => {
  const again = lifeOf({ now, instances: [anInstance("a2", { name: "db-a" })], before: first, policiesOf: meant("a") });
  expect(again.gone).toMatchObject([{ id: "a", recreatedAs: "a2" }]);
});

test("a database that is back is not gone, and one that is gone is forgotten a month later unless a policy lists it", () => {
  const gone = lifeOf({ now, instances: [], before: first, policiesOf: meant("a") });
  const back = [anInstance("a", { engineVersion: "8.0" })];
  expect(lifeOf({ now, instances: back, before: gone, policiesOf: meant("a") }).gone).toEqual([]);
  const monthLater = { now: now + 31 * 24 * hourMs, instances: [], before: gone };
  expect(lifeOf({ ...monthLater, policiesOf: meant("a") }).gone).toHaveLength(1);
  expect(lifeOf({ ...monthLater, policiesOf: () => [] }).gone).toEqual([]);
});

test("a new name and a new engine version are changes; an unknown version is none", () => {
  const changed = [anInstance("a", { name: "new-name", engineVersion: "8.4" }), anInstance("b", { name: "other" })];
  const life = lifeOf({ now, instances: changed, before: first, policiesOf: meant("a") });
  expect(life.changes).toEqual([
    { kind: "renamed", id: "a", name: "new-name", from: "db-a", to: "new-name" },
    { kind: "engine-changed", id: "a", name: "new-name", from: "8.0", to: "8.4" },
  ]);
  const silent = [anInstance("a")];
  expect(lifeOf({ now, instances: silent, before: first, policiesOf: meant("a") }).changes).toEqual([]);
});

test.each(["SHUTDOWN", "FROZEN", "STORAGE FULL", "FAILED"])("%s is told before the slot", (status) => {
  const life = lifeOf({ now, instances: [anInstance("a", { status })], before: first, policiesOf: meant("a") });
  expect(life.unwell).toEqual([{ id: "a", name: "db-a", status }]);
});

test("a database that is merely busy is well", () => {
  const busy = [anInstance("a", { status: "BACKING UP" })];
  expect(lifeOf({ now, instances: busy, before: first, policiesOf: meant("a") }).unwell).toEqual([]);
});
