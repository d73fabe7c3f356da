// Which building runs are looked at closely, and which are answered for by one listing of instances.

import { expect, test } from "vitest";
import type { Instance } from "../../../../shared/domain/remote.ts";
import {
  type LookFacts,
  needCloserLook,
  nextLookAt,
  owedFirst,
  owedLooks,
  planLooks,
} from "../../../../shared/domain/runs/plan-looks.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { aBuildingRun, aRequestedRun, minute } from "../../../support/run-builder.ts";

const building = (n: number, changes: Partial<Run> = {}): Run => ({
  ...aBuildingRun(),
  instanceId: `instance-${n}`,
  dueAt: minute(1),
  ...changes,
});
const three = [building(1), building(2), building(3)];
const facts = (changes: Partial<LookFacts> = {}): LookFacts => ({
  now: minute(10),
  pollBoundMs: 120_000,
  byInstanceStatus: true,
  last: { lookedAt: minute(9), instances: 80, tookMs: 1_000 },
  ...changes,
});

test("many building databases are judged by the status of their instances, once the bound has nearly passed", () => {
  expect(planLooks(three, facts())).toEqual({ closely: [], byStatus: [] });
  const last = { lookedAt: minute(10) - 100_000, instances: 80, tookMs: 1_000 };
  expect(planLooks(three, facts({ last }))).toEqual({ closely: [], byStatus: three });
  expect(planLooks(three, facts({ last: undefined }))).toEqual({ closely: [], byStatus: three });
});

test("a listing is not put off to a tick at which the bound would be over for what ends right after this one", () => {
  const since = (tookMs: number) => facts({ last: { lookedAt: minute(9), instances: 80, tookMs } });
  expect(planLooks(three, since(2_000)).byStatus).toEqual([]);
  // Twice as long at the next tick: past the bound by then.
  expect(planLooks(three, since(3_000)).byStatus).toEqual(three);
  expect(planLooks(three, { ...since(0), pollBoundMs: 300_000 }).byStatus).toEqual([]);
  expect(planLooks(three, { ...since(0), pollBoundMs: 60_000 }).byStatus).toEqual(three);
});

test.each([0, 1, 20, 40, 57])(
  "a database looked at %d s into a tick is due at the last tick before the bound",
  (second) => {
    const ticksBetween = (boundMs: number) => {
      const dueAt = nextLookAt(minute(10) + second * 1000, boundMs);
      return Math.ceil((dueAt - minute(10)) / 60_000);
    };
    // The same place in the order of a later tick: so many whole minutes lie between two looks.
    expect([60_000, 120_000, 300_000].map(ticksBetween)).toEqual(second > 55 ? [2, 3, 6] : [1, 2, 5]);
  },
);

test("a run that became due since the last listing is not made to wait for the bound", () => {
  const fresh = building(4, { dueAt: minute(9) + 1 });
  expect(planLooks([...three, fresh], facts()).byStatus).toEqual([...three, fresh]);
});

test("the listing is spared where it would cost more than looking at each", () => {
  expect(planLooks([building(1)], facts())).toEqual({ closely: [building(1)], byStatus: [] });
  expect(planLooks(three, facts({ last: { lookedAt: minute(8), instances: 300, tookMs: 1_000 } })).closely).toEqual(
    three,
  );
  expect(planLooks(three, facts({ last: { lookedAt: minute(8), instances: 200, tookMs: 1_000 } })).closely).toEqual([]);
});

test("the setting turns the first level off", () => {
  expect(planLooks(three, facts({ byInstanceStatus: false }))).toEqual({ closely: three, byStatus: [] });
});

test("requests without an answer, absent backups and overdue ones are always looked at closely", () => {
  const odd = [
    { ...aRequestedRun(), instanceId: "instance-5" },
    building(6, { absences: 1 }),
    building(7, { terms: { ...aBuildingRun().terms, completeByAt: minute(10) } }),
  ];
  expect(planLooks([...odd, ...three], facts()).closely).toEqual(odd);
});

test("of two that build on one database the older one has ended: it is looked at although the database is BACKING UP", () => {
  const older = building(8, { acceptedAt: minute(1) });
  const newer = building(8, { policyId: "nightly-other", acceptedAt: minute(5) });
  const last = { lookedAt: minute(10) - 100_000, instances: 80, tookMs: 1_000 };
  expect(planLooks([older, newer, ...three], facts({ last }))).toEqual({
    closely: [older],
    byStatus: [newer, ...three],
  });
});

test("once an hour each is looked at closely, whatever its database says", () => {
  const last = { lookedAt: minute(59), instances: 80, tookMs: 1_000 };
  expect(planLooks(three, facts({ now: minute(60), last })).closely).toEqual(three);
  expect(planLooks(three, facts({ now: minute(62), last: { ...last, lookedAt: minute(60) } })).byStatus).toEqual(three);
});

test("a database that is not BACKING UP, or not listed, needs the closer look", () => {
  const instance = (n: number, status: string): Instance => ({
    id: `instance-${n}`,
    name: `db-${n}`,
    status,
    isReplica: false,
    engine: "MySQL",
    tags: [],
  });
  const instances = [instance(1, "BACKING UP"), instance(2, "ACTIVE")];
  expect(needCloserLook(three, instances).map((run) => run.instanceId)).toEqual(["instance-2", "instance-3"]);
});

test("whoever the last tick did not get to is looked at first, and the others keep their order", () => {
  const last = { lookedAt: minute(9), instances: 3, tookMs: 1_000 };
  expect(owedFirst(three, undefined)).toEqual(three);
  const owed = owedLooks(["instance-3", "gone"]);
  expect(owedFirst(three, { ...last, ...owed }).map((run) => run.instanceId)).toEqual([
    ...["instance-3", "instance-1", "instance-2"],
  ]);
  expect(owedLooks([])).toEqual({});
});
