// What a selector matches, and what is made of a change.

import { describe, expect, test } from "vitest";
import type { Selector } from "../../../../shared/domain/policy.ts";
import type { Instance } from "../../../../shared/domain/remote.ts";
import {
  databasesOfRuns,
  decideSelection,
  type Selection,
  wholeSelector,
} from "../../../../shared/domain/coverage/selection.ts";
import { matchesGlob, selectInstances, selectorFromJson, selectorJson } from "../../../../shared/domain/coverage/selector.ts";

const now = Date.UTC(2026, 10, 24, 2, 30);
const hourMs = 3_600_000;

function anInstance(id: string, changes: Partial<Instance> = {}): Instance {
  const tags = [{ key: "backup", value: "nightly" }];
  return { id, name: `db-${id}`, status: "ACTIVE", isReplica: false, engine: "MySQL", tags, ...changes };
}

const ids = (selector: Selector, instances: Instance[]) =>
  selectInstances(selector, instances).matched.map((i) => i.id);

describe("a selector", () => {
  const fleet = [
    anInstance("c", { name: "shop-prod", engine: "PostgreSQL" }),
    anInstance("a", { name: "shop-test" }),
    anInstance("b", { name: "crm-prod", tags: [...anInstance("x").tags, { key: "env", value: "prod" }] }),
    anInstance("r", { name: "shop-prod-replica", isReplica: true }),
    anInstance("n", { name: "untagged", tags: [] }),
  ];

  test("needs all its tags, with key and value exactly so", () => {
    expect(ids({ tags: { backup: "nightly" } }, fleet)).toEqual(["a", "b", "c"]);
    expect(ids({ tags: { backup: "nightly", env: "prod" } }, fleet)).toEqual(["b"]);
    expect(ids({ tags: { backup: "Nightly" } }, fleet)).toEqual([]);
  });

  test("needs tags, name and engine together", () => {
    expect(ids({ name: "shop-*" }, fleet)).toEqual(["a", "c"]);
    expect(ids({ name: "shop-*", engine: "PostgreSQL" }, fleet)).toEqual(["c"]);
    expect(ids({ engine: "PostgreSQL", tags: { env: "prod" } }, fleet)).toEqual([]);
  });

  test("never matches a replica, and counts it", () => {
    expect(selectInstances({ name: "shop-prod*" }, fleet)).toMatchObject({ matched: [{ id: "c" }], replicas: 1 });
  });

  test("is read again from its own text, and from nothing else", () => {
    const selector: Selector = { tags: { expiresAt: "2026-11-24T02:30:00Z", a: "b" }, name: "*", engine: "MySQL" };
    expect(selectorFromJson(selectorJson(selector))).toEqual(selector);
    for (const text of ["", "null", "[]x", '{"tags":{"a":1},"name":"x"}', '{"engine":"Oracle"}', '{"nmae":"x"}'])
      expect(selectorFromJson(text)).toBeUndefined();
  });
});

test.each([
  ["*", "", true],
  ["shop", "shop", true],
  ["shop", "Shop", false],
  ["shop-*", "shop-", true],
  ["*-prod", "shop-prod", true],
  ["*-prod", "shop-prod-2", false],
  ["s?op", "shop", true],
  ["s?op", "sop", false],
  ["*a*b*", "xxaxxbxx", true],
  ["*a*b", "xxbxxa", false],
  ["a.c", "abc", false],
  ["[ab]", "a", false],
  ["?", "ü", true],
  ["", "x", false],
])("the glob %s against %s: %s", (glob, text, matches) => {
  expect(matchesGlob(glob, text)).toBe(matches);
});

test("a hostile glob takes no longer than pattern times text", () => {
  expect(matchesGlob(`${"*a".repeat(60)}b`, "a".repeat(5000))).toBe(false);
});

describe("a choice", () => {
  const selector: Selector = { tags: { backup: "nightly" } };
  const ten = Array.from({ length: 10 }, (_, i) => anInstance(`db${i}`));
  const untagged = (instance: Instance): Instance => ({ ...instance, tags: [] });
  const decide = (instances: Instance[], before?: Selection, changes: { now?: number; policyVersion?: number } = {}) =>
    decideSelection({
      policyId: "p",
      account: "prod",
      policyVersion: 1,
      selector,
      instances,
      now,
      dropPercent: 20,
      before,
      ...changes,
    });
  const first = decide(ten).selection;
  const names = (selection: Selection) => selection.members.map((m) => m.id);

  test("made for the first time is what matches", () => {
    expect(names(first)).toHaveLength(10);
    expect(first.drop).toBeUndefined();
  });

  test("that loses a fifth and no more is followed at once", () => {
    const decision = decide([...ten.slice(0, 2).map(untagged), ...ten.slice(2)], first);
    expect(decision).toMatchObject({ fallen: [], matched: 8 });
    expect(names(decision.selection)).toHaveLength(8);
  });

  test("that loses more keeps those that still exist for a day, and names them all", () => {
    const after = [...ten.slice(0, 2).map(untagged), ...ten.slice(3)];
    const decision = decide(after, first);
    expect(decision.fallen.map((m) => m.id)).toEqual(["db0", "db1", "db2"]);
    expect(names(decision.selection)).toEqual(ten.filter((i) => i.id !== "db2").map((i) => i.id));
    const later = decide(after, decision.selection, { now: now + 23 * hourMs });
    expect(names(later.selection)).toHaveLength(9);
    expect(later.fallen).toHaveLength(3);
    const fact = decide(after, later.selection, { now: now + 24 * hourMs });
    expect(fact).toMatchObject({ fallen: [], matched: 7 });
    expect(names(fact.selection)).toHaveLength(7);
  });

  test("that comes back within the day forgets the drop", () => {
    const dropped = decide(ten.map(untagged), first).selection;
    expect(names(dropped)).toHaveLength(10);
    expect(decide(ten, dropped, { now: now + hourMs }).selection.drop).toBeUndefined();
  });

  test("that drops by an edit of the policy counts at once, and is told all the same", () => {
    const decision = decide([...ten.slice(0, 5).map(untagged), ...ten.slice(5)], first, { policyVersion: 2 });
    expect(names(decision.selection)).toHaveLength(5);
    expect(decision.fallen).toHaveLength(5);
    expect(decision.selection.drop).toBeUndefined();
  });

  test("of one database that loses it is a drop of everything", () => {
    const one = decide(ten.slice(0, 1)).selection;
    const untaggedOne = ten.slice(0, 1).map(untagged);
    expect(decide(untaggedOne, one)).toMatchObject({ matched: 0, fallen: [{ id: "db0" }] });
  });

  test("whose databases were deleted has lost nothing that could be backed up: the survey tells who is gone", () => {
    expect(decide(ten.slice(5), first)).toMatchObject({ matched: 5, fallen: [] });
    expect(names(decide(ten.slice(5), first).selection)).toHaveLength(5);
  });

  test("is written down with its policy, its time and the replicas left out", () => {
    const decision = decide([...ten.slice(0, 2), anInstance("r", { isReplica: true })]);
    const members = [
      { id: "db0", name: "db-db0" },
      { id: "db1", name: "db-db1" },
    ];
    const selection = { policyId: "p", account: "prod", policyVersion: 1, resolvedAt: now, members, replicas: 1 };
    expect(decision).toEqual({ selection, fallen: [], countBefore: 0, matched: 2 });
  });

  test("whose only database was deleted, or has become a replica, has lost nothing that could be backed up", () => {
    const one = decide(ten.slice(0, 1)).selection;
    expect(decide([], one)).toEqual({
      ...{ selection: { ...one, members: [] }, fallen: [], countBefore: 1, matched: 0 },
    });
    expect(decide([anInstance("db0", { isReplica: true })], one)).toMatchObject({ fallen: [], matched: 0 });
  });

  test("that goes on losing names all that fell out, in order, and the day counts from the first drop", () => {
    const without = (...lost: number[]) => ten.map((one, i) => (lost.includes(i) ? untagged(one) : one));
    const dropped = decide(without(4, 5, 6), first).selection;
    const next = decide(without(1, 4, 5, 6), dropped, { now: now + hourMs });
    expect(next.fallen.map((m) => m.id)).toEqual(["db1", "db4", "db5", "db6"]);
    expect(next.selection.drop).toMatchObject({ sinceAt: now, fallen: next.fallen });
  });
});

describe("the databases of a policy's runs", () => {
  const run = (instanceId: string, hour: number) => ({ instanceId, slotAt: now + hour * hourMs });

  test("are those of the newest slot for which they are known, each once and in order", () => {
    const runs = [run("c", 0), run("b", 24), run("a", 24), run("b", 24), run(wholeSelector, 48)];
    expect(databasesOfRuns(runs)).toEqual(["a", "b"]);
  });

  test("are the stand-in as long as none is known, and nothing without any run", () => {
    expect(databasesOfRuns([run(wholeSelector, 0), run(wholeSelector, 24)])).toEqual([wholeSelector]);
    expect(databasesOfRuns([])).toEqual([]);
  });

  test("may be those of very many runs: ten thousand databases, twenty slots", () => {
    const runs = Array.from({ length: 200_000 }, (_, i) => run(`db${i % 10_000}`, Math.floor(i / 10_000)));
    expect(databasesOfRuns(runs)).toHaveLength(10_000);
  });
});
